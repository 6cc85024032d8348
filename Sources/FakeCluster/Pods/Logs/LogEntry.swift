import KubeObjects
import KubeWire

/// One entry of a CRI log file, as a reader takes it apart.
struct LogEntry: Sendable {
    /// The time, as it is written.
    var stamp: ArraySlice<UInt8>
    /// The stream's name.
    var stream: ArraySlice<UInt8>
    /// Whether a line feed followed.
    var isComplete: Bool
    /// The text.
    var text: ArraySlice<UInt8>

    /// Takes an entry apart, given without its line feed; nil if it is none.
    init?(_ line: ArraySlice<UInt8>) {
        let space = UInt8(ascii: " ")
        guard let first = line.firstPlace(of: space),
            let second = line[(first + 1)...].firstPlace(of: space),
            let third = line[(second + 1)...].firstPlace(of: space)
        else { return nil }
        stamp = line[..<first]
        stream = line[(first + 1)..<second]
        isComplete = line[(second + 1)..<third].first == UInt8(ascii: "F")
        text = line[(third + 1)...]
    }

    /// The time.
    var time: Timestamp? { Timestamp(utf8: stamp) }
}
