/// What names, labels and keys must look like (apimachinery, `util/validation`).
///
/// Every function returns what is wrong, in the words of the API server, and nothing if the text is right.
public enum NameValidation {
    private static let maxLabelBytes = 63
    private static let maxSubdomainBytes = 253

    /// A DNS subdomain of RFC 1123: labels in lower case with dots between them, at most 253 bytes.
    public static func dns1123Subdomain(_ text: String) -> [String] {
        var faults = tooLong(text, maxSubdomainBytes, unit: "characters")
        if !isSubdomain(text.utf8[...]) {
            faults.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
                    + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
                    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")
        }
        return faults
    }

    /// A DNS domain in which names are searched: as a subdomain of RFC 1123, but its labels may have underscores, also as
    /// their first byte.
    public static func searchDomain(_ text: String) -> [String] {
        var faults = tooLong(text, maxSubdomainBytes, unit: "characters")
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isRight = labels.allSatisfy { label in
            let rest = label.first == UInt8(ascii: "_") ? label.dropFirst() : label
            return isLowerLabel(rest, withUnderscores: true)
        }
        if !isRight {
            faults.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation "
                    + "is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')")
        }
        return faults
    }

    /// A DNS label of RFC 1123: lower case letters, digits and dashes, at most 63 bytes.
    public static func dns1123Label(_ text: String) -> [String] {
        var faults = tooLong(text, maxLabelBytes, unit: "characters")
        if !isLowerLabel(text.utf8[...]) {
            faults.append(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
                    + "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')")
        }
        return faults
    }

    /// A DNS label of RFC 1035: as one of RFC 1123, beginning with a letter.
    public static func dns1035Label(_ text: String) -> [String] {
        var faults = tooLong(text, maxLabelBytes, unit: "characters")
        if !isLowerLabel(text.utf8[...]) || !(text.utf8.first.map(isLower) ?? false) {
            faults.append(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                    + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
                    + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')")
        }
        return faults
    }

    /// A name that may stand in a path: no `/`, no `%`, not `.` or `..`.
    public static func pathSegmentName(_ text: String) -> [String] {
        if text == "." || text == ".." { return ["may not be '\(text)'"] }
        return ["/", "%"].filter(text.contains).map { "may not contain '\($0)'" }
    }

    /// A path with a domain before it, `acme.io/foo`: the part that is wrong and what is wrong with it. An empty text is an
    /// empty part.
    public static func domainPrefixedPath(_ text: String) -> [(part: String, message: String)] {
        if text.isEmpty { return [("", "")] }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            return [(text, "must be a domain-prefixed path (such as \"acme.io/foo\")")]
        }
        var faults = dns1123Subdomain(parts[0]).map { (parts[0], $0) }
        let marks = "/-._~%!$&'()*+,;=:"
        if !parts[1].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || marks.contains($0)) }) {
            faults.append((parts[1], "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"))
        }
        return faults
    }

    /// A qualified name: letters, digits, `-`, `_` and `.`, at most 63 bytes, with an optional prefix that is a DNS
    /// subdomain and a `/`.
    public static func qualifiedName(_ text: String) -> [String] {
        // Asked of every label with every write of every object, and nearly always right.
        isQualifiedName(text.utf8[...]) ? [] : faults(ofQualifiedName: text)
    }

    private static func faults(ofQualifiedName text: String) -> [String] {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var faults: [String] = []
        var name = text.utf8[...]
        switch parts.count {
        case 1: break
        case 2:
            name = parts[1]
            if parts[0].isEmpty {
                faults.append("prefix part must be non-empty")
            } else {
                faults += dns1123Subdomain(String(Substring(parts[0]))).map { "prefix part " + $0 }
            }
        default:
            return [
                "a valid label key " + qualifiedNameRule
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        if name.isEmpty {
            faults.append("name part must be non-empty")
        } else if name.count > maxLabelBytes {
            faults.append("name part must be no more than \(maxLabelBytes) bytes")
        }
        if !isQualifiedPart(name) { faults.append("name part " + qualifiedNameRule) }
        return faults
    }

    /// The key of a label.
    public static func labelName(_ text: String) -> [String] { qualifiedName(text) }

    /// The value of a label: empty, or as the name part of a key.
    public static func labelValue(_ text: String) -> [String] {
        var faults = tooLong(text, maxLabelBytes, unit: "bytes")
        if !text.isEmpty, !isQualifiedPart(text.utf8[...]) {
            faults.append(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
                    + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
                    + "used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")
        }
        return faults
    }

    /// The key of an entry of a ConfigMap or Secret, which becomes the name of a file.
    public static func configMapKey(_ text: String) -> [String] {
        var faults = tooLong(text, maxSubdomainBytes, unit: "characters")
        if text.isEmpty || !text.utf8.allSatisfy({ isAlphanumeric($0) || isAny(of: "-._", $0) }) {
            faults.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        if text == "." || text == ".." {
            faults.append("must not be '\(text)'")
        } else if text.hasPrefix("..") {
            faults.append("must not start with '..'")
        }
        return faults
    }

    /// The name of an environment variable: since Kubernetes 1.34 anything printable but `=` (KEP-4369).
    public static func environmentVariable(_ text: String) -> [String] {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "=") }) else {
            return [
                "a valid environment variable name must consist only of printable ASCII characters other than '='"
            ]
        }
        return []
    }

    /// The name of a port: lower case letters, digits and dashes, at most 15 bytes, at least one letter.
    public static func portName(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        var faults = tooLong(text, 15, unit: "characters")
        if !bytes.allSatisfy({ isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-") }) {
            faults.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !bytes.contains(where: isLower) { faults.append("must contain at least one letter (a-z)") }
        if text.contains("--") { faults.append("must not contain consecutive hyphens") }
        if bytes.first == UInt8(ascii: "-") || bytes.last == UInt8(ascii: "-") {
            faults.append("must not begin or end with a hyphen")
        }
        return faults
    }

    private static let qualifiedNameRule =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

    private static func tooLong(_ text: String, _ maximum: Int, unit: String) -> [String] {
        text.utf8.count > maximum ? ["must be no more than \(maximum) \(unit)"] : []
    }

    private static func isLowerLabel(_ bytes: Substring.UTF8View, withUnderscores: Bool = false) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        let isMark: (UInt8) -> Bool = { $0 == UInt8(ascii: "-") || (withUnderscores && $0 == UInt8(ascii: "_")) }
        return !isMark(first) && !isMark(last) && bytes.allSatisfy { isLower($0) || isDigit($0) || isMark($0) }
    }

    private static func isSubdomain(_ bytes: Substring.UTF8View) -> Bool {
        let (dot, dash) = (UInt8(ascii: "."), UInt8(ascii: "-"))
        var last = dot
        for byte in bytes {
            switch byte {
            case dash: guard last != dot else { return false }
            case dot: guard last != dot, last != dash else { return false }
            default: guard isLower(byte) || isDigit(byte) else { return false }
            }
            last = byte
        }
        return last != dot && last != dash
    }

    private static func isQualifiedName(_ bytes: Substring.UTF8View) -> Bool {
        var name = bytes
        if let slash = bytes.firstIndex(of: UInt8(ascii: "/")) {
            guard isSubdomain(bytes[..<slash]), bytes[..<slash].count <= maxSubdomainBytes else { return false }
            name = bytes[bytes.index(after: slash)...]
        }
        return name.count <= maxLabelBytes && isQualifiedPart(name)
    }

    private static func isQualifiedPart(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy { isAlphanumeric($0) || isAny(of: "-_.", $0) }
    }

    private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte | 0x20) || isDigit(byte) }
    private static func isAny(of characters: StaticString, _ byte: UInt8) -> Bool {
        characters.withUTF8Buffer { unsafe $0.contains(byte) }
    }
}
