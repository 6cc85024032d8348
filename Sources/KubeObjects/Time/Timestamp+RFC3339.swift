extension Timestamp {
    /// Reads an RFC 3339 date and time: `2026-11-21T06:20:49Z`, with an optional fraction (digits beyond nanoseconds
    /// are dropped) and any offset. Nil for anything else.
    public init?(_ text: String) { self.init(utf8: Array(text.utf8)[...]) }

    /// Reads the same from a text's bytes: a log has one before each line.
    package init?(utf8 bytes: ArraySlice<UInt8>) {
        var reader = RFC3339Reader(bytes: bytes)
        guard let parsed = reader.read() else { return nil }
        self = parsed
    }

    /// `2026-11-21T06:20:49Z`: whole seconds, as `metav1.Time` is written.
    public var rfc3339: String { formatted(fractionDigits: 0) }

    /// `2026-11-21T06:20:49.123456Z`: microseconds, as `metav1.MicroTime` is written.
    public var rfc3339Micro: String { formatted(fractionDigits: 6) }

    /// `2026-11-21T06:20:49.123456789Z`: nanoseconds, as a kubelet stamps log lines.
    public var rfc3339Nano: String { formatted(fractionDigits: 9) }

    private func formatted(fractionDigits: Int) -> String {
        let days = seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400)
        let second = seconds - days * 86400
        let (year, month, day) = Self.civil(fromDays: days)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(30)
        func put(_ value: Int64, _ width: Int) {
            let digits = String(value)
            for _ in digits.utf8.count..<max(width, digits.utf8.count) { bytes.append(UInt8(ascii: "0")) }
            bytes.append(contentsOf: digits.utf8)
        }
        put(year, 4)
        bytes.append(UInt8(ascii: "-"))
        put(month, 2)
        bytes.append(UInt8(ascii: "-"))
        put(day, 2)
        bytes.append(UInt8(ascii: "T"))
        put(second / 3600, 2)
        bytes.append(UInt8(ascii: ":"))
        put(second / 60 % 60, 2)
        bytes.append(UInt8(ascii: ":"))
        put(second % 60, 2)
        if fractionDigits > 0 {
            bytes.append(UInt8(ascii: "."))
            var fraction = Int64(nanoseconds)
            for _ in fractionDigits..<9 { fraction /= 10 }
            put(fraction, fractionDigits)
        }
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Year, month and day of a day count since the epoch (proleptic Gregorian calendar, years begin in March so that
    /// the leap day comes last).
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// How many days a month has.
    static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day count since the epoch of a date: the inverse of ``civil(fromDays:)``.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Reads one RFC 3339 text from front to back.
private struct RFC3339Reader {
    let bytes: ArraySlice<UInt8>
    var position: Int

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    mutating func read() -> Timestamp? {
        guard let year = number(4), take("-"), let month = number(2), (1...12).contains(month), take("-"),
            let day = number(2), (1...Timestamp.days(inMonth: month, of: year)).contains(day), take("T", "t"),
            let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60, take(":"),
            let second = number(2), second < 60, let nanoseconds = fraction(), let offset = offset(),
            position == bytes.endIndex
        else { return nil }
        let days = Timestamp.days(year: year, month: month, day: day)
        return Timestamp(
            seconds: days * 86400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: nanoseconds)
    }

    private mutating func number(_ digits: Int) -> Int64? {
        guard position + digits <= bytes.endIndex else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + digits] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        position += digits
        return value
    }

    private mutating func take(_ candidate: Unicode.Scalar, _ other: Unicode.Scalar? = nil) -> Bool {
        guard position < bytes.endIndex else { return false }
        let byte = Unicode.Scalar(bytes[position])
        guard byte == candidate || byte == other else { return false }
        position += 1
        return true
    }

    private mutating func fraction() -> Int32? {
        guard take(".") else { return 0 }
        var value: Int32 = 0
        var digits = 0
        while position < bytes.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            if digits < 9 { value = value * 10 + Int32(bytes[position] - UInt8(ascii: "0")) }
            digits += 1
            position += 1
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 9)..<9 { value *= 10 }
        return value
    }

    private mutating func offset() -> Int64? {
        if take("Z", "z") { return 0 }
        let sign: Int64 = position < bytes.endIndex && bytes[position] == UInt8(ascii: "-") ? -1 : 1
        guard take("+", "-"), let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
