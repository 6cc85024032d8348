import KubeObjects

/// Timestamps and durations.
enum CELTimes {
    static let functions: [String: CELFunction] = {
        var functions: [String: CELFunction] = [
            "timestamp": CELFunction([
                .function([.string], .timestamp), .function([.int], .timestamp), .function([.timestamp], .timestamp),
            ]) { arguments throws(CELRuntimeError) in
                switch arguments[0] {
                case .timestamp: return arguments[0]
                case .int(let seconds): return .timestamp(try checked(Timestamp(seconds: seconds)))
                case .string(let text):
                    guard let time = Timestamp(text) else {
                        throw CELRuntimeError(message: GoMessages.timeFault(text, isMicro: false))
                    }
                    return .timestamp(try checked(time))
                default: return nil
                }
            },
            "duration": CELFunction([.function([.string], .duration), .function([.duration], .duration)]) {
                arguments throws(CELRuntimeError) in
                switch arguments[0] {
                case .duration: return arguments[0]
                case .string(let text): return try parse(text)
                default: return nil
                }
            },
        ]
        for (name, part) in parts {
            let ofTime: [CELFunction.Signature] = [
                .method([.timestamp], .int), .method([.timestamp, .string], .int),
            ]
            let ofDuration = spans[name] == nil ? [] : [CELFunction.Signature.method([.duration], .int)]
            functions[name] = CELFunction(ofTime + ofDuration) { arguments throws(CELRuntimeError) in
                if case .duration(let nanoseconds) = arguments[0], let unit = spans[name] {
                    return .int(name == "getMilliseconds" ? nanoseconds / unit % 1000 : nanoseconds / unit)
                }
                guard case .timestamp(let time) = arguments[0] else { return nil }
                var offset: Int64 = 0
                if arguments.count == 2 {
                    guard case .string(let zone) = arguments[1] else { return nil }
                    offset = try CELTimes.offset(ofZone: zone)
                }
                return .int(part(CivilTime(time, offset: offset)))
            }
        }
        return functions
    }()

    private static let parts: [String: @Sendable (CivilTime) -> Int64] = [
        "getFullYear": { $0.year }, "getMonth": { $0.month - 1 }, "getDayOfMonth": { $0.day - 1 },
        "getDate": { $0.day },
        "getDayOfYear": { $0.dayOfYear }, "getDayOfWeek": { $0.dayOfWeek }, "getHours": { $0.second / 3600 },
        "getMinutes": { $0.second / 60 % 60 }, "getSeconds": { $0.second % 60 },
        "getMilliseconds": { $0.nanoseconds / 1_000_000 },
    ]

    /// The units that durations are asked for, in nanoseconds.
    private static let spans: [String: Int64] = [
        "getHours": 3_600_000_000_000, "getMinutes": 60_000_000_000, "getSeconds": 1_000_000_000,
        "getMilliseconds": 1_000_000,
    ]

    /// `UTC` or a fixed offset such as `-07:00`. The names of zones need a database that is not here.
    private static func offset(ofZone zone: String) throws(CELRuntimeError) -> Int64 {
        if zone.isEmpty || zone == "UTC" || zone == "Z" { return 0 }
        let sign: Int64 = zone.hasPrefix("-") ? -1 : 1
        let parts = zone.drop { $0 == "-" || $0 == "+" }.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hours = Int64(parts[0]), let minutes = Int64(parts[1]), (0...23).contains(hours),
            (0...59).contains(minutes)
        else { throw CELRuntimeError(message: "unknown time zone \(zone)") }
        return sign * (hours * 3600 + minutes * 60)
    }

    /// Years 1 to 9999, as CEL allows them.
    private static func checked(_ time: Timestamp) throws(CELRuntimeError) -> Timestamp {
        guard (-62_135_596_800...253_402_300_799).contains(time.seconds) else { throw .timestampOverflow }
        return time
    }

    static func shift(_ time: Timestamp, by nanoseconds: Int64) throws(CELRuntimeError) -> Timestamp {
        try checked(time + .nanoseconds(nanoseconds))
    }

    static func distance(from start: Timestamp, to end: Timestamp) throws(CELRuntimeError) -> Int64 {
        let seconds = (end.seconds - start.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let rest = Int64(end.nanoseconds) - Int64(start.nanoseconds)
        let sum = seconds.partialValue.addingReportingOverflow(rest)
        guard !seconds.overflow, !sum.overflow else { throw .durationOverflow }
        return sum.partialValue
    }

    /// RFC 3339 with as many digits of a second as needed.
    static func text(of time: Timestamp) -> String {
        guard time.nanoseconds != 0 else { return time.rfc3339 }
        let digits = time.rfc3339Nano.dropLast().reversed().drop { $0 == "0" }
        return String(digits.reversed()) + "Z"
    }

    /// A duration in seconds: `90s`, `1.5s`.
    static func seconds(of nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        var fraction = String(magnitude % 1_000_000_000)
        fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return (nanoseconds < 0 ? "-" : "") + String(magnitude / 1_000_000_000)
            + (fraction.isEmpty ? "" : "." + fraction) + "s"
    }

    /// A duration in nanoseconds; nil if 64 bits do not hold it.
    static func nanoseconds(_ duration: Duration) -> Int64? {
        let (seconds, attoseconds) = duration.components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let sum = whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000)
        return whole.overflow || sum.overflow ? nil : sum.partialValue
    }

    /// Reads Go's notation of a duration (`1h30m`, `-1.5s`).
    private static func parse(_ text: String) throws(CELRuntimeError) -> CELValue {
        let duration: Duration
        do throws(GoDuration.ParseError) {
            duration = try GoDuration.parse(text)
        } catch {
            throw CELRuntimeError(message: error.description)
        }
        guard let nanoseconds = nanoseconds(duration) else { throw .durationOverflow }
        return .duration(nanoseconds)
    }
}

/// A moment as a calendar shows it.
private struct CivilTime {
    var year: Int64, month: Int64, day: Int64
    /// From 0, the first of January.
    var dayOfYear: Int64
    /// From 0, Sunday.
    var dayOfWeek: Int64
    var second: Int64
    var nanoseconds: Int64

    init(_ time: Timestamp, offset: Int64) {
        let local = time.seconds + offset
        let days = local >= 0 ? local / 86400 : -((86399 - local) / 86400)
        second = local - days * 86400
        nanoseconds = Int64(time.nanoseconds)
        let text = Timestamp(seconds: days * 86400).rfc3339
        let parts = text.prefix(10).split(separator: "-").compactMap { Int64($0) }
        (year, month, day) = parts.count == 3 ? (parts[0], parts[1], parts[2]) : (1970, 1, 1)
        let start = text.prefix(4) + "-01-01T00:00:00Z"
        dayOfYear = days - (Timestamp(String(start))?.seconds ?? 0) / 86400
        dayOfWeek = ((days + 4) % 7 + 7) % 7
    }
}
