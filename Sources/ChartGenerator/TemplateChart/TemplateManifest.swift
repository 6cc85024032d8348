import KubeObjects
import RunCore

/// A JobTemplate as a template of a chart: the manifest, with Helm's words in the places of what can be set.
struct TemplateManifest {
    /// A place whose value the chart's users set.
    private struct Slot {
        /// The names below the template's own values.
        var path: [String]
        /// Whether the field is left out if the value is absent (or, for a map, empty).
        var presence: Presence
    }

    private enum Presence {
        case always
        case unlessAbsent
        case unlessEmpty
    }

    private let source: SourceTemplate
    private var slots: [Slot] = []
    /// A word that stands nowhere in the manifest, in front of a slot's number.
    private let mark: String

    /// The text of the file in the chart.
    static func text(_ source: SourceTemplate) -> String {
        var manifest = TemplateManifest(source)
        return manifest.render()
    }

    private init(_ source: SourceTemplate) {
        self.source = source
        mark = "slot-\(Digest.hex(of: source.template.object.value.encodedString().utf8))-"
    }

    private mutating func render() -> String {
        let body = ChartText.escaped(YAML.encode(filled()))
            .split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
            .joined(separator: "\n")
        let head = "{{- /* Made by chart-generator; what can be set is in values.yaml. */ -}}\n"
        let values =
            slots.isEmpty ? "" : "{{- $values := \(HelmValues.index(".Values.templates", [source.name])) -}}\n"
        return head + values + body + end
    }

    /// Helm cuts off the white space at a file's end, which would shorten a text that ends the manifest.
    private var end: String {
        let value = source.template.object.value
        let cut = YAML.encode(value).trimmingWhiteSpace()
        guard let read = try? YAML.parse(cut).first?.value, read == value else { return "# The end.\n" }
        return ""
    }

    /// The manifest with a mark for each slot.
    private mutating func filled() -> JSONValue {
        var value = source.template.object.value
        if let parameters = value["parameters"]?.array {
            value["parameters"] = .array(parameters.map { .object(parameter($0.object ?? [:])) })
        }
        for kind in ["initContainers", "containers"] {
            let path = ["spec", "template", "spec", kind]
            let containers = source.containers(kind)
            guard !containers.isEmpty else { continue }
            value.set(.array(containers.map { .object(container($0, kind: kind)) }), at: path)
        }
        return value
    }

    /// The name comes first and what may be absent behind it, so that no text of several lines ends where a line
    /// may be missing.
    private mutating func parameter(_ entry: JSONObject) -> JSONObject {
        guard let name = entry["name"], let parameter = JobParameter(.object(entry)) else { return entry }
        guard HelmValues.keeps(parameter.defaultValue ?? .null) else { return entry }
        var filled: JSONObject = ["name": name]
        filled["default"] = slot(["parameters", parameter.name], .unlessAbsent)
        for (key, value) in entry where key != "default" { filled[key] = value }
        return filled
    }

    private mutating func container(_ container: JSONObject, kind: String) -> JSONObject {
        guard let name = container["name"]?.string else { return container }
        var filled: JSONObject = ["name": .string(name)]
        if container["resources"] == nil { filled["resources"] = slot([kind, name, "resources"], .unlessEmpty) }
        for (key, value) in container where key != "name" {
            let isSet = TemplateChart.containerValues.contains(key) && TemplateChart.canBeSet(key, value)
            filled[key] = isSet ? slot([kind, name, key], .always) : value
        }
        return filled
    }

    private mutating func slot(_ path: [String], _ presence: Presence) -> JSONValue {
        slots.append(Slot(path: path, presence: presence))
        return .string("\(mark)\(slots.count - 1)")
    }

    /// A line with the words of its slot in place of the mark.
    private func line(_ line: String) -> String {
        guard let start = line.firstRange(of: mark)?.lowerBound,
            let number = Int(line[start...].dropFirst(mark.count)), slots.indices.contains(number)
        else { return line }
        let value = HelmValues.index("$values", slots[number].path)
        let filled = "\(line[..<start]){{ \(value) | toJson }}"
        switch slots[number].presence {
        case .always: return filled
        case .unlessAbsent: return "{{- if not (kindIs \"invalid\" (\(value))) }}\n\(filled)\n{{- end }}"
        case .unlessEmpty: return "{{- if \(value) }}\n\(filled)\n{{- end }}"
        }
    }
}

extension String {
    fileprivate func trimmingWhiteSpace() -> String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
