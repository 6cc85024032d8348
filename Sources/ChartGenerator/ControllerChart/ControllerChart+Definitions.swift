import KubeObjects
import RunCore

extension ControllerChart {
    /// A template for each definition. They are templates, not files under `crds/`, because Helm never upgrades those:
    /// a new version of the chart would run with old definitions. What keeps them from being deleted with the release is
    /// the resource policy.
    var definitionTemplates: [ChartFile] {
        families.flatMap { family in
            family.definitions.map { definition in
                ChartFile(
                    path: "templates/crds/\(definition.name ?? "").yaml",
                    text: Self.template(definition, condition: Self.condition(family, definition)))
            }
        }
    }

    private static func condition(_ family: any RunFamily, _ definition: KubeObject) -> String {
        let chosen = "and .Values.crds.enabled (has \"\(family.name)\" .Values.families)"
        return Definitions.ours.contains(definition) ? chosen : "\(chosen) .Values.crds.tekton"
    }

    private static func template(_ definition: KubeObject, condition: String) -> String {
        let spec = ChartText.escaped(YAML.encode(["spec": definition["spec"] ?? [:]]))
        return """
            {{- if \(condition) }}
            apiVersion: \(definition.apiVersion)
            kind: \(definition.kind)
            \(metadata(
                name: definition.name ?? "",
                annotations: #"ternary (dict "helm.sh/resource-policy" "keep") (dict) .Values.crds.keep"#))
            \(spec){{- end }}

            """
    }
}
