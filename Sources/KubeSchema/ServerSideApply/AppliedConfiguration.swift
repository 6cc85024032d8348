package import KubeObjects

/// Holds a configuration that is to be applied against its type, in the words of the server's typed values
/// (structured-merge-diff, `typed`): what it names must be declared, and be of the declared kind.
struct AppliedConfiguration {
    /// What is wrong, one text a fault: `.spec.x: field not declared in schema`.
    private(set) var faults: [String] = []

    init(_ configuration: JSONValue, _ schema: any MergeSchema) { check(configuration, schema, []) }

    private mutating func check(_ value: JSONValue, _ schema: any MergeSchema, _ path: [FieldSet.Step]) {
        if value.isNull { return }
        if let fault = (schema as? TypeSchema)?.faultOfKind(value) ?? (schema as? StructuralSchema)?.faultOfKind(value)
        {
            faults.append("\(path.pathText): \(fault)")
            return
        }
        switch value {
        case .object(let members):
            for (name, member) in members {
                let step = FieldSet.Step.field(name)
                guard schema.admits(name) else {
                    faults.append("\((path + [step]).pathText): field not declared in schema")
                    continue
                }
                if let below = schema.member(name) { check(member, below, path + [step]) }
            }
        case .array(let elements):
            guard let element = schema.element else { return }
            guard let list = ListElements(elements, schema) else {
                for (index, value) in elements.enumerated() { check(value, element, path + [.index(index)]) }
                return
            }
            faults += list.faults.map { "\(path.pathText): \($0)" }
            for step in list.order { if let value = list[step] { check(value, element, path + [step]) } }
        default: break
        }
    }

    /// The faults as the server puts them into one message.
    var description: String? {
        guard faults.count > 1 else { return faults.first }
        return "errors:\n" + faults.map { "  \($0)" }.joined(separator: "\n")
    }
}

extension GroupVersionKind {
    /// As Go prints it: `/v1, Kind=ConfigMap`.
    var goText: String { "\(group)/\(version), Kind=\(kind)" }
}

extension MergeSchema {
    /// Whether an object may have a member of this name.
    fileprivate func admits(_ name: String) -> Bool {
        if let schema = self as? StructuralSchema {
            if schema.isResource, ["apiVersion", "kind", "metadata"].contains(name) { return true }
            return schema.preservesUnknownFields || !schema.hasFields || schema.schema(ofMember: name) != nil
        }
        guard let type = self as? TypeSchema, type.definition != nil else { return true }
        return type.member(name) != nil
    }
}

extension TypeSchema {
    /// Why a value is of another kind than the type: nil if it is of the same.
    fileprivate func faultOfKind(_ value: JSONValue) -> String? {
        switch (shape, value) {
        case (.string, .string), (.bytes, .string), (.time, .string), (.microTime, .string), (.boolean, .bool): nil
        case (.int32, .integer), (.int64, .integer), (.double, .integer), (.double, .double), (.int32, .double),
            (.int64, .double):
            nil
        case (.string, _), (.bytes, _), (.time, _), (.microTime, _): "expected string, got \(value.goDetail)"
        case (.boolean, _): "expected boolean, got &{\(value.goPrinted)}"
        case (.int32, _), (.int64, _), (.double, _):
            "expected numeric (int or float), got \(value.goDynamicType)"
        case (.quantity, .object), (.quantity, .array), (.intOrString, .object), (.intOrString, .array):
            "expected any scalar, got &{\(value.goPrinted)}"
        case (.list, .array), (.map, .object), (.object, .object): nil
        case (.list, _): "expected list, got &{\(value.goPrinted)}"
        case (.map, _), (.object, _): "expected map, got &{\(value.goPrinted)}"
        default: nil
        }
    }
}

extension StructuralSchema {
    /// Why a value is of another kind than the schema: nil if it is of the same.
    fileprivate func faultOfKind(_ value: JSONValue) -> String? {
        switch (type, value) {
        case ("string", .string), ("boolean", .bool), ("array", .array), ("object", .object): nil
        case ("integer", .integer), ("integer", .double), ("number", .integer), ("number", .double): nil
        case ("string", _): "expected string, got \(value.goDetail)"
        case ("boolean", _): "expected boolean, got &{\(value.goPrinted)}"
        case ("integer", _), ("number", _): "expected numeric (int or float), got \(value.goDynamicType)"
        case ("array", _): "expected list, got &{\(value.goPrinted)}"
        case ("object", _): "expected map, got &{\(value.goPrinted)}"
        default: nil
        }
    }
}

extension JSONValue {
    /// As Go's `%v` prints a value that its JSON decoder has made: `map[a:1 b:[x y]]`.
    package var goPrinted: String {
        switch self {
        case .null: "<nil>"
        case .string(let text): text
        case .array(let elements): "[\(elements.map(\.goPrinted).joined(separator: " "))]"
        case .object(let members):
            "map[\(members.keys.sorted().map { "\($0):\((members[$0] ?? .null).goPrinted)" }.joined(separator: " "))]"
        default: encodedString()
        }
    }

    /// As Go's `%#v` prints a typed value.
    fileprivate var goDetail: String { "&value.valueUnstructured{Value:\(goSyntax)}" }

    private var goSyntax: String {
        switch self {
        case .null: return "interface {}(nil)"
        case .string(let text): return text.quoted
        case .array(let elements): return "[]interface {}{\(elements.map(\.goSyntax).joined(separator: ", "))}"
        case .object(let members):
            let texts = members.keys.sorted().map { "\($0.quoted):\((members[$0] ?? .null).goSyntax)" }
            return "map[string]interface {}{\(texts.joined(separator: ", "))}"
        default: return encodedString()
        }
    }
}
