import KubeClient
import KubeObjects
import KubeWire

/// A client that keeps a copy of the ConfigMaps by a watch that it resumes over the lives of a server, and says where
/// what it was shown cannot be.
struct ClusterWatcher {
    private var copy: [String: String] = [:]
    private var version: UInt64 = 0
    /// How often the copy had to be made anew, since the server had forgotten the version.
    private(set) var resets = 0
    /// How many changes were shown.
    private(set) var events = 0
    /// What cannot be, one line each.
    private(set) var faults: [String] = []

    /// Reads what is there.
    mutating func list(_ client: KubeClient) async throws {
        let list = try await client.list(.configMaps, namespace: "default")
        copy = Dictionary(uniqueKeysWithValues: list.items.map { ($0.name ?? "", Self.content($0)) })
        version = UInt64(list.resourceVersion) ?? 0
    }

    /// Goes on from the last version until an object has a content, then holds the copy against what is there.
    mutating func catchUp(_ client: KubeClient, until name: String, has content: String) async throws {
        if version == 0 { try await list(client) }
        while copy[name] != content {
            guard try await follow(client, until: { $0[name] == content }) else { continue }
        }
        let list = try await client.list(.configMaps, namespace: "default")
        let present = Dictionary(uniqueKeysWithValues: list.items.map { ($0.name ?? "", Self.content($0)) })
        for name in Set(present.keys).union(copy.keys) where present[name] != copy[name] {
            faults.append("\(name): the watch showed \(copy[name] ?? "absent"), stored is \(present[name] ?? "absent")")
        }
    }

    /// Follows the changes until the copy is as wished or the stream ends.
    /// - Returns: whether it is as wished.
    @discardableResult
    mutating func follow(
        _ client: KubeClient, ledger: WriteLedger? = nil, until isReached: ([String: String]) -> Bool
    ) async throws -> Bool {
        let watch = try await client.watch(
            .configMaps, namespace: "default",
            options: WatchOptions(resourceVersion: String(version), timeoutSeconds: 600))
        for try await event in watch {
            guard let object = event.object else {
                resets += 1
                try await list(client)
                return isReached(copy)
            }
            let seen = object.resourceVersion.flatMap { UInt64($0) } ?? 0
            if seen <= version { faults.append("a watch from version \(version) showed version \(seen)") }
            version = max(version, seen)
            ledger?.saw(seen)
            events += 1
            copy[object.name ?? ""] = event.type == "DELETED" ? nil : Self.content(object)
            if isReached(copy) { return true }
        }
        return false
    }

    /// What a ConfigMap of the test holds.
    static func content(_ object: KubeObject) -> String { object[path: "data", "text"]?.string ?? "" }
}
