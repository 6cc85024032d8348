import KubeObjects
import Testing

struct MergePatchTests {
    struct ApplyCase: Sendable, CustomTestStringConvertible {
        var target: JSONValue
        var patch: JSONValue
        var result: JSONValue
        var testDescription: String { "\(target.encodedString()) + \(patch.encodedString())" }

        init(_ target: JSONValue, _ patch: JSONValue, _ result: JSONValue) {
            (self.target, self.patch, self.result) = (target, patch, result)
        }
    }

    /// The examples of RFC 7386, appendix A.
    static let examples: [ApplyCase] = [
        ApplyCase(["a": "b"], ["a": "c"], ["a": "c"]), ApplyCase(["a": "b"], ["b": "c"], ["a": "b", "b": "c"]),
        ApplyCase(["a": "b"], ["a": .null], [:]), ApplyCase(["a": "b", "b": "c"], ["a": .null], ["b": "c"]),
        ApplyCase(["a": ["b"]], ["a": "c"], ["a": "c"]), ApplyCase(["a": "c"], ["a": ["b"]], ["a": ["b"]]),
        ApplyCase(["a": ["b": "c"]], ["a": ["b": "d", "c": .null]], ["a": ["b": "d"]]),
        ApplyCase(["a": [["b": "c"]]], ["a": [1]], ["a": [1]]), ApplyCase(["a", "b"], ["c", "d"], ["c", "d"]),
        ApplyCase(["a": "b"], ["c"], ["c"]), ApplyCase(["a": "foo"], .null, .null),
        ApplyCase(["a": "foo"], "bar", "bar"),
        ApplyCase(["e": .null], ["a": 1], ["e": .null, "a": 1]),
        ApplyCase([1, 2], ["a": "b", "c": .null], ["a": "b"]),
        ApplyCase([:], ["a": ["bb": ["ccc": .null]]], ["a": ["bb": [:]]]),
    ]

    @Test(arguments: examples) func mergesAsTheRFCSays(_ given: ApplyCase) {
        #expect(MergePatch.apply(given.patch, to: given.target) == given.result)
    }

    @Test func makesTheSmallestPatch() {
        let old: JSONObject = ["a": 1, "b": ["c": 1, "d": 2], "l": [1], "gone": true]
        let new: JSONObject = ["a": 1, "b": ["c": 1, "d": 3, "e": [:]], "l": [1, 2], "new": "x"]
        #expect(
            MergePatch.make(from: old, to: new) == [
                "b": ["d": 3, "e": [:]], "l": [1, 2], "new": "x", "gone": .null,
            ])
        #expect(MergePatch.make(from: old, to: old).isEmpty)
    }

    /// What is made leads from one object to the other, as far as no null is involved.
    @Test(arguments: UInt64(1)...40) func whatIsMadeApplies(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let old: JSONObject = ["x": JSONValue.random(using: &random).withoutNulls]
            let new: JSONObject = ["x": JSONValue.random(using: &random).withoutNulls, "y": 1]
            let patch = MergePatch.make(from: old, to: new)
            #expect(MergePatch.apply(.object(patch), to: .object(old)) == .object(new))
        }
    }
}

extension JSONValue {
    fileprivate var withoutNulls: JSONValue {
        switch self {
        case .null: "none"
        case .array(let elements): .array(elements.map(\.withoutNulls))
        case .object(let members): .object(members.mapValues(\.withoutNulls))
        default: self
        }
    }
}
