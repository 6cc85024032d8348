import Foundation
import KubeObjects
import Testing

/// `chart-generator templates` and real helm: what goes in comes out, and a value changes what it is for.
@Suite(.timeLimit(.minutes(5)))
struct TemplateChartTests {
    private static let manifests = "\(Program.root)/Tests/EndToEndTests/Clients/templates"

    /// Makes a chart of manifests in a folder of its own.
    private static func withChart(
        of manifests: String = manifests, _ work: (_ chart: String) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "template-chart-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try await Program.run("chart-generator", ["templates", manifests, "--output", "\(folder)/jobs"])
        try #require(result.exitCode == 0, "\(result)")
        try await work("\(folder)/jobs")
    }

    /// The JobTemplates that helm renders, by name.
    private static func render(_ chart: String, _ arguments: String...) async throws -> [String: JSONValue] {
        let result = try await Program.run("helm", ["template", "r", chart] + arguments)
        try #require(result.exitCode == 0, "\(result)")
        return try named(YAML.parse(result.output).map(\.value))
    }

    private static func named(_ values: [JSONValue]) throws -> [String: JSONValue] {
        try Dictionary(uniqueKeysWithValues: values.map { (try #require($0["metadata"]?["name"]?.string), $0) })
    }

    /// The manifests as they go in, without what a server has added to them.
    private static func input() throws -> [String: JSONValue] {
        let files = ["awkward.yaml", "list.json"]
        let documents = try files.flatMap {
            try YAML.parse(Array(Data(contentsOf: URL(filePath: "\(manifests)/\($0)"))))
        }
        return try named(
            documents.flatMap { $0.value["items"]?.array ?? [$0.value] }.map { value in
                var object = try #require(KubeObject(value))
                for field in ["uid", "resourceVersion", "creationTimestamp"] { object.metadata[field] = nil }
                if object.name == "from-server" { object.metadata["annotations"] = nil }
                return object.value
            })
    }

    @Test("with the defaults helm renders what went in")
    func identity() async throws {
        let input = try Self.input()
        try await Self.withChart { chart in
            let rendered = try await Self.render(chart)
            #expect(rendered.keys.sorted() == input.keys.sorted())
            for (name, value) in input { #expect(rendered[name] == value, "\(name)") }
            let lint = try await Program.run("helm", ["lint", "--strict", chart])
            #expect(lint.exitCode == 0, "\(lint)")
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let setting: [String]
        let template: String
        let path: [String]
        let value: JSONValue?
        var testDescription: String { setting.joined(separator: " ") }
    }

    static let changes = [
        Change(
            setting: ["--set", "templates.on.parameters.large=7"], template: "on",
            path: ["parameters", "4", "default"], value: 7),
        Change(
            setting: ["--set-json", #"templates.on.parameters.odd_type="{{ x }}""#], template: "on",
            path: ["parameters", "13", "default"], value: "{{ x }}"),
        Change(
            setting: ["--set", "templates.on.parameters.flag=null"], template: "on",
            path: ["parameters", "6", "default"], value: nil),
        Change(
            setting: ["--set", "templates.on.parameters.required_one=now"], template: "on",
            path: ["parameters", "11", "default"], value: "now"),
        Change(
            setting: ["--set", "templates.on.parameters.list={a,b}"], template: "on",
            path: ["parameters", "7", "default"], value: ["a", "b"]),
        Change(
            setting: ["--set", "templates.1\\.2.containers.c.image=x:1"], template: "1.2",
            path: ["spec", "template", "spec", "containers", "0", "image"], value: "x:1"),
        Change(
            setting: ["--set", "templates.on.containers.main.resources.limits.cpu=2"], template: "on",
            path: ["spec", "template", "spec", "containers", "0", "resources", "limits", "cpu"], value: 2),
        Change(
            setting: ["--set", "templates.true\\.yes\\.null.containers.no-image.resources.limits.cpu=3"],
            template: "true.yes.null", path: ["spec", "template", "spec", "containers", "0", "resources"],
            value: ["limits": ["cpu": 3]]),
    ]

    @Test("a value changes what it is for and nothing else", arguments: changes)
    func change(_ change: Change) async throws {
        var expected = try Self.input()
        expected[change.template]?.change(change.path[...], to: change.value)
        try await Self.withChart { chart in
            let result = try await Program.run("helm", ["template", "r", chart] + change.setting)
            try #require(result.exitCode == 0, "\(result)")
            let rendered = try Self.named(YAML.parse(result.output).map(\.value))
            for (name, value) in expected { #expect(rendered[name] == value, "\(name)") }
        }
    }

    static let refusals: [(setting: String, words: String)] = [
        ("templates.on.parameters.large=x", "/templates/on/parameters/large"),
        ("templates.on.parameters.large=0", "minimum"),
        ("templates.on.parameters.bool_as_text=maybe", "/templates/on/parameters/bool_as_text"),
        ("templates.on.parameters.matched=x", "does not match pattern"),
        ("templates.on.parameters.other=x", "'other' not allowed"),
        ("templates.on.containers.main.image=null", "missing property 'image'"),
        ("templats.on=x", "'templats' not allowed"),
    ]

    @Test("the schema refuses a wrong value and names it", arguments: refusals)
    func refusal(setting: String, words: String) async throws {
        try await Self.withChart { chart in
            let result = try await Program.run("helm", ["template", "r", chart, "--set", setting])
            #expect(result.exitCode != 0)
            #expect(result.error.contains(words), "\(result)")
        }
    }

    @Test("an installed chart's templates run with the chart's values")
    func install() async throws {
        try await RunningCluster.with { cluster in
            let manifest = try cluster.file(
                "greet.yaml",
                """
                apiVersion: cellbytes.io/v1
                kind: JobTemplate
                metadata: {name: greet}
                parameters:
                - {name: whom, default: "{{ nobody }}"}
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      containers:
                      - {name: main, image: "busybox:1.36", command: [echo, "Hello $(params.whom)"]}

                """)
            try await Self.withChart(of: manifest) { chart in
                try await cluster.output("helm", "install", "greetings", chart)
                #expect(try await cluster.output("kubectl-run_template", "greet") == "Hello {{ nobody }}\n")
                try await cluster.output(
                    "helm", "upgrade", "greetings", chart, "--set", "templates.greet.parameters.whom=Ada")
                #expect(try await cluster.output("kubectl-run_template", "greet") == "Hello Ada\n")
            }
        }
    }
}

extension JSONValue {
    /// Sets the value at a path of names and positions; nil removes it.
    fileprivate mutating func change(_ path: ArraySlice<String>, to value: JSONValue?) {
        guard let first = path.first else { return }
        if let index = Int(first), case .array(var elements) = self {
            if path.count == 1, let value {
                elements[index] = value
            } else {
                elements[index].change(path.dropFirst(), to: value)
            }
            self = .array(elements)
        } else if path.count == 1 {
            self[first] = value
        } else {
            var child = self[first] ?? [:]
            child.change(path.dropFirst(), to: value)
            self[first] = child
        }
    }
}
