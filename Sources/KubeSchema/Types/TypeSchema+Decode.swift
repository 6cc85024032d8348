public import KubeObjects

/// Why a body is none of its type, in the words of Go's JSON decoder and of the types that decode themselves.
public struct TypeDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Such as `json: cannot unmarshal string into Go struct field JobSpec.spec.backoffLimit of type int32`.
    public var description: String
}

extension TypeSchema {
    /// Makes a body what the server would have read and written: unknown fields, nulls, and zero values that Go leaves out
    /// (`omitempty`) go, values of a wrong type are refused. Names are told apart by case.
    /// - Parameters:
    ///   - json: the body, or the part of it that is of this type.
    ///   - path: where that part is.
    /// - Returns: what was unknown, in document order: `unknown field "spec.x"`.
    /// - Throws: the first value of a wrong type.
    public func decode(_ json: inout JSONValue, at path: FieldPath = .root) throws(TypeDecodingError) -> [String] {
        var decoder = TypeDecoder(path: path)
        try decoder.decode(&json, as: self)
        return decoder.unknown
    }
}

/// One walk through a body.
private struct TypeDecoder {
    var path: FieldPath
    var unknown: [String] = []
    /// The object type whose field is being read, and the names of the fields on the way, without list positions and
    /// map keys: what Go's messages name.
    private var owner: TypeDefinition?
    private var fields: [String] = []

    init(path: FieldPath) { self.path = path }

    mutating func decode(_ json: inout JSONValue, as type: TypeSchema) throws(TypeDecodingError) {
        switch type.shape {
        case .any: break
        case .fields: if json.object == nil, !json.isNull { throw mismatch(json, type) }
        case .string: if json.string == nil { throw mismatch(json, type) }
        case .boolean: if json.bool == nil { throw mismatch(json, type) }
        case .int32, .int64: try decodeInteger(&json, type)
        case .double: if json.double == nil { throw mismatch(json, type) }
        case .bytes, .time, .microTime, .quantity, .intOrString: try decodeLeaf(&json, type)
        case .schemaOrArray, .schemaOrBool, .schemaOrStrings: try decodeVariant(&json, type)
        case .list(let element): try decodeList(&json, of: element, type)
        case .map(let values): try decodeMap(&json, of: values, type)
        case .object(let number): try decodeObject(&json, BuiltinTypes.definitions[number], type)
        }
    }

    private mutating func decodeObject(
        _ json: inout JSONValue, _ definition: TypeDefinition, _ type: TypeSchema
    ) throws(TypeDecodingError) {
        guard case .object(var members) = json else { throw mismatch(json, type) }
        json = .null
        let outer = owner
        owner = definition
        // By name, not by member: a value in hand would have to be copied before it is changed.
        for key in members.keys {
            guard let field = definition.field(key) else {
                unknown.append("unknown field \(path.child(key).name.quoted)")
                members[key] = nil
                continue
            }
            // Go reads a null as nothing at all.
            if case .null? = members[key] {
                members[key] = nil
                continue
            }
            path.append(.field(key))
            fields.append(key)
            try decode(&members[key, default: .null], as: field.type)
            fields.removeLast()
            path.removeLast()
            if field.omitsZero, field.type.isZero(members[key]) { members[key] = nil }
        }
        owner = outer
        json = .object(members)
    }

    private mutating func decodeMap(
        _ json: inout JSONValue, of values: TypeSchema, _ type: TypeSchema
    ) throws(TypeDecodingError) {
        guard case .object(var members) = json else { throw mismatch(json, type) }
        json = .null
        for key in members.keys {
            if case .null? = members[key] {
                members[key] = values.zeroValue
                continue
            }
            path.append(.field(key))
            try decode(&members[key, default: .null], as: values)
            path.removeLast()
        }
        json = .object(members)
    }

    private mutating func decodeList(
        _ json: inout JSONValue, of element: TypeSchema, _ type: TypeSchema
    ) throws(TypeDecodingError) {
        guard case .array(var elements) = json else { throw mismatch(json, type) }
        json = .null
        for index in elements.indices {
            if elements[index].isNull {
                elements[index] = element.zeroValue
                continue
            }
            path.append(.index(index))
            try decode(&elements[index], as: element)
            path.removeLast()
        }
        json = .array(elements)
    }

    private func decodeInteger(_ json: inout JSONValue, _ type: TypeSchema) throws(TypeDecodingError) {
        // A whole number with a fraction or exponent is none to Go's decoder.
        guard case .integer(let number) = json, type.isInt64 || Int32(exactly: number) != nil else {
            throw mismatch(json, type)
        }
    }

    /// The types that decode themselves, and therefore complain in words of their own.
    private func decodeLeaf(_ json: inout JSONValue, _ type: TypeSchema) throws(TypeDecodingError) {
        switch (type.shape, json) {
        case (.bytes, .string(let text)):
            if let fault = GoMessages.faultInBase64(text) {
                throw TypeDecodingError(description: "illegal base64 data at input byte \(fault)")
            }
        case (.bytes, _): throw mismatch(json, type)
        case (.time, .string(let text)), (.microTime, .string(let text)):
            guard let time = Timestamp(text), !type.isMicroTime || GoMessages.hasMicroseconds(text) else {
                throw TypeDecodingError(description: GoMessages.timeFault(text, isMicro: type.isMicroTime))
            }
            json = .string(type.isMicroTime ? time.rfc3339Micro : time.rfc3339)
        case (.time, _), (.microTime, _):
            throw TypeDecodingError(
                description: "json: cannot unmarshal \(GoMessages.name(of: json)) into Go value of type string")
        case (.quantity, _): try decodeQuantity(&json)
        case (.intOrString, .string): break
        case (.intOrString, .integer(let number)) where Int32(exactly: number) != nil: break
        case (.intOrString, _):
            throw TypeDecodingError(
                description: "json: cannot unmarshal \(GoMessages.name(of: json)) into Go value of type int32")
        default: break
        }
    }

    /// A quantity is written anew in its canonical form: `0.5` as `500m`.
    private func decodeQuantity(_ json: inout JSONValue) throws(TypeDecodingError) {
        do throws(Quantity.ParseError) {
            json = .string(try Quantity(parsing: json.string ?? json.compactText).description)
        } catch {
            throw TypeDecodingError(description: error.description)
        }
    }

    private mutating func decodeVariant(_ json: inout JSONValue, _ type: TypeSchema) throws(TypeDecodingError) {
        guard let schema = BuiltinTypes.schemaOfSchemas else { return }
        switch (type.shape, json) {
        case (_, .object): try decode(&json, as: schema)
        case (.schemaOrArray, .array): try decode(&json, as: TypeSchema(.list(schema)))
        case (.schemaOrStrings, .array): try decode(&json, as: TypeSchema(.list(TypeSchema(.string))))
        case (.schemaOrBool, .bool): break
        case (.schemaOrBool, _): throw TypeDecodingError(description: "boolean or JSON schema expected")
        default: break
        }
    }
}

extension TypeDecoder {
    private func mismatch(_ json: JSONValue, _ type: TypeSchema) -> TypeDecodingError {
        var found = GoMessages.name(of: json)
        if found == "number", type.isInteger { found += " " + json.compactText }
        let expected = type.goType(ofField: fields.last)
        guard let owner else {
            return TypeDecodingError(description: "json: cannot unmarshal \(found) into Go value of type \(expected)")
        }
        let place = "\(owner.shortName).\(fields.joined(separator: "."))"
        return TypeDecodingError(
            description: "json: cannot unmarshal \(found) into Go struct field \(place) of type \(expected)")
    }
}
