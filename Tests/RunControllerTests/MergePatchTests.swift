import KubeObjects
import Testing

@testable import RunController

struct MergePatchTests {
    struct PatchCase: Sendable, CustomTestStringConvertible {
        var name: String
        var old: JSONObject
        var new: JSONObject
        var patch: JSONObject?
        var testDescription: String { name }
    }

    @Test(arguments: [
        PatchCase(name: "equal", old: ["a": 1], new: ["a": 1], patch: nil),
        PatchCase(
            name: "changed and new", old: ["a": 1, "b": 2], new: ["a": 3, "b": 2, "c": 4], patch: ["a": 3, "c": 4]),
        PatchCase(name: "removed", old: ["a": 1, "b": 2], new: ["b": 2], patch: ["a": .null]),
        PatchCase(
            name: "only what differs inside an object", old: ["o": ["x": 1, "y": 2]], new: ["o": ["x": 1, "z": 3]],
            patch: ["o": ["z": 3, "y": .null]]),
        PatchCase(name: "lists are replaced", old: ["l": [1, 2]], new: ["l": [1]], patch: ["l": [1]]),
        PatchCase(name: "another type", old: ["a": ["x": 1]], new: ["a": "x"], patch: ["a": "x"]),
        PatchCase(name: "a wanted null is absence", old: ["a": 1], new: ["a": .null, "b": .null], patch: ["a": .null]),
        PatchCase(name: "an object for nothing", old: [:], new: ["a": ["x": 1]], patch: ["a": ["x": 1]]),
    ])
    func thePatchSaysWhatDiffers(_ row: PatchCase) {
        #expect(mergePatch(from: row.old, to: row.new) == row.patch)
    }
}
