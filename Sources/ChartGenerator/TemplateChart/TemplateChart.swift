import KubeObjects
import RunCore

/// The chart of users' own JobTemplates.
struct TemplateChart: Sendable {
    /// The chart's name.
    let name: String
    /// The chart's version.
    let version: String
    /// The templates, by name.
    let templates: [SourceTemplate]

    /// The file that remembers what was generated.
    static let memoryPath = ".chart-generator.json"

    init(name: String, version: String, templates: [SourceTemplate]) {
        self.name = name
        self.version = version
        self.templates = templates.sorted { $0.name < $1.name }
    }

    /// All files but the values and their schema, which depend on what the user has made of the values.
    var fixedFiles: [ChartFile] {
        [
            ChartFile(path: ".helmignore", text: "\(Self.memoryPath)\n.git/\n*.orig\n*.bak\n*~\n"),
            readme,
            ChartFile(path: "templates/NOTES.txt", text: notes),
        ] + templates.map { ChartFile(path: Self.path($0.name), text: TemplateManifest.text($0)) }
    }

    /// `Chart.yaml` of a new chart. It is the user's from then on.
    var chartFile: ChartFile {
        let metadata: JSONValue = [
            "apiVersion": "v2", "name": .string(name), "version": .string(version), "type": "application",
            "description": .string("Job templates: " + templates.map(\.name).joined(separator: ", ")),
        ]
        return ChartFile(path: "Chart.yaml", text: YAML.encode(metadata))
    }

    /// `values.yaml` as it is generated.
    var valuesText: String {
        values.valuesText(
            header: "What can be set, with the defaults, which are those of the templates. Change what you like: "
                + "chart-generator keeps your changes when it is run again.")
    }

    /// `values.schema.json`.
    /// - Parameter own: Further names at the top of `values.yaml`, which the user has added.
    func schemaFile(own: [String]) -> ChartFile {
        ChartFile(path: "values.schema.json", text: values.schemaText(alsoAllowing: own))
    }

    /// The path of a template's file. A name may be as long as a file's name, without the ending.
    private static func path(_ name: String) -> String {
        let short = name.utf8.count <= 80 ? name : name.prefix(60) + "-" + Digest.hex(of: name.utf8).prefix(12)
        return "templates/\(short).yaml"
    }

    private var notes: String {
        let lines = templates.map { template in
            let namespace = template.template.object.namespace ?? "{{ .Release.Namespace }}"
            return "  kubectl run-template \(template.name) --namespace \(namespace) --help"
        }
        return """
            {{ .Chart.Name }} {{ .Chart.Version }} holds job templates. What each can be given:
            \(lines.joined(separator: "\n"))

            Leave out --help to run one. Changed templates count for runs that are made from now on.
            """
    }

    private var readme: ChartFile {
        let list = templates.map { template in
            let parameters = template.template.parameters.map { "`\($0.name)`" }.joined(separator: ", ")
            return "| `\(template.name)` | \(template.template.object.namespace ?? "the release's") | \(parameters) |"
        }
        return ChartFile(
            path: "README.md",
            text: """
                # \(name)

                Job templates for the run controller, which must be in the cluster.

                    helm install \(name) . --namespace jobs

                | Template | Namespace | Parameters |
                |---|---|---|
                \(list.joined(separator: "\n"))

                ## Values
                Names with dots are written with `\\.` on the command line: `--set 'templates.my\\.job.…'`. A parameter
                whose default is `null` has none: its runs must give it.

                \(values.table())

                ## Changing it
                Change the manifests and run `chart-generator templates` again with this folder as `--output`. It keeps
                what you have changed here: values that you have set stay, and files that you have edited are left alone
                and named. `\(Self.memoryPath)` is how it knows; keep it with the chart.
                """)
    }
}
