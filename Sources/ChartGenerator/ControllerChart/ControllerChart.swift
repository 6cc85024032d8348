import KubeObjects
public import RunCore

/// The chart that installs the run controller, made from the code's own definitions: its resources, the rights that it
/// needs, and what can be set.
public struct ControllerChart: Sendable {
    /// The chart's version, a semantic version.
    public var version: String
    /// The version of the controller, which is also its image's tag.
    public var appVersion: String

    let families: [any RunFamily]

    /// The chart of a version, for all families.
    public init(version: String, appVersion: String, families: [any RunFamily] = RunFamilies.all) {
        self.version = version
        self.appVersion = appVersion
        self.families = families
    }

    /// The chart's name.
    public static let name = "job-template-run"

    var familyNames: [String] { families.map(\.name) }

    /// All files of the chart.
    public var chart: Chart {
        Chart(
            name: Self.name, version: version,
            files: [chartFile, valuesFile, schemaFile, readmeFile] + staticTemplates + definitionTemplates
                + definitionFolder + [roleTemplate, userRoleTemplate, admissionTemplate])
    }

    private var chartFile: ChartFile {
        let metadata: JSONValue = [
            "apiVersion": "v2", "name": .string(Self.name), "version": .string(version),
            "appVersion": .string(appVersion), "type": "application",
            "description": "Runs Jobs from templates: the controller, its resources and its rights.",
            "kubeVersion": ">=1.27.0-0",
            "keywords": ["job", "batch", "template", "tekton"],
            "annotations": ["artifacthub.io/crds": .string(definitionList)], "dependencies": [definitionPart],
        ]
        return ChartFile(path: "Chart.yaml", text: YAML.encode(metadata))
    }

    /// What registries of charts show of the definitions.
    private var definitionList: String {
        YAML.encode(
            .array(
                families.flatMap(\.definitions).map { definition in
                    let names = definition["spec"]?["names"]
                    return [
                        "kind": names?["kind"] ?? .null,
                        "version": definition["spec"]?["versions"]?[0]?["name"] ?? .null,
                        "name": .string(definition.name ?? ""), "displayName": names?["kind"] ?? .null,
                    ]
                }))
    }

    private var valuesFile: ChartFile {
        ChartFile(
            path: "values.yaml",
            text: values.valuesText(header: "What the chart \(Self.name) lets you set, with the defaults."))
    }

    private var schemaFile: ChartFile { ChartFile(path: "values.schema.json", text: values.schemaText()) }
}
