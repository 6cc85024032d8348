import KubeObjects

/// A schedule in the five fields of cron(5): minute, hour, day of the month, month, day of the week; or one of `@hourly`,
/// `@daily`, `@weekly`, `@monthly`, `@yearly`, `@every 90s`.
struct CronSchedule: Sendable, Hashable {
    private var minutes: Set<Int> = []
    private var hours: Set<Int> = []
    private var days: Set<Int> = []
    private var months: Set<Int> = []
    private var weekdays: Set<Int> = []
    /// Whether the days are given, not `*`: if both kinds are given, one of them suffices.
    private var limitsDays = false
    private var limitsWeekdays = false
    /// The interval of `@every`.
    private var interval: Int64?

    private static let names: [String: String] = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Reads a schedule; nil if it is none.
    init?(_ text: String) {
        if text.hasPrefix("@every ") {
            guard let seconds = Self.seconds(text.dropFirst(7)), seconds > 0 else { return nil }
            interval = seconds
            return
        }
        let fields = (Self.names[text] ?? text).split(separator: " ").map { $0.lowercased() }
        guard fields.count == 5, let minutes = Self.values(fields[0], 0...59),
            let hours = Self.values(fields[1], 0...23), let days = Self.values(fields[2], 1...31),
            let months = Self.values(fields[3], 1...12, names: Self.monthNames),
            let weekdays = Self.values(fields[4], 0...7, names: Self.weekdayNames)
        else { return nil }
        (self.minutes, self.hours, self.days, self.months) = (minutes, hours, days, months)
        self.weekdays = Set(weekdays.map { $0 % 7 })
        limitsDays = !fields[2].hasPrefix("*") && fields[2] != "?"
        limitsWeekdays = !fields[4].hasPrefix("*") && fields[4] != "?"
    }

    /// The values of one field: `*`, `5`, `1-5`, `*/10`, `1-30/2`, lists of these.
    private static func values(_ field: String, _ range: ClosedRange<Int>, names: [String] = []) -> Set<Int>? {
        var result: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", omittingEmptySubsequences: false)
            guard halves.count <= 2, let base = halves.first else { return nil }
            var step = 1
            if halves.count == 2 {
                guard let given = Int(halves[1]), given > 0 else { return nil }
                step = given
            }
            let bounds: ClosedRange<Int>
            if base == "*" || base == "?" {
                bounds = range
            } else {
                let ends = base.split(separator: "-", omittingEmptySubsequences: false).map { text in
                    Int(text) ?? names.firstIndex(of: String(text)).map { $0 + range.lowerBound }
                }
                guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
                    range.contains(first), range.contains(last)
                else { return nil }
                bounds = first...(halves.count == 2 && ends.count == 1 ? range.upperBound : last)
            }
            result.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
        }
        return result
    }

    /// A duration as Go writes it, in whole seconds: `1h30m`, `90s`.
    private static func seconds(_ text: Substring) -> Int64? {
        var total: Int64 = 0
        var number: Int64?
        for character in text {
            if let digit = character.wholeNumberValue {
                let (product, isTooLarge) = (number ?? 0).multipliedReportingOverflow(by: 10)
                guard !isTooLarge, product < 1 << 40 else { return nil }
                number = product + Int64(digit)
            } else {
                guard let count = number, let unit = ["h": 3600, "m": 60, "s": 1][character] as Int64? else {
                    return nil
                }
                total += count * unit
                number = nil
            }
        }
        return number == nil ? total : nil
    }

    /// The first moment of the schedule after another, within five years.
    /// - Parameter offset: what local time is ahead of UTC, in seconds.
    func next(after moment: Timestamp, offset: Int64 = 0) -> Timestamp? {
        if let interval { return Timestamp(seconds: moment.seconds + interval) }
        var minute = (moment.seconds + offset) / 60 + 1
        let end = minute + 5 * 366 * 24 * 60
        while minute < end {
            let day = minute / (24 * 60)
            guard matches(day: day) else {
                minute = (day + 1) * 24 * 60
                continue
            }
            let hour = Int(minute / 60 % 24)
            guard hours.contains(hour) else {
                minute = (minute / 60 + 1) * 60
                continue
            }
            if minutes.contains(Int(minute % 60)) { return Timestamp(seconds: minute * 60 - offset) }
            minute += 1
        }
        return nil
    }

    private func matches(day: Int64) -> Bool {
        let date = Timestamp(seconds: day * 86400).rfc3339.split { $0 == "-" || $0 == "T" }
        guard date.count > 2, let month = Int(date[1]), let dayOfMonth = Int(date[2]), months.contains(month) else {
            return false
        }
        // The epoch began on a Thursday.
        let isDay = days.contains(dayOfMonth)
        let isWeekday = weekdays.contains(Int((day + 4) % 7))
        return limitsDays && limitsWeekdays ? isDay || isWeekday : isDay && isWeekday
    }
}
