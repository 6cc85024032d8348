extension YAMLScalar {
    /// Whether a text reads as a date or a date and time: it means a string all the same, but is quoted when written,
    /// as kubectl does (`creationTimestamp: "2026-11-21T06:20:49Z"`).
    ///
    /// The forms are `2006-1-2`, `2006-1-2 15:4:5.9` and `2006-1-2T15:4:5.9Z07:00`, months to seconds in one or two
    /// digits, within their ranges.
    static func isTimestamp(_ text: String) -> Bool {
        var reader = TimestampReader(rest: Array(text.utf8)[...])
        return reader.matches()
    }

    /// Whether a text looks like a number of base 60 (`1:30`), which older readers of YAML take for one: quoted too.
    static func isBase60(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.contains(UInt8(ascii: ":")) else { return false }
        guard first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10 else {
            return false
        }
        return text.wholeMatch(of: /[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?/) != nil
    }
}

/// Takes a text from the front, piece by piece.
private struct TimestampReader {
    var rest: ArraySlice<UInt8>

    mutating func matches() -> Bool {
        guard let year = number(digits: 4...4), take("-"), let month = number(digits: 1...2), take("-"),
            let day = number(digits: 1...2), (1...12).contains(month), day >= 1,
            day <= Timestamp.days(inMonth: Int64(month), of: Int64(year))
        else { return false }
        if rest.isEmpty { return true }
        let isZoned = take("T") || take("t")
        guard isZoned || take(" ") else { return false }
        guard let hour = number(digits: 1...2), hour < 24, take(":"), let minute = number(digits: 1...2), minute < 60,
            take(":"), let second = number(digits: 1...2), second < 60
        else { return false }
        if take("."), number(digits: 1...100) == nil { return false }
        if isZoned, !zone() { return false }
        return rest.isEmpty
    }

    private mutating func zone() -> Bool {
        if take("Z") { return true }
        guard take("+") || take("-"), let hours = number(digits: 2...2), hours <= 24, take(":"),
            let minutes = number(digits: 2...2), minutes < 60
        else { return false }
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func number(digits: ClosedRange<Int>) -> Int? {
        let run = rest.prefix(digits.upperBound).prefix { $0 &- UInt8(ascii: "0") < 10 }
        guard digits.contains(run.count) else { return nil }
        rest = rest.dropFirst(run.count)
        return run.reduce(0) { ($0 &* 10) &+ Int($1 - UInt8(ascii: "0")) }
    }
}
