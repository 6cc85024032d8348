/// Resource versions as KEP-5504 has them since Kubernetes 1.35: decimal numbers without leading zeros that grow with
/// every change. All servers before did the same without promising it.
public enum ResourceVersion {
    /// Whether a version is older than another one. Versions that are no such numbers have no order: then any version
    /// that differs counts as not older, and only preconditions of writes protect.
    public static func isOlder(_ version: String?, than other: String?) -> Bool {
        guard let version, let other, isNumber(version), isNumber(other) else { return false }
        return version.utf8.count == other.utf8.count ? version < other : version.utf8.count < other.utf8.count
    }

    private static func isNumber(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "0") || text.utf8.count == 1 else { return false }
        return text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
