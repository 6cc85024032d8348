import KubeObjects
import KubeSchema
import KubeWire

/// The operations of the API on objects, without HTTP: requests, controllers and the pod runner all come through here
/// and meet the same rules (apiserver, `registry/generic/registry/store.go` and `registry/rest`).
struct ResourceOperations: Sendable {
    /// Where the objects are.
    let store: ObjectStore
    /// What is served.
    let registry: ResourceRegistry
    /// The admission policies.
    let policies: AdmissionPolicyIndex
    /// Where time comes from.
    let time: TimeSource
    /// The places that quotas have for what is not stored yet.
    let quotaLedger = QuotaLedger()

    /// An object in the version of a definition.
    /// - Throws: `NotFound`.
    func get(_ definition: ResourceDefinition, _ key: ObjectKey) throws(KubeStatus) -> StoredObject {
        guard let stored = store.object(definition.storageResource, key) else {
            throw KubeStatus.notFound(definition.resource.groupResource, key.name)
        }
        return stored
    }

    /// What a strategy may look up, now and for this user.
    func strategyContext(_ context: OperationContext) -> StrategyContext {
        StrategyContext(now: time.now(), makeUID: RandomName.uid, user: context.user) { [store] resource, key in
            store.object(resource, key)?.object
        }
    }

    /// Decodes an object that came from outside, by the rules of its type and the request's field validation.
    /// - Parameters:
    ///   - faults: what strict validation found before, in the text.
    ///   - old: the present object, if this one was made of it: what both have alike was decoded before.
    func decode(
        _ object: inout KubeObject, faults textual: [String] = [], madeFrom old: KubeObject? = nil,
        _ definition: ResourceDefinition, _ context: inout OperationContext
    ) throws(KubeStatus) {
        var faults = textual
        // The definition of a custom resource may have changed since, and prunes what it no longer knows.
        let known = definition.isCustom ? [:] : object.parts(asIn: old)
        do {
            faults += try object.withoutParts(known) { try definition.strategy.decode(&$0) }
        } catch let status as KubeStatus {
            throw status
        } catch {
            throw KubeStatus.badRequest("\(error)")
        }
        guard !faults.isEmpty else { return }
        switch context.fieldValidation {
        case .ignore: break
        case .warn:
            let prefix = RequestBody.faultsOfYAML
            context.warn(faults.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 })
        case .strict:
            let kind = definition.resource.kind
            throw KubeStatus.badRequest(
                "\(kind) in version \"\(definition.resource.version)\" cannot be handled as a \(kind): "
                    + "strict decoding error: \(faults.joined(separator: ", "))")
        }
    }

    /// Writes; a failed disk is the server's fault, and so, in a real server's eyes, is an object that is too large.
    func commit(_ write: StoreWrite) async throws(KubeStatus) -> StoreOutcome {
        let outcome = await store.commit(write)
        if let refusal = outcome.refusal { throw refusal }
        return outcome
    }
}

extension StoreOutcome {
    /// The answer where the store took nothing, whatever is there; nil otherwise.
    var refusal: KubeStatus? {
        switch self {
        case .written, .conflict: nil
        case .failed(let reason): .internalError(reason)
        case .tooLarge: .unexpected("etcdserver: request is too large")
        case .tooDeep:
            .badRequest(
                "the object with its managed fields is nested more than \(JSONValue.nestingLimit) levels deep: "
                    + "exceeded max depth")
        }
    }
}

extension KubeObject {
    /// Leaves out what of the metadata is empty, as Go writes it (`omitempty`).
    mutating func dropEmptyMetadata() {
        var metadata = metadata
        for (name, value) in metadata {
            switch value {
            case .null, "", .array([]), .object([:]): metadata[name] = nil
            default: break
            }
        }
        self.metadata = metadata
    }
}

extension ResourceDefinition {
    /// Under which resource the objects are stored.
    var storageResource: GroupResource { conversion?.storage ?? resource.groupResource }

    /// A stored object in the version of this definition.
    func served(_ stored: KubeObject) -> KubeObject {
        if let conversion { return conversion.fromStorage(stored) }
        guard stored.apiVersion != resource.apiVersion || stored.kind != resource.kind else { return stored }
        var object = stored
        object["apiVersion"] = .string(resource.apiVersion)
        object["kind"] = .string(resource.kind)
        return object
    }

    /// An object of this definition in the version in which it is stored.
    func stored(_ object: KubeObject, _ registry: ResourceRegistry) -> KubeObject {
        if let conversion { return conversion.toStorage(object) }
        let storage = isStorageVersion ? self : registry.storageDefinition(of: resource.groupResource) ?? self
        return storage.served(object)
    }

    /// Whether stored objects go out as they are.
    var servesStoredForm: Bool { conversion == nil && isStorageVersion }
}

extension KubeObject {
    /// The parts of the object, such as its specification, that another one has just so.
    fileprivate func parts(asIn other: KubeObject?) -> JSONObject {
        guard let other else { return [:] }
        return json.keeping { json[$0]?.object != nil && other[$0] == json[$0] }
    }

    /// Changes the object without some of its parts, which are in their places again afterwards.
    fileprivate mutating func withoutParts<Result>(
        _ parts: JSONObject, _ change: (inout KubeObject) throws -> Result
    ) rethrows -> Result {
        if parts.isEmpty { return try change(&self) }
        let order = json.keys
        for part in parts { json[part.key] = nil }
        let result = try change(&self)
        let rest = json
        json = JSONObject(order.compactMap { key in (parts[key] ?? rest[key]).map { (key, $0) } })
        for (key, value) in rest where json[key] == nil { json[key] = value }
        return result
    }
}
