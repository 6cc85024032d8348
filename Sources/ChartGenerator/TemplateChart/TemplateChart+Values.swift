import KubeObjects
import RunCore

extension TemplateChart {
    /// The fields of a container that can be set.
    static let containerValues = ["image", "resources"]

    /// Whether a container's field goes through the values: it is of the usual kind, and Helm hands it on as it is.
    static func canBeSet(_ field: String, _ value: JSONValue) -> Bool {
        let isUsual = field == "image" ? value.string != nil : value.object != nil
        return isUsual && HelmValues.keeps(value)
    }

    /// Everything that users of the chart can set.
    var values: [ChartValue] {
        var group = ChartValue.group("templates", "The job templates, by name.", templates.map(Self.values))
        group.isRequired = true
        return [group]
    }

    private static func values(_ source: SourceTemplate) -> ChartValue {
        let parameters = source.template.parameters.filter { HelmValues.keeps($0.defaultValue ?? .null) }
        var groups: [ChartValue] = []
        if !parameters.isEmpty {
            groups.append(
                .group(
                    "parameters", "The defaults of its parameters; null for none, so that runs must give a value.",
                    parameters.map(value)))
        }
        for (kind, words) in [("initContainers", "Its init containers."), ("containers", "Its containers.")] {
            let containers = source.containers(kind).compactMap(value)
            if !containers.isEmpty { groups.append(.group(kind, words, containers)) }
        }
        for index in groups.indices { groups[index].isRequired = true }
        var group = ChartValue.group(source.name, "The JobTemplate \(source.name).", groups)
        group.isRequired = true
        return group
    }

    private static func value(_ container: JSONObject) -> ChartValue? {
        guard let name = container["name"]?.string else { return nil }
        var values: [ChartValue] = []
        if let image = container["image"], canBeSet("image", image) {
            var value = ChartValue.value("image", image, ["type": "string", "minLength": 1], "Its image.")
            value.isRequired = true
            values.append(value)
        }
        let resources = container["resources"] ?? [:]
        if canBeSet("resources", resources) {
            var value = ChartValue.value(
                "resources", resources, ValueSchema.templateResources, "What it asks of its node, and what it may use.")
            value.isRequired = container["resources"] != nil
            values.append(value)
        }
        guard !values.isEmpty else { return nil }
        var group = ChartValue.group(name, "The container \(name).", values)
        group.isRequired = true
        return group
    }

    private static func value(_ parameter: JobParameter) -> ChartValue {
        .value(parameter.name, parameter.defaultValue ?? .null, schema(parameter), comment(parameter))
    }

    /// What the controller takes as a default. The template's own one is always allowed, in whatever type it is
    /// written.
    private static func schema(_ parameter: JobParameter) -> JSONObject {
        var types = [parameter.type.rawValue, "null"]
        if let written = parameter.defaultValue?.typeName, !types.contains(written) { types.append(written) }
        var schema: JSONObject = ["type": .array(types.map(JSONValue.string))]
        if parameter.type == .array {
            schema["items"] = ["type": ["string", "number", "boolean"]]
        }
        if !parameter.allowed.isEmpty {
            var allowed = parameter.allowed
            for value in [parameter.defaultValue ?? .null, .null] where !allowed.contains(value) {
                allowed.append(value)
            }
            schema["enum"] = .array(allowed)
        }
        if let pattern = parameter.pattern { schema["pattern"] = .string(pattern) }
        if let minimum = parameter.minimum { schema["minimum"] = .double(minimum) }
        if let maximum = parameter.maximum { schema["maximum"] = .double(maximum) }
        return schema
    }

    private static func comment(_ parameter: JobParameter) -> String {
        var rules: [String] = []
        if parameter.type != .string { rules.append("of type \(parameter.type.rawValue)") }
        if !parameter.allowed.isEmpty {
            rules.append("one of " + parameter.allowed.map(\.parameterText).joined(separator: ", "))
        }
        if let pattern = parameter.pattern { rules.append("matching \(pattern)") }
        if let minimum = parameter.minimum { rules.append("at least \(JSONValue.double(minimum).parameterText)") }
        if let maximum = parameter.maximum { rules.append("at most \(JSONValue.double(maximum).parameterText)") }
        let description = parameter.description ?? "The parameter \(parameter.name)"
        let text = rules.isEmpty ? description : "\(description) (\(rules.joined(separator: "; ")))"
        // A line break or a control character would end the comment.
        return text.split {
            $0.isWhitespace || $0.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        .joined(separator: " ")
    }
}
