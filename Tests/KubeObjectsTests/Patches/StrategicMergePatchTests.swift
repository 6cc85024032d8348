import KubeObjects
import Testing

/// A type's description for tests.
private struct TestSchema: MergeSchema {
    var members: [String: TestSchema] = [:]
    var elements: [TestSchema] = []
    var patchMergeKey: String?
    var patchStrategies: [String] = []
    var listType: String?
    var listMapKeys: [String] = []
    var isAtomicMap = false
    var defaultValue: JSONValue?

    func declares(_ name: String) -> Bool { members[name] != nil }
    func member(_ name: String) -> (any MergeSchema)? { members[name] }
    var element: (any MergeSchema)? { elements.first }
}

struct StrategicMergePatchTests {
    private static let pod: TestSchema = {
        let env = TestSchema(elements: [TestSchema()], patchMergeKey: "name", patchStrategies: ["merge"])
        let container = TestSchema(members: ["env": env, "args": TestSchema()])
        let containers = TestSchema(elements: [container], patchMergeKey: "name", patchStrategies: ["merge"])
        let finalizers = TestSchema(elements: [TestSchema()], patchStrategies: ["merge"])
        return TestSchema(members: [
            "containers": containers, "finalizers": finalizers, "selector": TestSchema(patchStrategies: ["replace"]),
            "strategy": TestSchema(patchStrategies: ["retainKeys"]),
        ])
    }()

    struct ApplyCase: Sendable, CustomTestStringConvertible {
        var name: String
        var original: JSONObject
        var patch: JSONObject
        var result: JSONObject
        var testDescription: String { name }

        init(_ name: String, _ original: JSONObject, _ patch: JSONObject, _ result: JSONObject) {
            (self.name, self.original, self.patch, self.result) = (name, original, patch, result)
        }
    }

    static let cases: [ApplyCase] = [
        ApplyCase(
            "members merge and null removes", ["a": 1, "m": ["x": 1, "y": 2]], ["m": ["x": .null, "z": 3]],
            ["a": 1, "m": ["y": 2, "z": 3]]),
        ApplyCase(
            "elements merge by key and keep their places",
            ["containers": [["name": "a", "image": "1"], ["name": "b", "image": "2"]]],
            ["containers": [["name": "b", "image": "3"]]],
            ["containers": [["name": "a", "image": "1"], ["name": "b", "image": "3"]]]),
        ApplyCase(
            "new elements come first",
            ["containers": [["name": "a"]]], ["containers": [["name": "b"]]],
            ["containers": [["name": "b"], ["name": "a"]]]),
        ApplyCase(
            "lists in elements merge too",
            ["containers": [["name": "a", "env": [["name": "X", "value": "1"], ["name": "Y", "value": "2"]]]]],
            ["containers": [["name": "a", "env": [["name": "Y", "value": "3"]]]]],
            ["containers": [["name": "a", "env": [["name": "X", "value": "1"], ["name": "Y", "value": "3"]]]]]),
        ApplyCase(
            "lists of no strategy are replaced",
            ["containers": [["name": "a", "args": ["1", "2"]]]], ["containers": [["name": "a", "args": ["3"]]]],
            ["containers": [["name": "a", "args": ["3"]]]]),
        ApplyCase(
            "an element is deleted",
            ["containers": [["name": "a"], ["name": "b"]]], ["containers": [["$patch": "delete", "name": "a"]]],
            ["containers": [["name": "b"]]]),
        ApplyCase(
            "a list is replaced",
            ["containers": [["name": "a"], ["name": "b"]]], ["containers": [["$patch": "replace"], ["name": "c"]]],
            ["containers": [["name": "c"]]]),
        ApplyCase("a map is replaced", ["m": ["x": 1]], ["m": ["$patch": "replace", "y": 2]], ["m": ["y": 2]]),
        ApplyCase("a map is emptied", ["m": ["x": 1]], ["m": ["$patch": "delete"]], ["m": [:]]),
        ApplyCase("a directive without a counterpart is nothing", [:], ["m": ["$patch": "replace", "y": 2]], [:]),
        ApplyCase(
            "nulls and directives do not enter new values", [:],
            ["m": ["a": .null, "$retainKeys": ["b"], "b": 1], "containers": [["$patch": "delete", "name": "x"]]],
            ["m": ["b": 1], "containers": []]),
        ApplyCase(
            "a map whose strategy is replace", ["selector": ["a": 1]], ["selector": ["b": 2]], ["selector": ["b": 2]]),
        ApplyCase(
            "retained keys", ["strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1]]],
            ["strategy": ["$retainKeys": ["type"], "type": "Recreate"]], ["strategy": ["type": "Recreate"]]),
        ApplyCase(
            "primitives merge, new ones first",
            ["finalizers": ["a"]], ["finalizers": ["b", "a"]], ["finalizers": ["b", "a"]]),
        ApplyCase("primitives merge", ["finalizers": ["a"]], ["finalizers": ["b"]], ["finalizers": ["b", "a"]]),
        ApplyCase(
            "primitives are deleted", ["finalizers": ["a", "b", "c"]],
            ["$deleteFromPrimitiveList/finalizers": ["a", "c"]], ["finalizers": ["b"]]),
        ApplyCase("deleting from nothing", [:], ["$deleteFromPrimitiveList/finalizers": ["a"]], [:]),
        ApplyCase(
            "an order without changes",
            ["containers": [["name": "a"], ["name": "b"]]],
            ["$setElementOrder/containers": [["name": "b"], ["name": "a"]]],
            ["containers": [["name": "b"], ["name": "a"]]]),
        ApplyCase(
            "an order with changes and elements that it does not name",
            ["containers": [["name": "s"], ["name": "a"], ["name": "t"]]],
            [
                "$setElementOrder/containers": [["name": "n"], ["name": "a"]],
                "containers": [["name": "n", "image": "1"], ["name": "a", "image": "2"]],
            ],
            ["containers": [["name": "n", "image": "1"], ["name": "s"], ["name": "a", "image": "2"], ["name": "t"]]]),
        ApplyCase(
            "an order and a deletion",
            ["containers": [["name": "a"], ["name": "b"]]],
            [
                "$setElementOrder/containers": [["name": "b"]], "containers": [["$patch": "delete", "name": "a"]],
            ],
            ["containers": [["name": "b"]]]),
        ApplyCase(
            "an order of primitives", ["finalizers": ["a", "b"]],
            ["$setElementOrder/finalizers": ["c", "b", "a"], "finalizers": ["c"]], ["finalizers": ["c", "b", "a"]]),
        ApplyCase(
            "other types replace", ["m": ["x": 1], "l": [1]], ["m": "text", "l": ["x": 1]],
            ["m": "text", "l": ["x": 1]]),
    ]

    @Test(arguments: cases) func merges(_ given: ApplyCase) throws {
        let result = try StrategicMergePatch.apply(given.patch, to: given.original, schema: Self.pod)
        #expect(
            JSONValue.object(result).encodedString(sortedKeys: true)
                == JSONValue.object(given.result).encodedString(sortedKeys: true))
    }

    struct FaultCase: Sendable, CustomTestStringConvertible {
        var patch: JSONObject
        var message: String
        var testDescription: String { JSONValue.object(patch).encodedString() }

        init(_ patch: JSONObject, _ message: String) { (self.patch, self.message) = (patch, message) }
    }

    static let faults: [FaultCase] = [
        FaultCase(["containers": [["image": "x"]]], "map: map[image:x] does not contain declared merge key: name"),
        FaultCase(
            ["containers": [["$patch": "delete"]]], "map: map[$patch:delete] does not contain declared merge key: name"),
        FaultCase(
            ["containers": [["$patch": "what", "name": "a"]]],
            "unknown patch type: what in map: map[$patch:what name:a]"),
        FaultCase(["containers": [["x"]]], "lists of lists are not supported"),
        FaultCase(["$patch": "what"], "unknown patch type: what in map: map[$patch:what]"),
        FaultCase(["strategy": ["$retainKeys": "type"]], "invalid patch format of retainKeys"),
        FaultCase(["strategy": ["$retainKeys": ["type"], "other": 1]], "invalid patch format of retainKeys"),
        FaultCase(["$setElementOrder/containers": "x"], "invalid patch format of setElementOrder list"),
        FaultCase(["$deleteFromPrimitiveList/finalizers": "x"], "invalid patch format of primitive list"),
        FaultCase(
            ["$setElementOrder/containers": [["name": "a"]], "containers": [["name": "b"]]],
            "The order in patch list:\n[map[name:b]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n"),
    ]

    @Test(arguments: faults) func faultsHaveTheServersWords(_ given: FaultCase) {
        let original: JSONObject = ["containers": [["name": "a"]], "strategy": ["type": "x"], "finalizers": ["f"]]
        let error = #expect(throws: StrategicMergePatch.Failure.self) {
            try StrategicMergePatch.apply(given.patch, to: original, schema: Self.pod)
        }
        #expect(error?.description == given.message)
    }

    @Test func withoutASchemaListsAreReplaced() throws {
        let result = try StrategicMergePatch.apply(
            ["l": [["name": "b"]], "m": ["y": 2]], to: ["l": [["name": "a"]], "m": ["x": 1]], schema: nil)
        #expect(result == ["l": [["name": "b"]], "m": ["x": 1, "y": 2]])
    }
}
