import KubeObjects
import KubeSchema
import RunCore

extension SourceTemplate {
    /// What a server or the controller would refuse, each with file and line. A fault found here is one that users of
    /// the chart do not meet.
    func faults() -> [String] {
        let metadata = metadataFaults()
        guard metadata.isEmpty else { return metadata }
        let schema = schemaFaults()
        guard schema.isEmpty else { return schema }
        return parameterFaults() + undeclaredFaults() + containerFaults()
    }

    /// Parameters that the text speaks of and that are not declared: every run would fail. A template that declares none
    /// may be for Tekton's runs, which bring their own.
    private func undeclaredFaults() -> [String] {
        let declared = template.parameters.map(\.name)
        guard !declared.isEmpty else { return [] }
        return template.parametersInText.subtracting(declared).sorted().map {
            "\(place(ofField: "parameters")): $(params.\($0)) in spec.template is not declared; declared are "
                + declared.joined(separator: ", ")
        }
    }

    private func metadataFaults() -> [String] {
        let object = template.object
        guard let name = object.name else {
            guard let written = object.metadata["name"], !written.isNull else {
                return ["\(place(["metadata"])): metadata.name is missing; a chart's templates have fixed names"]
            }
            return ["\(place(ofField: "metadata.name")): must be a text; put \(written.encodedString()) in quotes"]
        }
        var faults = NameValidation.dns1123Subdomain(name).map {
            "\(place(ofField: "metadata.name")): \"\(name)\": \($0)"
        }
        if let namespace = object.metadata["namespace"], !namespace.isNull {
            let text = namespace.string ?? namespace.encodedString()
            faults += NameValidation.dns1123Label(text).map {
                "\(place(ofField: "metadata.namespace")): \"\(text)\": \($0)"
            }
        }
        for map in ["labels", "annotations"] {
            for (key, value) in object.metadata[map]?.object ?? [:] where value.string == nil {
                faults.append(
                    "\(place(["metadata", .key(map), .key(key)])): metadata.\(map)[\(key)]: must be a text; "
                        + "put \(value.encodedString()) in quotes")
            }
        }
        return faults
    }

    private static let schema: StructuralSchema? = {
        let definition = Definitions.all.first {
            $0[path: "spec", "names", "kind"]?.string == JobTemplateFamily.jobTemplates.kind
        }
        let schema = definition?["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"]
        return schema.flatMap { try? StructuralSchema(openAPIV3: $0) }
    }()

    private func schemaFaults() -> [String] {
        guard let schema = Self.schema else { return [] }
        var value = template.object.value
        let unknown = schema.prune(&value).map { "\(place(ofField: $0)): there is no such field" }
        // Where no alternative fits, the server also blames the object as a whole.
        let wrong = schema.validate(value, old: nil).filter { $0.field != FieldPath.root.description }
        return unknown + wrong.map { fault($0.field, $0.message) }
    }

    private func parameterFaults() -> [String] {
        (template.object["parameters"]?.array ?? []).enumerated().compactMap { index, entry in
            guard let parameter = JobParameter(entry) else { return nil }
            let field = "parameters[\(index)]"
            if let pattern = parameter.pattern, (try? Pattern(pattern)) == nil {
                return "\(place(ofField: field + ".pattern")): \"\(pattern)\" is no regular expression"
            }
            guard let value = parameter.defaultValue else { return nil }
            do throws(JobParameterError) {
                _ = try parameter.checked(value)
                return nil
            } catch { return "\(place(ofField: field + ".default")): \(error)" }
        }
    }

    /// The values are named after the containers, so each name may be there only once.
    private func containerFaults() -> [String] {
        var seen: Set<String> = []
        var faults: [String] = []
        for kind in ["initContainers", "containers"] {
            for (index, container) in containers(kind).enumerated() {
                guard let name = container["name"]?.string, !seen.insert(name).inserted else { continue }
                let field = "spec.template.spec.\(kind)[\(index)].name"
                faults.append("\(place(ofField: field)): there is another container \"\(name)\" in this template")
            }
        }
        return faults
    }
}
