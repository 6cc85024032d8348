import KubeObjects
import KubeWire

/// Writes objects of one resource in the form that a request asks for: alone, in lists, in watch frames.
struct ObjectEncoder: Sendable {
    /// The resource.
    let definition: ResourceDefinition
    /// The form.
    let format: ResponseFormat
    /// What ages are told from, frame by frame: a watch may be open for an hour.
    let time: TimeSource

    /// One object.
    func object(_ stored: StoredObject) -> [UInt8] {
        if format == .json, definition.servesStoredForm { return stored.bytes }
        return object(definition.served(stored.object))
    }

    /// One object in the version of the definition.
    func object(_ object: KubeObject) -> [UInt8] {
        switch format {
        case .json: return object.inWireOrder.value.encoded()
        case .yaml: return Array(YAML.encode(object.inWireOrder.value).utf8)
        case .metadata(let version, _): return partial(object, version).encoded()
        case .table(let version, _):
            var metadata: JSONObject = [:]
            metadata["resourceVersion"] = object.metadata["resourceVersion"]
            return table(version, [object], metadata: metadata, hasColumns: true).encoded()
        }
    }

    /// A list.
    /// - Parameter metadata: the list's metadata.
    func list(_ items: some Collection<StoredObject>, metadata: JSONObject) -> [UInt8] {
        switch format {
        case .json where definition.servesStoredForm:
            return storedList(items, metadata: metadata)
        case .json, .yaml:
            let list: JSONValue = [
                "kind": .string(definition.listKind), "apiVersion": .string(definition.resource.apiVersion),
                "metadata": .object(metadata), "items": .array(items.map(item)),
            ]
            return format == .yaml ? Array(YAML.encode(list).utf8) : list.encoded()
        case .metadata(let version, _):
            let list: JSONValue = [
                "kind": "PartialObjectMetadataList", "apiVersion": .string("meta.k8s.io/\(version)"),
                "metadata": .object(metadata),
                "items": .array(items.map { partial(definition.served($0.object), version) }),
            ]
            return list.encoded()
        case .table(let version, _):
            let objects = items.map { definition.served($0.object) }
            return table(version, objects, metadata: metadata, hasColumns: true).encoded()
        }
    }

    /// A frame of a watch, with its line feed. A table says its columns in the first frame only.
    func frame(_ type: String, _ stored: StoredObject, isFirst: Bool) -> [UInt8] {
        if format == .json, definition.servesStoredForm { return Self.frame(type, stored.bytes) }
        return frame(type, definition.served(stored.object), isFirst: isFirst)
    }

    /// A frame of a watch with an object in the version of the definition.
    func frame(_ type: String, _ object: KubeObject, isFirst: Bool) -> [UInt8] {
        guard case .table(let version, _) = format else { return Self.frame(type, self.object(object)) }
        var metadata: JSONObject = [:]
        metadata["resourceVersion"] = object.metadata["resourceVersion"]
        return Self.frame(type, table(version, [object], metadata: metadata, hasColumns: isFirst).encoded())
    }

    /// A frame of a watch: `{"type":"ADDED","object":{…}}` and a line feed.
    static func frame(_ type: String, _ object: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(object.count + 40)
        bytes.append(contentsOf: "{\"type\":\"\(type)\",\"object\":".utf8)
        bytes.append(contentsOf: object)
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }

    /// The members are there as bytes; those of built-in lists carry no kind.
    private func storedList(_ items: some Collection<StoredObject>, metadata: JSONObject) -> [UInt8] {
        let head: JSONValue = [
            "kind": .string(definition.listKind), "apiVersion": .string(definition.resource.apiVersion),
            "metadata": .object(metadata),
        ]
        var bytes = head.encoded()
        bytes.removeLast()
        bytes.reserveCapacity(bytes.count + items.reduce(16) { $0 + $1.bytes.count })
        bytes.append(contentsOf: ",\"items\":[".utf8)
        var isFirst = true
        for item in items {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            if definition.isCustom {
                bytes.append(contentsOf: item.bytes)
            } else {
                bytes.append(UInt8(ascii: "{"))
                bytes.append(contentsOf: item.listItem)
            }
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }

    private func item(_ stored: StoredObject) -> JSONValue {
        var object = definition.served(stored.object)
        if !definition.isCustom {
            object["kind"] = nil
            object["apiVersion"] = nil
        }
        return object.value
    }

    private func partial(_ object: KubeObject, _ version: String) -> JSONValue {
        [
            "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(version)"),
            "metadata": object["metadata"] ?? [:],
        ]
    }
}

extension ObjectEncoder {
    private func table(
        _ version: String, _ objects: [KubeObject], metadata: JSONObject, hasColumns: Bool
    ) -> JSONValue {
        let convention = definition.strategy.table
        let columns = convention.columns.map { column -> JSONValue in
            [
                "name": .string(column.name), "type": .string(column.type), "format": .string(column.format),
                "description": .string(column.description), "priority": .integer(Int64(column.priority)),
            ]
        }
        return [
            "kind": "Table", "apiVersion": .string("meta.k8s.io/\(version)"), "metadata": .object(metadata),
            "columnDefinitions": hasColumns ? .array(columns) : .null,
            "rows": .array(objects.map { row($0, convention, version) }),
        ]
    }

    private func row(_ object: KubeObject, _ convention: TableConvention, _ version: String) -> JSONValue {
        let cells = JSONValue.array(convention.cells(object, time.now()))
        guard case .table(_, let content) = format else { return ["cells": cells] }
        switch content {
        case .none: return ["cells": cells, "object": .null]
        case .metadata: return ["cells": cells, "object": partial(object, version)]
        case .object: return ["cells": cells, "object": object.value]
        }
    }
}
