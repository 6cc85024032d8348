import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// A run that is to be created.
struct RunDraft {
    let family: any RunFamily
    /// The run as it is to be, but for its name.
    var object: KubeObject
    /// Its name; nil for one that begins with ``prefix``.
    var name: String?
    /// What a name that is drawn begins with.
    var prefix: String
    /// The user's word for this start, if there is one: the same word never starts a second run.
    var key: String?

    /// The object under a name.
    func named(_ name: String) -> KubeObject {
        var object = object
        object.metadata["generateName"] = nil
        object.metadata["name"] = .string(name)
        return object
    }
}

/// Creates a run, once, whatever happens to the connection.
///
/// Each run bears a key. Whoever finds a run under the name that he wanted, and his own key in it, has created it: in a
/// request whose answer was lost, or in an earlier call of the plugin with the same `--idempotency-key`.
struct RunCreation {
    let client: KubeClient
    let options: WriteOptions

    private static let attempts = 8

    /// What became of a creation.
    struct Result {
        var run: FamilyRun
        /// Whether an earlier call had created the run.
        var isOld = false
    }

    /// Creates the run of a draft.
    func create(_ draft: RunDraft) async throws -> Result {
        let key = draft.key ?? String(UInt64.random(in: .min ... .max), radix: 36)
        let resource = APIResource(draft.family.runResource)
        var draft = draft
        if draft.key != nil || !options.isDryRun {
            draft.object.metadata["annotations"] =
                draft.object.metadata["annotations"].with(AnnotationKey.idempotencyKey, .string(key))
        }
        var name =
            draft.name ?? draft.key.map { DrawnName.name(draft.prefix, for: $0) } ?? DrawnName.random(draft.prefix)
        var isRepeated = false
        for _ in 0..<Self.attempts {
            do {
                let object = try await client.create(resource, draft.named(name), options: options)
                return Result(run: FamilyRun(family: draft.family, object: object))
            } catch let error as TransportError where error.code == .connectionLost {
                // The server may have created it: asking again under the same name finds out.
                isRepeated = true
            } catch let status as KubeStatus where status.isAlreadyExists {
                if isRepeated || draft.key != nil, let own = try await existing(name, of: draft, key) {
                    return Result(run: own, isOld: !isRepeated)
                }
                guard draft.name == nil, draft.key == nil else {
                    throw CommandFailure(
                        "there is a run \"\(RunTypes.shortName(name, of: draft.family))\" already; choose another --name"
                    )
                }
                name = DrawnName.random(draft.prefix)
                isRepeated = false
            }
        }
        throw CommandFailure("the run could not be created: the connection to the server breaks off each time")
    }

    /// The run of a name, if it bears our key.
    private func existing(_ name: String, of draft: RunDraft, _ key: String) async throws -> FamilyRun? {
        let found = try await client.get(
            APIResource(draft.family.runResource), namespace: draft.object.namespace, name: name)
        guard found.annotations[AnnotationKey.idempotencyKey] == key else { return nil }
        return FamilyRun(family: draft.family, object: found)
    }
}

extension JSONValue? {
    /// An object with one more member.
    func with(_ name: String, _ value: JSONValue) -> JSONValue {
        var members = self?.object ?? [:]
        members[name] = value
        return .object(members)
    }
}
