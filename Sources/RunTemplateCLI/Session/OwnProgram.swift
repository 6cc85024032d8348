import FoundationEssentials

/// The file of this program.
enum OwnProgram {
    /// Its path, links resolved; nil where the system does not tell.
    static var path: String? { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") }
}
