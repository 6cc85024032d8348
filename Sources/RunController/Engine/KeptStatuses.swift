import KubeObjects

/// Statuses of which the server did not keep everything: its definition of the resource is older than this controller and
/// knows fewer fields.
///
/// What it dropped is remembered for as long as this controller works, or it would be written again in every round, and what
/// waits for it would wait for ever.
struct KeptStatuses: Sendable {
    private struct Status: Sendable {
        var uid: String?
        /// What was written.
        var written: JSONValue
        /// What the server made of it.
        var kept: JSONValue?
        /// The run's version since.
        var version: String?
    }

    private var statuses: [ObjectKey: Status] = [:]
    private var told: Set<String> = []

    /// A status was written, and the run is this now.
    /// - Returns: the members that were dropped, the first time that they are.
    mutating func note(_ status: JSONObject, answered run: KubeObject) -> [String] {
        // The answer to an earlier request may be read later.
        if let known = statuses[run.key], known.uid == run.uid,
            ResourceVersion.isOlder(run.resourceVersion, than: known.version)
        {
            return []
        }
        guard let rest = mergePatch(from: run["status"]?.object ?? [:], to: status) else {
            statuses[run.key] = nil
            return []
        }
        statuses[run.key] = Status(
            uid: run.uid, written: .object(status), kept: run["status"], version: run.resourceVersion)
        return Self.paths(of: rest).filter { told.insert($0).inserted }
    }

    /// The run with its status as it was written, if this is what the server made of that, or what is kept of it in a store.
    /// Another status, which nobody has heard of yet, with what the server has never kept of this run's.
    func whole(_ run: KubeObject) -> KubeObject {
        guard let status = statuses[run.key], status.uid == run.uid else { return run }
        var whole = run
        let isSame = status.version == run.resourceVersion || status.kept == run["status"]
        whole["status"] = isSame ? status.written : run["status"].map { Self.filled($0, from: status) }
        return whole
    }

    /// The run with its status as the server has it.
    func stored(_ run: KubeObject) -> KubeObject {
        guard let status = statuses[run.key], status.uid == run.uid, status.written == run["status"] else { return run }
        var stored = run
        stored["status"] = status.kept
        return stored
    }

    /// Nothing more is written of the run.
    mutating func forget(_ run: ObjectKey) { statuses[run] = nil }

    private static func filled(_ value: JSONValue, from status: Status) -> JSONValue {
        guard let object = value.object, let written = status.written.object else { return value }
        return .object(filled(object, from: written, without: status.kept?.object ?? [:]))
    }

    /// An object with those members of another that a third one lacks, and it itself as well.
    private static func filled(
        _ object: JSONObject, from written: JSONObject, without kept: JSONObject
    ) -> JSONObject {
        var filled = object
        for (name, value) in written {
            if kept[name] == nil {
                filled[name] = object[name] ?? value
            } else if let inner = object[name]?.object, let more = value.object, let less = kept[name]?.object {
                filled[name] = .object(Self.filled(inner, from: more, without: less))
            }
        }
        return filled
    }

    private static func paths(of patch: JSONObject) -> [String] {
        patch.flatMap { name, value -> [String] in
            guard let inner = value.object, !inner.isEmpty else { return [name] }
            return paths(of: inner).map { "\(name).\($0)" }
        }
    }
}
