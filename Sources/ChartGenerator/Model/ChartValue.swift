import KubeObjects

/// One value that users of a chart can set. From a table of these come `values.yaml` with its comments,
/// `values.schema.json` and the README's table, so that the three cannot disagree.
struct ChartValue: Sendable {
    /// What stands under the name.
    enum Content: Sendable {
        /// A value of its own, with its default and its JSON schema.
        case leaf(JSONValue, schema: JSONObject)
        /// Further values.
        case group([ChartValue])
    }

    /// The name, as in `values.yaml`.
    var name: String
    /// What it does, as a sentence or more. Lines are broken when it is written.
    var comment: String
    /// The default, or what is below.
    var content: Content
    /// Whether the chart cannot do without it, so that setting it to `null` is refused.
    var isRequired = false
    /// Whether a chart in the chart has this name: Helm hands it what is below.
    var isPart = false

    /// A value with its default.
    static func value(_ name: String, _ fallback: JSONValue, _ schema: JSONObject, _ comment: String) -> ChartValue {
        ChartValue(name: name, comment: comment, content: .leaf(fallback, schema: schema))
    }

    /// The same, where templates ask of nothing but maps, empty lists and empty texts whether they are there. With any
    /// other value set to `null`, which takes its default away, a field or a flag would be left with nothing in it.
    var requiredWhereUsedAsItIs: ChartValue {
        var value = self
        switch content {
        case .leaf(.object, _), .leaf([], _), .leaf("", _): value.isRequired = false
        case .leaf: value.isRequired = true
        case .group(let values):
            value.isRequired = true
            value.content = .group(values.map(\.requiredWhereUsedAsItIs))
        }
        return value
    }

    /// Values under one name.
    static func group(
        _ name: String, _ comment: String, _ values: [ChartValue], isPart: Bool = false
    ) -> ChartValue {
        ChartValue(name: name, comment: comment, content: .group(values), isPart: isPart)
    }
}

/// The JSON schemas (draft 7, which Helm reads) that values have.
enum ValueSchema {
    static let boolean: JSONObject = ["type": "boolean"]
    static let text: JSONObject = ["type": "string"]
    static let object: JSONObject = ["type": "object"]
    static let objects: JSONObject = ["type": "array", "items": ["type": "object"]]
    static let texts: JSONObject = ["type": "array", "items": ["type": "string"]]
    static let port: JSONObject = ["type": "integer", "minimum": 1, "maximum": 65535]
    /// What may be a name in the cluster once it is cut to its length, or empty.
    static let namePart = text(pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$")
    /// As the controller's flags have durations; 0 needs no quotes.
    static let duration: JSONObject = [
        "type": ["string", "integer"], "pattern": "^(0|[0-9]+(ms|s|m|h))$", "minimum": 0, "maximum": 0,
    ]
    static let strings: JSONObject = ["type": "object", "additionalProperties": ["type": "string"]]

    static func text(pattern: String) -> JSONObject { ["type": "string", "pattern": .string(pattern)] }

    static func number(atLeast minimum: Int64) -> JSONObject { ["type": "integer", "minimum": .integer(minimum)] }

    /// An amount as the API server reads it, such as 500m, 1.5Gi or 1e3; YAML makes a number of one without a suffix.
    private static let quantity = #"\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?"#

    /// A container's `resources`.
    static let resources = resources(quantity: "^\(quantity)$")
    /// The same in a template, whose parameters may stand in any text.
    static let templateResources = resources(quantity: #"^\#(quantity)$|\$\("#)

    private static func resources(quantity pattern: String) -> JSONObject {
        let quantity: JSONValue = ["type": ["string", "number"], "pattern": .string(pattern), "minimum": 0]
        let quantities: JSONValue = ["type": "object", "additionalProperties": quantity]
        return closed(["limits": quantities, "requests": quantities, "claims": ["type": "array"]])
    }

    /// A place for announcements as the controller reads it: `[SCHEME://]HOST[:PORT]`, where HOST is a name, which may begin
    /// with `*.`, `*`, or a range of addresses, which stands in brackets where a port follows colons.
    static let callbackPlace: JSONObject = {
        let port = "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
        let byte = "([1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
        let range4 = #"\#(byte)(\.\#(byte)){3}/([12]?[0-9]|3[0-2])"#
        let range6 = "([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]*(/([1-9]?[0-9]|1[01][0-9]|12[0-8]))?"
        let host = #"(\*|(\*\.)?[A-Za-z0-9._-]+|\#(range4)|\[(\#(range4)|\#(range6))\])"#
        return text(pattern: "^([hH][tT][tT][pP][sS]?://)?(\(host)\(port)|\(range6))$")
    }()

    static func oneOf(_ words: [String]) -> JSONObject {
        ["type": "string", "enum": .array(words.map(JSONValue.string))]
    }

    /// A map of these names and no others.
    static func closed(_ properties: JSONObject) -> JSONObject {
        ["type": "object", "additionalProperties": false, "properties": .object(properties)]
    }

    static func list(of items: JSONObject, minItems: Int64 = 0) -> JSONObject {
        var schema: JSONObject = ["type": "array", "items": .object(items), "uniqueItems": true]
        if minItems > 0 { schema["minItems"] = .integer(minItems) }
        return schema
    }

    /// A value that may also be absent.
    static func optional(_ schema: JSONObject) -> JSONObject {
        var schema = schema
        if let type = schema["type"] { schema["type"] = [type, "null"] }
        return schema
    }
}
