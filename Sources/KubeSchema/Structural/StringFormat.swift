import KubeObjects

/// The formats of texts that the API server checks in custom resources; others are ignored.
package enum StringFormat {
    /// Whether a format says anything for a type.
    package static func isKnown(_ format: String, forType type: String) -> Bool {
        switch type {
        case "", "string": checks[normalized(format)] != nil
        case "integer": format == "int32" || format == "int64"
        case "number": format == "float" || format == "double"
        default: false
        }
    }

    /// Whether a text is of a known format.
    static func matches(_ text: String, _ format: String) -> Bool {
        checks[normalized(format)].map { $0(text) } ?? true
    }

    private static func normalized(_ format: String) -> String { format.filter { $0 != "-" } }

    private static let checks: [String: @Sendable (String) -> Bool] = {
        var checks: [String: @Sendable (String) -> Bool] = [
            "datetime": isDateTime, "date": isDate, "duration": isDuration, "byte": { Base64.decode($0) != nil },
            "quantity": { Quantity($0) != nil },
            "ipv4": NetworkAddress.isIPv4, "ipv6": NetworkAddress.isIPv6, "cidr": NetworkAddress.isCIDR,
            "mac": NetworkAddress.isMAC, "uri": isURI,
            "email": isEmail, "hostname": isHostname, "password": { _ in true },
            "k8sshortname": { $0.utf8.count <= 63 && NetworkAddress.isDNSLabel($0) },
            "k8slongname": { text in
                text.utf8.count <= 253
                    && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                        NetworkAddress.isDNSLabel(String($0))
                    }
            },
            "isbn": { isISBN10($0) || isISBN13($0) }, "isbn10": isISBN10, "isbn13": isISBN13,
        ]
        for (name, source) in patterns {
            guard let pattern = try? Pattern(source) else { continue }
            checks[name] = { pattern.matches($0) }
        }
        return checks
    }()

    private static let patterns: [String: String] = [
        "bsonobjectid": "^[0-9a-fA-F]{24}$",
        "uuid": "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$",
        "uuid3": "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$",
        "uuid4": "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$",
        "uuid5": "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$",
        "ssn": #"^\d{3}[- ]?\d{2}[- ]?\d{4}$"#,
        "hexcolor": "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$",
        "rgbcolor":
            #"^rgb\(\s*(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\s*(,\s*(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\s*){2}\)$"#,
        "creditcard": #"^(\D*\d){13,19}\D*$"#,
    ]

    private static func isDateTime(_ text: String) -> Bool {
        Timestamp(text.replacing("t", with: "T").replacing("z", with: "Z")) != nil
    }

    private static func isDate(_ text: String) -> Bool { Timestamp(text + "T00:00:00Z") != nil }

    /// Go's duration (`1h30m`), or a number and a unit in words (`22 ns`, `3 days`).
    private static func isDuration(_ text: String) -> Bool {
        if (try? GoDuration.parse(text)) != nil { return true }
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        let joined = parts.joined()
        guard parts.count <= 2, let unitStart = joined.firstIndex(where: \.isLetter),
            Double(joined[..<unitStart]) != nil
        else { return false }
        let units: Set<String> = [
            "nanosecond", "nano", "ns", "microsecond", "micro", "us", "µs", "millisecond", "milli", "ms", "second",
            "sec",
            "s", "minute", "min", "m", "hour", "h", "hr", "day", "d", "week", "w", "wk",
        ]
        let unit = String(joined[unitStart...])
        return units.contains(unit) || (unit.hasSuffix("s") && units.contains(String(unit.dropLast())))
    }

    private static func isURI(_ text: String) -> Bool {
        // As net/url.ParseRequestURI: absolute, or a rooted path.
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) else {
            return false
        }
        if text.hasPrefix("/") { return true }
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return false }
        let scheme = text[..<colon].unicodeScalars
        guard let first = scheme.first, first.isASCII, first.properties.isAlphabetic else { return false }
        return scheme.allSatisfy {
            $0 != "_" && CharacterClass.word.contains($0.value) || "+-.".unicodeScalars.contains($0)
        }
    }

    private static func isEmail(_ text: String) -> Bool {
        var address = text
        if let open = text.lastIndex(of: "<"), text.hasSuffix(">") {
            address = String(text[text.index(after: open)...].dropLast())
        }
        guard let at = address.lastIndex(of: "@") else { return false }
        let (local, domain) = (address[..<at], address[address.index(after: at)...])
        return !local.isEmpty && !domain.isEmpty && !local.hasPrefix(".") && !local.hasSuffix(".")
            && !local.contains("..") && !address.contains(" ") && !domain.hasPrefix(".") && !domain.hasSuffix(".")
    }

    private static func isHostname(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return !text.isEmpty && text.utf8.count <= 255
            && labels.allSatisfy { NetworkAddress.isDNSLabel($0.lowercased()) }
    }

    private static func isISBN10(_ text: String) -> Bool {
        let digits = text.filter { $0 != "-" && $0 != " " }
        guard digits.count == 10 else { return false }
        var sum = 0
        for (position, character) in digits.enumerated() {
            guard let value = character == "X" && position == 9 ? 10 : character.asciiDigit else { return false }
            sum += (10 - position) * value
        }
        return sum % 11 == 0
    }

    private static func isISBN13(_ text: String) -> Bool {
        let digits = text.filter { $0 != "-" && $0 != " " }.map(\.asciiDigit)
        guard digits.count == 13, !digits.contains(nil) else { return false }
        return digits.enumerated().reduce(0) { $0 + ($1.element ?? 0) * ($1.offset % 2 == 0 ? 1 : 3) } % 10 == 0
    }
}

extension Character {
    fileprivate var asciiDigit: Int? { isASCII ? wholeNumberValue : nil }
}
