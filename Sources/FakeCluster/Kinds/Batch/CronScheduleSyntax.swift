import KubeObjects

/// Whether a text is a schedule that CronJobs understand: five fields, or a word such as `@hourly` (the grammar of the
/// library that the CronJob controller uses, robfig/cron).
enum CronScheduleSyntax {
    private struct Field {
        var range: ClosedRange<Int>
        var names: [String] = []
    }

    private static let fields = [
        Field(range: 0...59), Field(range: 0...23), Field(range: 1...31),
        Field(
            range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        Field(range: 0...6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]
    private static let words = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]

    /// What is wrong with a schedule; nil if nothing is.
    static func fault(_ schedule: String) -> String? {
        var schedule = Substring(schedule)
        // A time zone may stand before the fields; whether it should is not a matter of syntax.
        for prefix in ["TZ=", "CRON_TZ="] where schedule.hasPrefix(prefix) {
            let zone = schedule.dropFirst(prefix.count).prefix { $0 != " " }
            guard TimeZoneName.isKnown(String(zone)) else {
                return "provided bad location \(zone): unknown time zone \(zone)"
            }
            schedule = schedule[zone.endIndex...].drop(while: \.isWhitespace)
        }
        if schedule.hasPrefix("@") { return descriptorFault(String(schedule)) }
        let parts = schedule.split(whereSeparator: \.isWhitespace).map(String.init)
        guard parts.count == fields.count else {
            return "expected exactly 5 fields, found \(parts.count): [\(parts.joined(separator: " "))]"
        }
        for (part, field) in zip(parts, fields) {
            for range in part.split(separator: ",") {
                if let fault = fault(String(range), field) { return fault }
            }
        }
        return nil
    }

    private static func descriptorFault(_ descriptor: String) -> String? {
        if words.contains(descriptor) { return nil }
        guard descriptor.hasPrefix("@every ") else { return "unrecognized descriptor: \(descriptor)" }
        do throws(GoDuration.ParseError) {
            _ = try GoDuration.parse(String(descriptor.dropFirst("@every ".count)))
            return nil
        } catch {
            return "failed to parse duration \(descriptor): \(error)"
        }
    }

    /// What is wrong with one range: `*`, `3`, `3-7`, `*/5`, `3-30/5`.
    private static func fault(_ text: String, _ field: Field) -> String? {
        let steps = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let ends = steps[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        var start = field.range.lowerBound
        var end = field.range.upperBound
        var step = 1
        if !["*", "?"].contains(ends[0]) {
            guard let first = number(ends[0], field) else { return failure(ends[0]) }
            start = first
            end = first
            if ends.count == 2 {
                guard let last = number(ends[1], field) else { return failure(ends[1]) }
                end = last
            } else if ends.count > 2 {
                return "too many hyphens: \(text)"
            }
            if steps.count == 2, ends.count == 1 { end = field.range.upperBound }
        }
        if steps.count > 2 { return "too many slashes: \(text)" }
        if steps.count == 2 {
            guard let number = Int(steps[1]) else { return failure(steps[1]) }
            if number < 0 { return "negative number (\(number)) not allowed: \(steps[1])" }
            step = number
        }
        if start < field.range.lowerBound {
            return "beginning of range (\(start)) below minimum (\(field.range.lowerBound)): \(text)"
        }
        if end > field.range.upperBound {
            return "end of range (\(end)) above maximum (\(field.range.upperBound)): \(text)"
        }
        if start > end { return "beginning of range (\(start)) beyond end of range (\(end)): \(text)" }
        if step == 0 { return "step of range should be a positive number: \(text)" }
        return nil
    }

    private static func number(_ text: String, _ field: Field) -> Int? {
        if let position = field.names.firstIndex(of: text.lowercased()) { return position + field.range.lowerBound }
        return Int(text).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func failure(_ text: String) -> String {
        "failed to parse int from \(text): strconv.Atoi: parsing \"\(text)\": invalid syntax"
    }
}
