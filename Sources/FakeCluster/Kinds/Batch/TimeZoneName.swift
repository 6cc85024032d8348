#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The names of the IANA time zone database, which the machine keeps as files.
enum TimeZoneName {
    private static let directory = "/usr/share/zoneinfo/"

    /// Whether a name is a time zone. A machine without the database knows only UTC.
    static func isKnown(_ name: String) -> Bool {
        if name == "UTC" || name == "Etc/UTC" { return true }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy(isComponent) else { return false }
        return unsafe access(directory + name, R_OK) == 0
    }

    /// The rule for the parts of a name: a few characters of a few kinds.
    private static func isComponent(_ part: Substring) -> Bool {
        (1...14).contains(part.utf8.count) && part != "." && part != ".." && !part.hasPrefix("-")
            && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_+".contains($0)) }
    }
}
