import KubeObjects
import Testing

@testable import FakeCluster

struct SimpleJSONPathTests {
    struct PathCase: Sendable, CustomTestStringConvertible {
        var path: String
        var values: [JSONValue]
        var testDescription: String { path }
    }

    private static let object: JSONValue = [
        "spec": ["a.b": 1, "color": "red", "list": [10, 20, 30, 40]],
        "status": [
            "conditions": [
                ["type": "Other", "status": "False", "n": 1], ["type": "Ready", "status": "True", "n": 2],
            ]
        ],
    ]

    @Test(arguments: [
        PathCase(path: ".spec.color", values: ["red"]), PathCase(path: "{.spec.color}", values: ["red"]),
        PathCase(path: "spec.color", values: ["red"]), PathCase(path: "$.spec.color", values: ["red"]),
        PathCase(path: ".spec['a.b']", values: [1]), PathCase(path: #".spec.a\.b"#, values: [1]),
        PathCase(path: ".spec.list[1]", values: [20]), PathCase(path: ".spec.list[-1]", values: [40]),
        PathCase(path: ".spec.list[-1:]", values: [40]), PathCase(path: ".spec.list[1:3]", values: [20, 30]),
        PathCase(path: ".spec.list[0:4:2]", values: [10, 30]), PathCase(path: ".spec.list[9]", values: []),
        PathCase(path: ".spec.list[*]", values: [10, 20, 30, 40]), PathCase(path: ".spec.none.deeper", values: []),
        PathCase(path: #".status.conditions[?(@.type=="Ready")].status"#, values: ["True"]),
        PathCase(path: ".status.conditions[?(@.type == 'Ready')].status", values: ["True"]),
        PathCase(path: ".status.conditions[?(@.n>1)].type", values: ["Ready"]),
        PathCase(path: ".status.conditions[?(@.type!=\"Ready\")].type", values: ["Other"]),
        PathCase(path: ".status.conditions[?(@.none)].type", values: []),
        PathCase(path: ".status.conditions[-1:].type", values: ["Ready"]),
    ])
    func `a path leads to its values`(example: PathCase) throws {
        #expect(try SimpleJSONPath(example.path).values(in: Self.object) == example.values)
    }

    @Test(arguments: [".a[", ".a[x]", ".a[?(@.b==c)]", "..a", ".a.['b", ".a[1:2:3:4]", ".a[b]c"])
    func `a text that is no path is refused`(text: String) {
        #expect(throws: SimpleJSONPathError.self) { try SimpleJSONPath(text) }
    }
}
