import KubeObjects
import RunCore

/// The definitions stand in the chart twice, and `crds.folder` says which ones Helm takes.
extension ControllerChart {
    /// The name of the chart in the chart, which holds nothing but a folder of definitions.
    private static let part = "crds"

    /// A template for each definition. These are taken if nothing else is said, because Helm never upgrades what is in a
    /// folder `crds`: a new version of the chart would run with old definitions. What keeps them from being deleted with
    /// the release is the resource policy.
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
        return chosen + (Definitions.ours.contains(definition) ? " (not .Values.crds.folder)" : " .Values.crds.tekton")
    }

    private static func template(_ definition: KubeObject, condition: String) -> String {
        let spec = ChartText.escaped(YAML.encode(["spec": definition["spec"] ?? [:]]))
        let name = definition.name ?? ""
        return """
            {{- if \(condition) }}
            apiVersion: \(definition.apiVersion)
            kind: \(definition.kind)
            \(metadata(
                name: name, annotations: #"ternary (dict "helm.sh/resource-policy" "keep") (dict) .Values.crds.keep"#))
            \(spec){{- else }}
            {{- include "chart.leave" (list . "\(name)") }}
            {{- end }}

            """
    }

    /// What the templates of definitions include.
    static let definitionHelpers = """
        {{- /* Fails if the upgrade would delete a definition, and with it every object of its kind: that is what Helm does
        with what a release no longer has and was made without the resource policy. Takes the root and the definition's
        name. Those who bring no definitions with the chart may not be allowed to look. */}}
        {{- define "chart.leave" -}}
        {{- $root := index . 0 }}
        {{- if and $root.Release.IsUpgrade $root.Values.crds.enabled }}
        {{- $notes := dig "metadata" "annotations" dict (lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" (index . 1)) }}
        {{- $isOurs := and (eq (get $notes "meta.helm.sh/release-name") $root.Release.Name) (eq (get $notes "meta.helm.sh/release-namespace") $root.Release.Namespace) }}
        {{- if and $isOurs (ne (get $notes "helm.sh/resource-policy") "keep") }}
        {{- fail (printf "crds: this upgrade would delete the definition %s with all its objects. Upgrade with crds.keep=true and everything else as it was, then again as you want it" (index . 1)) }}
        {{- end }}
        {{- end }}
        {{- end }}
        """

    /// The same definitions in a folder `crds`. A chart's own folder cannot be switched off by a value; that of a part can.
    /// Helm does not look for templates' actions in it, so it holds the definitions of all families. Tekton's may belong
    /// to somebody else and are not among them.
    var definitionFolder: [ChartFile] {
        let head: JSONValue = [
            "apiVersion": "v2", "name": .string(Self.part), "version": .string(version), "type": "application",
            "description": .string("The resource definitions of \(Self.name), as a folder that Helm only installs."),
        ]
        let definitions = families.flatMap(\.definitions).filter { Definitions.ours.contains($0) }
        let folder = "charts/\(Self.part)"
        return [
            ChartFile(path: "\(folder)/Chart.yaml", text: YAML.encode(head)),
            ChartFile(path: "\(folder)/templates/_none.tpl", text: "{{- /* Helm's lint wants this folder. */}}"),
        ] + definitions.map { Self.folderFile($0, in: folder) }
    }

    /// The policy is for a release that made the definition by a template, and where Helm writes this over it: its next
    /// upgrade looks for the policy. Helm 3's `show crds` puts nothing between files, so each begins as a document.
    private static func folderFile(_ definition: KubeObject, in folder: String) -> ChartFile {
        var definition = definition
        definition.metadata["annotations"] = ["helm.sh/resource-policy": "keep"]
        return ChartFile(
            path: "\(folder)/crds/\(definition.name ?? "").yaml", text: "---\n" + YAML.encode(definition.value))
    }

    /// What the chart's head says of its part.
    var definitionPart: JSONValue {
        ["name": .string(Self.part), "version": .string(version), "condition": "crds.folder"]
    }
}
