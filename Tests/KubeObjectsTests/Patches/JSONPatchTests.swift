import KubeObjects
import Testing

struct JSONPatchTests {
    struct ApplyCase: Sendable, CustomTestStringConvertible {
        var patch: JSONValue
        var target: JSONValue
        /// Nil if the patch must not apply.
        var result: JSONValue?
        var testDescription: String { patch.encodedString() }

        init(_ operations: [JSONValue], _ target: JSONValue, _ result: JSONValue?) {
            (patch, self.target, self.result) = (.array(operations), target, result)
        }
    }

    static let cases: [ApplyCase] = [
        ApplyCase([], ["a": 1], ["a": 1]),
        ApplyCase([["op": "add", "path": "/b", "value": 2]], ["a": 1], ["a": 1, "b": 2]),
        ApplyCase([["op": "add", "path": "/a", "value": .null]], ["a": 1], ["a": .null]),
        ApplyCase([["op": "add", "path": "/l/1", "value": 9]], ["l": [1, 2]], ["l": [1, 9, 2]]),
        ApplyCase([["op": "add", "path": "/l/2", "value": 9]], ["l": [1, 2]], ["l": [1, 2, 9]]),
        ApplyCase([["op": "add", "path": "/l/-", "value": 9]], ["l": [1, 2]], ["l": [1, 2, 9]]),
        ApplyCase([["op": "add", "path": "/l/3", "value": 9]], ["l": [1, 2]], nil),
        ApplyCase([["op": "add", "path": "/l/01", "value": 9]], ["l": [1, 2]], ["l": [1, 9, 2]]),
        ApplyCase([["op": "add", "path": "/l/-1", "value": 9]], ["l": [1, 2]], ["l": [1, 2, 9]]),
        ApplyCase([["op": "add", "path": "/l/-3", "value": 9]], ["l": [1, 2]], ["l": [9, 1, 2]]),
        ApplyCase([["op": "add", "path": "/l/-4", "value": 9]], ["l": [1, 2]], nil),
        ApplyCase([["op": "add", "path": "/l/-1/x", "value": 9]], ["l": [1, [:]]], ["l": [1, ["x": 9]]]),
        ApplyCase([["op": "add", "path": "/l/-/x", "value": 9]], ["l": [1, [:]]], nil),
        ApplyCase([["op": "add", "path": "/l/x", "value": 9]], ["l": [1, 2]], nil),
        ApplyCase([["op": "add", "path": "/l/0/x", "value": 9]], ["l": [[:]]], ["l": [["x": 9]]]),
        ApplyCase([["op": "add", "path": "/x/y", "value": 9]], [:], nil),
        ApplyCase([["op": "add", "path": "/a/b", "value": 9]], ["a": "text"], nil),
        ApplyCase([["op": "add", "path": "/a"]], [:], ["a": .null]),
        ApplyCase([["op": "replace", "path": "/a"]], ["a": 1], ["a": .null]),
        ApplyCase([["op": "add", "path": "a", "value": 1]], [:], nil),
        ApplyCase([["op": "add", "path": "x/a", "value": 2]], ["a": 1], ["a": 2]),
        ApplyCase([["op": "add", "path": "", "value": [1]]], ["a": 1], nil),
        ApplyCase([["op": "add", "path": "/a/b", "value": 1]], ["a": .null], nil),
        ApplyCase([["op": "add", "path": "/a~1b~0c", "value": 1]], [:], ["a/b~c": 1]),
        ApplyCase([["op": "add", "path": "/m/~01", "value": 1]], ["m": [:]], ["m": ["~1": 1]]),
        ApplyCase([["op": "remove", "path": "/a"]], ["a": 1, "b": 2], ["b": 2]),
        ApplyCase([["op": "remove", "path": "/l/0"]], ["l": [1, 2]], ["l": [2]]),
        ApplyCase([["op": "remove", "path": "/none"]], ["a": 1], nil),
        ApplyCase([["op": "remove", "path": "/l/2"]], ["l": [1, 2]], nil),
        ApplyCase([["op": "remove", "path": "/l/-1"]], ["l": [1, 2]], ["l": [1]]),
        ApplyCase([["op": "remove", "path": "/l/-3"]], ["l": [1, 2]], nil),
        ApplyCase([["op": "remove", "path": "/l/-"]], ["l": [1, 2]], nil),
        ApplyCase([["op": "remove", "path": ""]], ["a": 1], nil),
        ApplyCase([["op": "replace", "path": "/a/b", "value": 3]], ["a": ["b": 1]], ["a": ["b": 3]]),
        ApplyCase([["op": "replace", "path": "/l/1", "value": 3]], ["l": [1, 2]], ["l": [1, 3]]),
        ApplyCase([["op": "replace", "path": "/l/-2", "value": 3]], ["l": [1, 2]], ["l": [3, 2]]),
        ApplyCase([["op": "replace", "path": "/l/-", "value": 3]], ["l": [1, 2]], nil),
        ApplyCase([["op": "replace", "path": "/l/2", "value": 3]], ["l": [1, 2]], nil),
        ApplyCase([["op": "replace", "path": "/none", "value": 3]], ["a": 1], ["a": 1, "none": 3]),
        ApplyCase([["op": "replace", "path": "/none/b", "value": 3]], ["a": 1], nil),
        ApplyCase([["op": "replace", "path": "", "value": ["b": 2]]], ["a": 1], ["b": 2]),
        ApplyCase([["op": "replace", "path": "", "value": 2]], ["a": 1], nil),
        ApplyCase([["op": "move", "from": "/a", "path": "/b"]], ["a": 1], ["b": 1]),
        ApplyCase([["op": "move", "from": "/l/0", "path": "/l/-"]], ["l": [1, 2, 3]], ["l": [2, 3, 1]]),
        ApplyCase([["op": "move", "from": "/none", "path": "/b"]], ["a": 1], nil),
        ApplyCase([["op": "copy", "from": "/a", "path": "/b/c"]], ["a": [1], "b": [:]], ["a": [1], "b": ["c": [1]]]),
        ApplyCase([["op": "move", "from": "/l/-1", "path": "/l/0"]], ["l": [1, 2, 3]], ["l": [3, 1, 2]]),
        ApplyCase([["op": "move", "from": "", "path": "/b"]], ["a": 1], nil),
        ApplyCase([["op": "copy", "from": "/l/-2", "path": "/l/-"]], ["l": [1, 2]], ["l": [1, 2, 1]]),
        ApplyCase([["op": "copy", "from": "/none", "path": "/b"]], ["a": 1], ["a": 1, "b": .null]),
        ApplyCase([["op": "copy", "from": "/none/x", "path": "/b"]], ["a": 1], nil),
        ApplyCase([["op": "copy", "from": "", "path": "/b"]], ["a": 1], nil),
        ApplyCase(
            [["op": "test", "path": "/a", "value": ["x": 1, "y": 2]]], ["a": ["y": 2, "x": 1]], ["a": ["y": 2, "x": 1]]),
        ApplyCase([["op": "test", "path": "/a", "value": "1"]], ["a": 1], nil),
        ApplyCase([["op": "test", "path": "/none", "value": .null]], ["a": 1], ["a": 1]),
        ApplyCase([["op": "test", "path": "/none", "value": 1]], ["a": 1], nil),
        ApplyCase([["op": "test", "path": "/none/x", "value": .null]], ["a": 1], nil),
        ApplyCase([["op": "test", "path": "/l/-1", "value": 2]], ["l": [1, 2]], ["l": [1, 2]]),
        ApplyCase([["op": "test", "path": "/l/2", "value": .null]], ["l": [1, 2]], nil),
        ApplyCase([["op": "test", "path": "", "value": ["a": 1]]], ["a": 1], ["a": 1]),
        ApplyCase([["op": "frobnicate", "path": "/a"]], ["a": 1], nil),
        ApplyCase(
            [["op": "remove", "path": "/a"], ["op": "test", "path": "/b", "value": 9]], ["a": 1, "b": 2], nil),
    ]

    @Test func copiesOfCopiesDoNotFillTheMemory() throws {
        let copy: JSONValue = ["op": "copy", "from": "/a", "path": "/a/-"]
        let patch = try JSONPatch(.array(Array(repeating: copy, count: 60)))
        let failure = #expect(throws: JSONPatch.Failure.self) { try patch.apply(to: ["a": [1]]) }
        #expect(failure?.description.contains("the limit is 3145728") == true)
    }

    @Test func whatWouldBeTooDeepIsNotAdded() throws {
        func nested(_ depth: Int) -> JSONValue { (0..<depth).reduce(1) { value, _ in ["a": value] } }
        let path = String(repeating: "/a", count: 800)
        let target = nested(800)
        for name in ["add", "replace"] {
            let fitting = try JSONPatch([["op": .string(name), "path": .string(path), "value": nested(200)]])
            #expect(try fitting.apply(to: target) == nested(1000))
            let deeper = try JSONPatch([["op": .string(name), "path": .string(path), "value": nested(201)]])
            #expect(throws: JSONPatch.Failure.notApplied("\(name) operation does not apply: exceeded max depth")) {
                try deeper.apply(to: target)
            }
        }
    }

    @Test(arguments: cases) func appliesAllOrNothing(_ given: ApplyCase) throws {
        let patch = try JSONPatch(given.patch)
        if let result = given.result {
            #expect(try patch.apply(to: given.target) == result)
        } else {
            #expect(throws: JSONPatch.Failure.self) { try patch.apply(to: given.target) }
        }
    }

    @Test func malformedPatchesHaveTheServersWords() {
        #expect(
            throws: JSONPatch.Failure.malformed(
                "json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")
        ) { try JSONPatch(["op": "add"]) }
        #expect(
            throws: JSONPatch.Failure.malformed(
                "json: cannot unmarshal string into Go value of type handlers.jsonPatchOp")
        ) { try JSONPatch(["add"]) }
        #expect(
            throws: JSONPatch.Failure.malformed(
                "json: cannot unmarshal number into Go struct field jsonPatchOp.path of type string")
        ) { try JSONPatch([["op": "add", "path": 1]]) }
        #expect(throws: JSONPatch.Failure.notApplied("add operation does not apply: missing path")) {
            try JSONPatch([["op": "add", "value": 1]])
        }
    }
}
