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
        guard !parts.contains(where: { $0.isEmpty || $0.hasPrefix(".") }) else { return false }
        return unsafe access(directory + name, R_OK) == 0
    }
}
