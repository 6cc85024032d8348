import KubeObjects
import KubeSchema
import KubeWire
import Testing

@testable import FakeCluster

/// Walks an object through the strategy of its kind, in the order in which the server does.
struct KindWalk {
    let definition: ResourceDefinition
    /// What a strategy may look up beside the object.
    var stored: [ObjectKey: KubeObject] = [:]

    init(_ kind: String, _ apiVersion: String = "v1") throws {
        let kind = GroupVersionKind(apiVersion: apiVersion, kind: kind)
        definition = try #require(ResourceRegistry.standard().snapshot.definition(of: kind))
    }

    private var context: StrategyContext {
        let stored = stored
        return StrategyContext(
            now: Timestamp(seconds: 1_800_000_000), makeUID: { "uid" }, read: { _, key in stored[key] })
    }

    /// A new object as it would be stored, and its faults.
    func create(_ object: JSONValue, name: String = "one") throws -> (object: KubeObject, faults: [String]) {
        var object = try #require(KubeObject(object))
        object["apiVersion"] = .string(definition.resource.apiVersion)
        object["kind"] = .string(definition.resource.kind)
        _ = try definition.strategy.decode(&object)
        var metadata = object.metadata
        if metadata["name"] == nil { metadata["name"] = .string(name) }
        metadata["uid"] = "uid-1"
        if definition.resource.isNamespaced { metadata["namespace"] = "demo" }
        object.metadata = metadata
        definition.strategy.applyDefaults(&object)
        definition.strategy.prepareForCreate(&object, context)
        return (object, definition.strategy.validate(object, context).map(\.description))
    }

    /// Why a new object is forbidden.
    func refusal(of object: KubeObject) -> String? { definition.strategy.refusal(object, context) }

    /// An object after a change, and its faults.
    func update(
        _ old: KubeObject, subresource: String? = nil, _ change: (inout JSONValue) -> Void
    ) throws -> (object: KubeObject, faults: [String]) {
        var value = old.value
        change(&value)
        var object = try #require(KubeObject(value))
        definition.strategy.applyDefaults(&object)
        definition.strategy.prepareForUpdate(&object, old: old, subresource: subresource, context)
        let faults = definition.strategy.validateUpdate(
            object, old: old, subresource: subresource, context)
        return (object, faults.map(\.description))
    }
}

/// A change of a valid object and the fault that it must bring.
struct FaultCase: Sendable, CustomTestStringConvertible {
    /// Where the change is.
    var path: [String]
    /// What is put there; nil removes.
    var value: JSONValue?
    /// The faults with their fields.
    var faults: [String]
    /// The first of them; nil for none.
    var fault: String? { faults.first }

    init(_ path: String, _ value: JSONValue?, _ fault: String?, _ others: String...) {
        self.path = path.split(separator: "/").map(String.init)
        self.value = value
        faults = [fault].compactMap(\.self) + others
    }

    var testDescription: String { "\(path.joined(separator: ".")) = \(value?.encodedString() ?? "nothing")" }

    /// The object with the change.
    func applied(to object: JSONValue) -> JSONValue {
        var changed = object
        changed.set(value, at: path)
        return changed
    }
}
