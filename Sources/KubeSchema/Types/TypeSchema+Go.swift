import KubeObjects

// What Go calls the types: its decoder's messages name them.
extension TypeSchema {
    /// As Go prints the type. Fields that allow a few texts only have a type of their own, named mostly as the field.
    func goType(ofField field: String?) -> String {
        switch shape {
        case .string: enumeration.isEmpty ? "string" : "v1.\(Self.enumerationName(ofField: field))"
        case .boolean: "bool"
        case .int32: "int32"
        case .int64: "int64"
        case .double: "float64"
        case .bytes: "[]uint8"
        case .quantity: "resource.Quantity"
        case .time: "v1.Time"
        case .microTime: "v1.MicroTime"
        case .intOrString: "intstr.IntOrString"
        case .any: "v1.JSON"
        case .fields: "v1.FieldsV1"
        case .schemaOrArray: "v1.JSONSchemaPropsOrArray"
        case .schemaOrBool: "v1.JSONSchemaPropsOrBool"
        case .schemaOrStrings: "v1.JSONSchemaPropsOrStringArray"
        case .list(let element): "[]\(element.goType(ofField: field))"
        case .map(let values):
            if case .quantity = values.shape {
                "v1.ResourceList"
            } else {
                "map[string]\(values.goType(ofField: field))"
            }
        case .object: "v1.\(definition?.shortName ?? "")"
        }
    }

    private static func enumerationName(ofField field: String?) -> String {
        guard let field, let first = field.first else { return "string" }
        let known = ["imagePullPolicy": "PullPolicy", "dnsPolicy": "DNSPolicy"]
        return known[field] ?? first.uppercased() + field.dropFirst()
    }

    var isInteger: Bool {
        switch shape {
        case .int32, .int64: true
        default: false
        }
    }

    var isInt64: Bool { if case .int64 = shape { true } else { false } }
    var isMicroTime: Bool { if case .microTime = shape { true } else { false } }

    /// Whether a value is the zero of a type that Go leaves out of its output. Structs never are.
    func isZero(_ json: JSONValue?) -> Bool {
        switch (shape, json) {
        case (.string, .string("")?), (.bytes, .string("")?), (.boolean, .bool(false)?): true
        case (.int32, .integer(0)?), (.int64, .integer(0)?), (.double, .integer(0)?), (.double, .double(0)?): true
        case (.list, .array(let elements)?): elements.isEmpty
        case (.map, .object(let members)?): members.isEmpty
        default: false
        }
    }

    /// What Go makes of a null in a list or map.
    var zeroValue: JSONValue {
        switch shape {
        case .string, .bytes: ""
        case .boolean: false
        case .int32, .int64, .double, .intOrString: 0
        case .quantity: "0"
        case .object: [:]
        case .time, .microTime, .any, .fields, .schemaOrArray, .schemaOrBool, .schemaOrStrings, .list, .map: .null
        }
    }
}

/// What Go's packages say of texts that are not what they should be.
package enum GoMessages {
    /// A JSON value's type in Go's words.
    static func name(of json: JSONValue) -> String {
        switch json {
        case .bool: "bool"
        case .integer, .double: "number"
        default: json.typeName
        }
    }

    /// The position of the first byte that is no standard Base64; nil if all is well.
    static func faultInBase64(_ text: String) -> Int? {
        let bytes = Array(text.utf8.filter { $0 != 0x0A && $0 != 0x0D })
        func isDigit(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
                || byte != UInt8(ascii: "_") && CharacterClass.word.contains(UInt32(byte))
        }
        let end = bytes.firstIndex { !isDigit($0) } ?? bytes.count
        let padding = bytes[end...]
        if !padding.allSatisfy({ $0 == UInt8(ascii: "=") }) { return end }
        if padding.count == (4 - end % 4) % 4, end % 4 != 1 { return nil }
        return padding.isEmpty ? end - end % 4 : end
    }

    /// Whether a time has a fraction of six digits, as `metav1.MicroTime` demands it.
    static func hasMicroseconds(_ text: String) -> Bool {
        let rest = text.dropFirst("2006-01-02T15:04:05".count)
        return isMicrosecondFraction(rest.prefix(7)) && rest.dropFirst(7).first?.isNumber == false
    }

    private static func isMicrosecondFraction(_ text: Substring) -> Bool {
        text.count == 7 && text.first == "." && text.dropFirst().allSatisfy(\.isNumber)
    }

    /// As `time.Parse` tells which part of a text is not as the layout says.
    package static func timeFault(_ text: String, isMicro: Bool) -> String {
        let layout = isMicro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00"
        var rest = text[...]
        for part in ["2006", "-", "01", "-", "02", "T", "15", ":", "04", ":", "05"] {
            let head = rest.prefix(part.count)
            let fits =
                part.first?.isNumber == true ? head.count == part.count && head.allSatisfy(\.isNumber) : head == part
            if !fits {
                return
                    "parsing time \(text.quoted) as \(layout.quoted): cannot parse \(String(rest).quoted) as \(part.quoted)"
            }
            rest = rest.dropFirst(part.count)
        }
        if isMicro {
            guard isMicrosecondFraction(rest.prefix(7)) else {
                return
                    "parsing time \(text.quoted) as \(layout.quoted): cannot parse \(String(rest).quoted) as \".000000\""
            }
            rest = rest.dropFirst(7)
        }
        if rest.isEmpty || !"Z+-".contains(rest.prefix(1)) {
            return "parsing time \(text.quoted) as \(layout.quoted): cannot parse \(String(rest).quoted) as \"Z07:00\""
        }
        return "parsing time \(text.quoted): day out of range"
    }
}
