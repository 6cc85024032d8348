/// Rewrites paths of a container to where they are on the host, in commands, arguments and values: what stands in for
/// mounts where processes are not isolated.
///
/// A path counts where it stands as a whole or as the beginning of a longer path: `/d` is found in `cat /d/x` and
/// `-o=/d`, not in `/dev` and `/a/d`.
struct PathRewriting: Sendable {
    private let mounts: [(container: [UInt8], host: [UInt8])]

    init(_ mounts: [ContainerMount]) {
        // The longest first, so that a mount inside another wins.
        self.mounts = mounts.sorted { $0.containerPath.utf8.count > $1.containerPath.utf8.count }
            .map { (Array($0.containerPath.utf8), Array($0.hostPath.utf8)) }
    }

    /// The text with every mounted path rewritten.
    func apply(to text: String) -> String {
        guard !mounts.isEmpty, text.utf8.contains(UInt8(ascii: "/")) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "/"), position == 0 || !Self.belongsToPath(bytes[position - 1]),
                let mount = mounts.first(where: { Self.stands($0.container, in: bytes, at: position) })
            {
                result.append(contentsOf: mount.host)
                position += mount.container.count
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func stands(_ path: [UInt8], in bytes: [UInt8], at position: Int) -> Bool {
        let end = position + path.count
        guard end <= bytes.count, bytes[position..<end].elementsEqual(path) else { return false }
        return end == bytes.count || bytes[end] == UInt8(ascii: "/") || !belongsToPath(bytes[end])
    }

    private static func belongsToPath(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "/"), UInt8(ascii: "~"):
            true
        default: byte >= 0x80
        }
    }
}
