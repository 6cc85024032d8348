/// The name of an image. Where no image is ever fetched, a name only has to be one.
///
/// So that waiting for an image can be tried out, a registry under the top-level domain `invalid`, which RFC 6761 keeps
/// from ever existing, cannot be reached: its images fail as they do in a real cluster.
struct ImageReference: Sendable, Hashable {
    /// The name as it is written.
    let text: String
    /// The registry's host.
    let host: String
    /// The path in the registry.
    let repository: String
    /// Tag or digest.
    let tag: String

    /// Reads a name (`host:port/path:tag@digest`); nil if it breaks the grammar of image references.
    init?(_ text: String) {
        self.text = text
        var rest = Substring(text)
        var digest: Substring?
        if let at = rest.firstIndex(of: "@") {
            digest = rest[rest.index(after: at)...]
            rest = rest[..<at]
        }
        var tag: Substring?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = rest[rest.index(after: colon)...]
            rest = rest[..<colon]
        }
        var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, let first = parts.first, first.contains(".") || first.contains(":") || first == "localhost"
        {
            host = String(parts.removeFirst())
        } else {
            host = "docker.io"
        }
        guard !parts.isEmpty, parts.allSatisfy(Self.isPathComponent) else { return nil }
        if let tag, !Self.isTag(tag) { return nil }
        if let digest, !digest.contains(":") { return nil }
        repository = parts.joined(separator: "/")
        self.tag = String(digest ?? tag ?? "latest")
    }

    /// The name with all that it may leave out.
    var fullName: String {
        let path = host == "docker.io" && !repository.contains("/") ? "library/\(repository)" : repository
        return "\(host)/\(path)\(tag.contains(":") ? "@" : ":")\(tag)"
    }

    /// Why the image cannot be had, in containerd's words; nil if it can.
    var pullFailure: String? {
        let name = host.split(separator: ":").first.map(String.init) ?? host
        guard name == "invalid" || name.hasSuffix(".invalid") else { return nil }
        return "failed to pull and unpack image \"\(text)\": failed to resolve reference \"\(text)\": "
            + "failed to do request: Head \"https://\(host)/v2/\(repository)/manifests/\(tag)\": "
            + "dial tcp: lookup \(name): no such host"
    }

    /// What the image runs where a container has no command, with a container's arguments; nil if that is not known.
    ///
    /// Known are the official images of plain systems: a shell for command, which arguments replace, and no entrypoint.
    func command(arguments: [String]) -> [String]? {
        let plain: Set<String> = ["alpine", "busybox", "debian", "fedora", "ubuntu"]
        let name = repository.hasPrefix("library/") ? String(repository.dropFirst("library/".count)) : repository
        guard host == "docker.io", plain.contains(name) else { return nil }
        return arguments.isEmpty ? ["sh"] : arguments
    }

    /// Lower-case letters and digits, with single separators inside.
    private static func isPathComponent(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, let last = part.utf8.last else { return false }
        let isAlphanumeric: (UInt8) -> Bool = { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && part.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    private static func isTag(_ tag: Substring) -> Bool {
        guard let first = tag.first, first != ".", first != "-", tag.utf8.count <= 128 else { return false }
        return tag.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}
