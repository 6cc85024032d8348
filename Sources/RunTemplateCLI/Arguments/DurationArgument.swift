import ArgumentParser

/// A time span on the command line: `90s`, `1h30m`, `500ms`, or a number of seconds.
struct DurationArgument: ExpressibleByArgument, Hashable {
    var duration: Duration

    init?(argument: String) {
        if let seconds = Double(argument), seconds >= 0, seconds.isFinite, seconds < 1e9 {
            duration = .seconds(seconds)
            return
        }
        var total = Duration.zero
        var rest = argument[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest[number.endIndex...]
            let unit = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest[unit.endIndex...]
            guard let value = Double(number), value < 1e9, let length = Self.units[String(unit)] else { return nil }
            total += length * value
        }
        duration = total
    }

    private static let units: [String: Duration] = [
        "ms": .milliseconds(1), "s": .seconds(1), "m": .seconds(60), "h": .seconds(3600),
    ]
}
