import ArgumentParser
import KubeObjects

/// A time span on the command line: `90s`, `1h30m`, `500ms`, or a whole number of seconds, as kubectl takes them.
struct DurationArgument: ExpressibleByArgument, Hashable {
    var duration: Duration

    init?(argument: String) {
        if let seconds = UInt32(argument) {
            duration = .seconds(seconds)
        } else if let duration = try? GoDuration.parse(argument), duration >= .zero {
            self.duration = duration
        } else {
            return nil
        }
    }
}

extension DurationArgument {
    /// In seconds; a fraction counts as a whole one.
    var wholeSeconds: Int64 {
        let (seconds, fraction) = duration.components
        return fraction > 0 ? seconds + 1 : seconds
    }
}
