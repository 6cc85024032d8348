import KubeObjects
import RunCore
import Testing

@testable import ChartGenerator

/// The controller's chart follows from the code's definitions.
struct ControllerChartTests {
    private let chart = ControllerChart(version: "1.2.3", appVersion: "1.2.0").chart

    private func yaml(_ path: String) throws -> JSONValue {
        let text = try #require(chart.text(at: path))
        return try #require(try YAML.parse(text).first?.value)
    }

    @Test func theHeadSaysWhatItIs() throws {
        let head = try yaml("Chart.yaml")
        #expect(head["name"] == "job-template-run")
        #expect(head["version"] == "1.2.3")
        #expect(head["appVersion"] == "1.2.0")
        #expect(head["apiVersion"] == "v2")
    }

    @Test func everyDefinitionHasItsTemplate() {
        let paths = chart.files.map(\.path).filter { $0.hasPrefix("templates/crds/") }
        #expect(paths == Definitions.all.map { "templates/crds/\($0.name ?? "").yaml" }.sorted())
    }

    @Test func theSchemaKnowsEveryValueAndNoOther() throws {
        let values = try yaml("values.yaml")
        let schema = try JSONValue(parsing: try #require(chart.text(at: "values.schema.json")))
        func compare(_ values: JSONValue, _ schema: JSONValue, _ path: String) {
            guard let properties = schema["properties"]?.object else { return }
            let known = properties.keys.filter { $0 != "global" }
            #expect(known == values.object?.keys, "\(path)")
            for name in known { compare(values[name] ?? .null, properties[name] ?? .null, "\(path).\(name)") }
        }
        compare(values, schema, "")
    }

    @Test func everyValueIsInTheReadme() throws {
        let readme = try #require(chart.text(at: "README.md"))
        for value in ["image.repository", "watchNamespaces", "metrics.serviceMonitor.interval", "admission.action"] {
            #expect(readme.contains("| `\(value)` |"))
        }
    }

    @Test func everyValueOfTheTemplatesExists() throws {
        let values = try yaml("values.yaml")
        for file in chart.files where file.path.hasPrefix("templates/") {
            for match in file.text.matches(of: /\.Values\.([A-Za-z.]+[A-Za-z])/) {
                let path = match.1.split(separator: ".").map(String.init)
                let found = path.reduce(values as JSONValue?) { value, name in value?[name] }
                #expect(found != nil, "\(file.path): .Values.\(match.1)")
            }
        }
    }

    @Test func theSameVersionIsTheSameChart() {
        #expect(ControllerChart(version: "1.2.3", appVersion: "1.2.0").chart == chart)
    }
}
