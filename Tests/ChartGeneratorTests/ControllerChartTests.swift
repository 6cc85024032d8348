import Foundation
import KubeObjects
import RunController
import RunCore
import TestSupport
import Testing

@testable import ChartGenerator

/// The controller's chart follows from the code's definitions.
struct ControllerChartTests {
    private let chart = ControllerChart(version: "1.2.3", appVersion: "1.2.0").chart

    private func yaml(_ path: String, of chart: Chart? = nil) throws -> JSONValue {
        let text = try #require((chart ?? self.chart).text(at: path))
        return try #require(try YAML.parse(text).first?.value)
    }

    /// The value of a leaf of values.schema.json that is a pattern.
    private func pattern(_ path: [String]) throws -> Regex<AnyRegexOutput> {
        let schema = try JSONValue(parsing: try #require(chart.text(at: "values.schema.json")))
        let leaf = path.reduce(schema as JSONValue?) { $0?[$1] }
        return try Regex(try #require(leaf?["pattern"]?.string))
    }

    @Test(
        "what the controller takes as a place for announcements, and no more",
        arguments: [
            "hooks.example.com", "hooks_2.example.com:443", "*.example.com", "http://*:8080", "*", "10.1.0.0/16",
            "10.0.0.1", "10.0.0.0/8:8443", "[fd00::1]:443", "[fd00::/8]", "http://[fd00::/8]:9000", "HTTPS://x",
            "fd00::/8", "::1", "a:65535", "[::ffff:10.0.0.0/104]", "",
            "ftp://x", "https://", "a b", "a:0", "a:65536", "a:99999", "a:http", "a/b", "https://a/b", "10.0.0.0/33",
            "10.0.0.256/8", "[fd00::/129]", "[fd00::zz]", "[fd00::1]:0", "http://a*b", "*a", "a,b", "user@a",
        ])
    func callbackPlaces(_ place: String) throws {
        let pattern = try pattern(["properties", "callbacks", "properties", "allow", "items"])
        #expect((place.wholeMatch(of: pattern) != nil) == (CallbackPolicy([place]) != nil))
    }

    @Test(
        "what the API server takes as a quantity, and no more",
        arguments: [
            "1", "0", "0.5", "+1", ".5", "1.", "500m", "1k", "256Mi", "1.5Gi", "1E", "1Ei", "1e3", "1E-3", "2e+2",
            "10n",
            "10u", "1M", "1P", "", "m", ".", "1.5.2", "256MB", "256mb", "1K", "1ki", "1 Gi", "1e", "1e1.5", "1mi",
            "0x10",
            "half", "1Gi ", "1Ki1",
        ])
    func quantities(_ text: String) throws {
        let pattern = try pattern(["properties", "resources", "properties", "limits", "additionalProperties"])
        #expect((text.wholeMatch(of: pattern) != nil) == (Quantity(text) != nil))
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

    @Test func theFolderHoldsTheSameDefinitionsButThatOfTekton() throws {
        let folder = "charts/crds/crds/"
        #expect(
            chart.files.map(\.path).filter { $0.hasPrefix(folder) }
                == Definitions.ours.map { "\(folder)\($0.name ?? "").yaml" }.sorted())
        for var definition in Definitions.ours {
            definition.metadata["annotations"] = ["helm.sh/resource-policy": "keep"]
            #expect(try yaml("\(folder)\(definition.name ?? "").yaml") == definition.value)
        }
    }

    /// Helm looks for the part by name and version; one that it does not find cannot be switched off.
    @Test(arguments: ["1.2.3", "1.4.0-rc.1", "1.4.0+5"])
    func theHeadNamesItsPart(version: String) throws {
        let chart = ControllerChart(version: version, appVersion: version).chart
        let head = try yaml("Chart.yaml", of: chart)
        let part = try yaml("charts/crds/Chart.yaml", of: chart)
        let dependency = head["dependencies"]?[0]
        #expect(head["dependencies"]?.array?.count == 1)
        #expect(dependency?["name"] == part["name"] && dependency?["version"] == part["version"])
        #expect(dependency?["condition"] == "crds.folder")
    }

    @Test func theSchemaKnowsEveryValueAndNoOther() throws {
        let values = try yaml("values.yaml")
        let schema = try JSONValue(parsing: try #require(chart.text(at: "values.schema.json")))
        func compare(_ all: [ChartValue], _ values: JSONValue, _ schema: JSONValue, _ path: String) {
            let names = all.map(\.name)
            #expect(names == values.object?.keys, "\(path)")
            #expect(names == schema["properties"]?.object?.keys.filter { $0 != "global" }, "\(path)")
            #expect(schema["additionalProperties"] == false, "\(path)")
            for value in all {
                guard case .group(let members) = value.content else { continue }
                let (values, schema) = (values[value.name] ?? .null, schema["properties"]?[value.name] ?? .null)
                compare(members, values, schema, "\(path).\(value.name)")
            }
        }
        compare(ControllerChart(version: "1.2.3", appVersion: "1.2.0").values, values, schema, "")
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

    @Test func theCommittedChartIsWhatTheCodeMakes() throws {
        let folder = Repository.url("charts").path
        try ChartGeneration(version: ProjectVersion.current, appVersion: nil, output: folder).check()
    }

    /// Where the API server is, a pod knows by itself.
    @Test(arguments: RunControllerSetting.allCases.filter { $0 != .kubeconfig && $0 != .context })
    func everySettingOfTheControllerIsGiven(_ setting: RunControllerSetting) throws {
        let helpers = try #require(chart.text(at: "templates/_helpers.tpl"))
        #expect(helpers.contains("\(setting.flag)="))
    }

    @Test(arguments: RunFamilies.all.map(\.name))
    func aFamilysRulesAreAllInTheChartAndNoneTwice(_ name: String) throws {
        let family = try #require(RunFamilies.all.first { $0.name == name })
        let cluster = ControllerRole.clusterRules(for: family)
        let given = ControllerRole.rules(for: []) + ControllerRole.ownRules(for: family) + cluster
        let uses = { (rules: [AccessRule]) in
            rules.flatMap { rule in rule.verbs.map { [rule.group, rule.resource, $0] } }
        }
        #expect(Set(uses(given)) == Set(uses(ControllerRole.rules(for: [family]))))
        #expect(Set(uses(given)).count == uses(given).count)
        let resources = [family.runResource] + family.referencedResources
        #expect(cluster.isEmpty == resources.allSatisfy(\.isNamespaced))
    }

    /// A field that names a service account and is in no list of a family would be one that no policy asks about.
    @Test(arguments: RunFamilies.all.map(\.name))
    func everyServiceAccountOfTheDefinitionsIsInTheFamilysList(_ name: String) throws {
        let family = try #require(RunFamilies.all.first { $0.name == name })
        func find(_ schema: JSONValue, _ path: [String]) -> [[String]] {
            (schema["properties"]?.object ?? [:]).flatMap { key, value in
                let here = path + [key]
                let isAccount = ["serviceAccountName", "serviceAccount"].contains(key) && value["type"] == "string"
                return (isAccount ? [here] : []) + find(value, here)
            }
        }
        for definition in family.definitions {
            let schema = definition["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"] ?? [:]
            let known = family.accountFields.filter { $0.resource.definitionName == definition.name }.map(\.path)
            for path in find(schema, []) { #expect(known.contains(path), "\(definition.name ?? ""): \(path)") }
        }
    }
}
