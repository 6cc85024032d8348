import KubeObjects

extension [ChartValue] {
    /// `values.yaml`: every value with its default under its comment.
    func valuesText(header: String) -> String {
        ChartText.comment(header) + "\n" + map { $0.text(indent: 0) }.joined(separator: "\n")
    }

    /// `values.schema.json`, which `helm install`, `upgrade`, `lint` and `template` hold the values against. A name that
    /// no value has is refused; Helm itself adds `global` for charts that are part of another one, and below the names of
    /// a chart's own parts.
    /// - Parameter others: Further names at the top, of values that users have added.
    func schemaText(alsoAllowing others: [String] = []) -> String {
        var schema: JSONObject = ["$schema": "http://json-schema.org/draft-07/schema#"]
        for (key, value) in schemaWithGlobals { schema[key] = value }
        for name in others { schema["properties", default: [:]][name] = [:] }
        return JSONValue.object(schema).encodedString(pretty: true)
    }

    /// The README's table: name, default, what it does.
    func table() -> String {
        let rows = flatMap { $0.rows(prefix: "") }
        return "| Value | Default | What it does |\n|---|---|---|\n" + rows.joined(separator: "\n")
    }

    fileprivate var schemaWithGlobals: JSONObject {
        var schema = self.schema
        schema["properties", default: [:]]["global"] = ["type": "object"]
        return schema
    }

    fileprivate var schema: JSONObject {
        var schema: JSONObject = [
            "type": "object", "additionalProperties": false,
            "properties": .object(JSONObject(map { ($0.name, .object($0.schema)) })),
        ]
        let required = filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return schema
    }
}

extension ChartValue {
    /// The value as it stands in `values.yaml`, under its comment.
    func text(indent: Int) -> String {
        let head = ChartText.comment(comment, indent: indent)
        switch content {
        case .leaf(let fallback, _):
            return head + Self.line(name, fallback, indent: indent)
        case .group(let values) where values.isEmpty:
            return head + Self.line(name, [:], indent: indent)
        case .group(let values):
            // The name is written as YAML needs it: "on" and "1.2" are names, too.
            let name = Self.line(name, [:], indent: indent).replacing(": {}\n", with: ":\n")
            return head + name + values.map { $0.text(indent: indent + 2) }.joined()
        }
    }

    /// A name and its value as YAML, of one line or more.
    static func line(_ name: String, _ value: JSONValue, indent: Int) -> String {
        ChartText.indented(YAML.encode(.object([name: value])), by: indent)
    }

    fileprivate var schema: JSONObject {
        var schema: JSONObject
        switch content {
        case .leaf(_, let given): schema = given
        case .group(let values): schema = isPart ? values.schemaWithGlobals : values.schema
        }
        schema["description"] = .string(comment)
        return schema
    }

    fileprivate func rows(prefix: String) -> [String] {
        switch content {
        case .leaf(let fallback, _):
            [
                "| \(Self.code(prefix + argument)) | \(Self.code(fallback.encodedString())) | \(Self.cell(comment)) |"
            ]
        case .group(let values):
            values.flatMap { $0.rows(prefix: "\(prefix)\(argument).") }
        }
    }

    /// The name as `helm --set` takes it.
    private var argument: String { name.replacing(".", with: "\\.") }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    /// Code in a table's cell, which may itself have backticks.
    private static func code(_ text: String) -> String {
        text.contains("`") ? "`` \(cell(text)) ``" : "`\(cell(text))`"
    }
}
