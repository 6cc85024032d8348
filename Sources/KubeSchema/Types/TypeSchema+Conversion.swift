public import KubeObjects

extension TypeSchema {
    /// Why an object that a strategic merge has made is none of its type, in the words of the server's converter
    /// (apimachinery, `runtime/converter.go`), which are others than the JSON decoder's; nil if it is one.
    public func conversionFault(_ json: JSONValue, ofField field: String? = nil) -> String? {
        if json.isNull { return nil }
        switch shape {
        case .object:
            guard case .object(let members) = json else { return "cannot restore struct from: \(json.goKind)" }
            guard let definition else { return nil }
            for field in definition.fields {
                guard let member = members[field.name] else { continue }
                if let fault = field.type.conversionFault(member, ofField: field.name) { return fault }
            }
            return nil
        case .map(let values):
            guard case .object(let members) = json else { return "cannot restore map from \(json.goKind)" }
            return members.lazy.compactMap { values.conversionFault($0.value) }.first
        case .list(let element):
            guard case .array(let elements) = json else { return "cannot restore slice from \(json.goKind)" }
            return elements.lazy.compactMap { element.conversionFault($0, ofField: field) }.first
        case .bytes:
            if case .string = json { return decodingFault(json) }
            return "cannot restore slice from \(json.goKind)"
        case .string, .boolean, .int32, .int64, .double: return scalarFault(json, ofField: field)
        default: return decodingFault(json)
        }
    }

    /// Types that read themselves complain as they do in JSON.
    private func decodingFault(_ json: JSONValue) -> String? {
        var copy = json
        do throws(TypeDecodingError) {
            _ = try decode(&copy)
            return nil
        } catch {
            return error.description
        }
    }

    private func scalarFault(_ json: JSONValue, ofField field: String?) -> String? {
        let type = goType(ofField: field)
        switch (shape, json) {
        case (.string, .string), (.boolean, .bool), (.int32, .integer), (.int64, .integer), (.double, .integer),
            (.double, .double):
            return nil
        case (.int32, .double(let number)), (.int64, .double(let number)):
            return number == number.rounded(.towardZero) ? nil : "cannot convert float64 to \(type)"
        // Go converts integers to texts, though not as anybody would wish: so the converter refuses.
        case (.string, .integer): return "cannot convert int64 to \(type)"
        case (.string, _): return "unrecognized type: string"
        case (.boolean, _): return "unrecognized type: bool"
        case (.int32, _): return "unrecognized type: int32"
        case (.int64, _): return "unrecognized type: int64"
        default: return "unrecognized type: float64"
        }
    }
}

extension JSONValue {
    /// The kind of a value in Go, as package `reflect` names it.
    fileprivate var goKind: String {
        switch self {
        case .array: "slice"
        case .object: "map"
        default: goDynamicType
        }
    }
}
