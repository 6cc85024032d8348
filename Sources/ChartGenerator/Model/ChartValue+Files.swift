import KubeObjects

extension [ChartValue] {
    /// `values.yaml`: every value with its default under its comment.
    func valuesText(header: String) -> String {
        ChartText.comment(header) + "\n" + map { $0.text(indent: 0) }.joined(separator: "\n")
    }

    /// `values.schema.json`, which `helm install`, `upgrade`, `lint` and `template` hold the values against. A name that
    /// no value has is refused; Helm itself adds `global` for charts that are part of another one.
    func schemaText() -> String {
        var schema: JSONObject = ["$schema": "http://json-schema.org/draft-07/schema#"]
        for (key, value) in self.schema { schema[key] = value }
        schema["properties", default: [:]]["global"] = ["type": "object"]
        return JSONValue.object(schema).encodedString(pretty: true)
    }

    /// The README's table: name, default, what it does.
    func table() -> String {
        let rows = flatMap { $0.rows(prefix: "") }
        return "| Value | Default | What it does |\n|---|---|---|\n" + rows.joined(separator: "\n")
    }

    private var schema: JSONObject {
        [
            "type": "object", "additionalProperties": false,
            "properties": .object(JSONObject(map { ($0.name, .object($0.schema)) })),
        ]
    }
}

extension ChartValue {
    fileprivate func text(indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        let head = ChartText.comment(comment, indent: indent)
        switch content {
        case .leaf(let fallback, _):
            let lines = YAML.encode(.object([name: fallback])).split(separator: "\n")
            return head + lines.map { "\(margin)\($0)\n" }.joined()
        case .group(let values):
            return head + "\(margin)\(name):\n" + values.map { $0.text(indent: indent + 2) }.joined()
        }
    }

    fileprivate var schema: JSONObject {
        var schema: JSONObject
        switch content {
        case .leaf(_, let given): schema = given
        case .group(let values):
            schema = ["type": "object", "additionalProperties": false]
            schema["properties"] = .object(JSONObject(values.map { ($0.name, .object($0.schema)) }))
        }
        schema["description"] = .string(comment)
        return schema
    }

    fileprivate func rows(prefix: String) -> [String] {
        switch content {
        case .leaf(let fallback, _):
            ["| `\(prefix)\(name)` | `\(fallback.encodedString())` | \(comment.replacing("|", with: "\\|")) |"]
        case .group(let values):
            values.flatMap { $0.rows(prefix: "\(prefix)\(name).") }
        }
    }
}
