import ArgumentParser
import KubeObjects

/// `-o`: how objects are printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case name, json, yaml, wide

    /// Prints an object; `wide` is for tables and prints like `name`.
    func text(_ object: KubeObject) -> String {
        switch self {
        case .name, .wide: Self.reference(object) + "\n"
        case .json: Self.trimmed(object).value.encodedString(pretty: true, sortedKeys: true) + "\n"
        case .yaml: YAML.encode(Self.trimmed(object).value, sortedKeys: true)
        }
    }

    /// Prints a list of objects as kubectl does.
    func text(_ objects: [KubeObject]) -> String {
        switch self {
        case .name, .wide: return objects.map { text($0) }.joined()
        case .json, .yaml:
            let list: JSONObject = [
                "apiVersion": "v1", "kind": "List", "items": .array(objects.map { Self.trimmed($0).value }),
                "metadata": ["resourceVersion": ""],
            ]
            return text(KubeObject(list))
        }
    }

    /// `jobrun.cellbytes.io/echo-x2k4z`, as kubectl names objects.
    static func reference(_ object: KubeObject) -> String {
        let group = object.groupVersionKind.group
        return object.kind.lowercased() + (group.isEmpty ? "" : ".\(group)")
            + "/\(object.name ?? object.metadata["generateName"]?.string ?? "")"
    }

    /// Without the notes of who wrote which field, which nobody reads.
    private static func trimmed(_ object: KubeObject) -> KubeObject {
        guard object.metadata["managedFields"] != nil else { return object }
        var object = object
        object.metadata["managedFields"] = nil
        return object
    }
}
