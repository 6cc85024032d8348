import KubeObjects

/// Writes a version 2 document as the Protocol Buffers message that older clients ask for (gnostic,
/// `openapiv2/OpenAPIv2.proto`). The numbers are that file's.
enum OpenAPIVersion2Encoder {
    /// The message `Document`.
    static func encode(_ document: JSONValue) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.put(1, document.text("swagger"))
        writer.put(2) { info in
            info.put(1, document["info"]?.text("title") ?? "")
            info.put(2, document["info"]?.text("version") ?? "")
        }
        writer.put(8) { paths in
            for (path, item) in document.map("paths") {
                paths.put(2) { named in
                    named.put(1, path)
                    named.put(2) { encode(item: item, into: &$0) }
                }
            }
        }
        writer.put(9) { encode(named: document.map("definitions"), into: &$0) }
        return writer.bytes
    }

    private static let methods = [("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8)]

    private static func encode(item: JSONValue, into writer: inout ProtobufWriter) {
        for (method, field) in methods {
            guard let operation = item[method] else { continue }
            writer.put(field) { encode(operation: operation, into: &$0) }
        }
    }

    private static func encode(operation: JSONValue, into writer: inout ProtobufWriter) {
        for type in operation.list("consumes").compactMap(\.string) { writer.put(7, type) }
        for parameter in operation.list("parameters") {
            // ParametersItem, Parameter, NonBodyParameter, QueryParameterSubSchema.
            writer.put(8) {
                $0.put(1) {
                    $0.put(2) {
                        $0.put(3) { query in
                            query.put(2, parameter.text("in"))
                            query.put(4, parameter.text("name"))
                            query.put(6, parameter.text("type"))
                        }
                    }
                }
            }
        }
        writer.put(9) { responses in
            for (code, response) in operation.map("responses") {
                responses.put(1) { named in
                    named.put(1, code)
                    named.put(2) { $0.put(1) { $0.put(1, response.text("description")) } }
                }
            }
        }
        encode(extensionsOf: operation, field: 13, into: &writer)
    }

    /// The message `Schema`.
    private static func encode(schema: JSONValue, into writer: inout ProtobufWriter) {
        writer.put(1, schema.text("$ref"))
        writer.put(2, schema.text("format"))
        writer.put(3, schema.text("title"))
        writer.put(4, schema.text("description"))
        if let value = schema["default"] { writer.put(5) { $0.put(2, value.encodedString()) } }
        writer.put(6, schema["multipleOf"]?.double ?? 0)
        writer.put(7, schema["maximum"]?.double ?? 0)
        writer.put(8, schema["exclusiveMaximum"] == true)
        writer.put(9, schema["minimum"]?.double ?? 0)
        writer.put(10, schema["exclusiveMinimum"] == true)
        writer.put(11, schema.number("maxLength"))
        writer.put(12, schema.number("minLength"))
        writer.put(13, schema.text("pattern"))
        writer.put(14, schema.number("maxItems"))
        writer.put(15, schema.number("minItems"))
        writer.put(16, schema["uniqueItems"] == true)
        writer.put(17, schema.number("maxProperties"))
        writer.put(18, schema.number("minProperties"))
        for name in schema.list("required").compactMap(\.string) { writer.put(19, name) }
        for value in schema.list("enum") { writer.put(20) { $0.put(2, value.encodedString()) } }
        if let values = schema["additionalProperties"] {
            writer.put(21) { item in
                if let flag = values.bool {
                    item.put(2, flag)
                } else {
                    item.put(1) { encode(schema: values, into: &$0) }
                }
            }
        }
        if let type = schema["type"]?.string { writer.put(22) { $0.put(1, type) } }
        if let items = schema["items"] { writer.put(23) { $0.put(1) { encode(schema: items, into: &$0) } } }
        if let properties = schema["properties"]?.object {
            writer.put(25) { encode(named: properties, into: &$0) }
        }
        encode(extensionsOf: schema, field: 31, into: &writer)
    }

    private static func encode(named schemas: JSONObject, into writer: inout ProtobufWriter) {
        for (name, schema) in schemas {
            writer.put(1) { named in
                named.put(1, name)
                named.put(2) { encode(schema: schema, into: &$0) }
            }
        }
    }

    /// The members that begin with `x-`, each as a `NamedAny`, its value written as YAML, of which JSON is a part.
    private static func encode(extensionsOf value: JSONValue, field: Int, into writer: inout ProtobufWriter) {
        for (key, value) in value.object ?? [:] where key.hasPrefix("x-") {
            writer.put(field) { named in
                named.put(1, key)
                named.put(2) { $0.put(2, value.encodedString()) }
            }
        }
    }
}
