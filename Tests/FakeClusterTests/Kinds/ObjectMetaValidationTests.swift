import KubeObjects
import Testing

@testable import FakeCluster

struct ObjectMetaValidationTests {
    private static let owner: JSONValue = ["apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"]

    private static func controller(_ name: String) -> JSONValue {
        ["apiVersion": "v1", "kind": "Pod", "name": .string(name), "uid": "u", "controller": true]
    }

    @Test(arguments: [
        FaultCase("metadata/ownerReferences", [owner], nil),
        FaultCase("metadata/finalizers", ["example.com/keep", "orphan"], nil),
        FaultCase(
            "metadata/finalizers", ["keep"],
            "metadata.finalizers[0]: Invalid value: \"keep\": name is neither a standard finalizer name nor is it fully qualified"
        ),
        FaultCase(
            "metadata/finalizers", ["orphan", "foregroundDeletion"],
            "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan and foregroundDeletion cannot be both set"
        ),
        FaultCase(
            "metadata/ownerReferences", [["apiVersion": "v1", "kind": "Pod", "name": "", "uid": "u"]],
            "metadata.ownerReferences.name: Invalid value: \"\": must not be empty"),
        FaultCase(
            "metadata/ownerReferences", [["apiVersion": "v1", "kind": "Event", "name": "e", "uid": "u"]],
            "metadata.ownerReferences: Invalid value: {\"apiVersion\":\"v1\",\"kind\":\"Event\",\"name\":\"e\",\"uid\":\"u\"}: /v1, Kind=Event is disallowed from being an owner"
        ),
        FaultCase(
            "metadata/labels", ["a": "b", "": "c"], "metadata.labels: Invalid value: \"\": name part must be non-empty"),
        FaultCase("metadata/annotations", ["UPPER.example.com/a": "x"], nil),
    ])
    func `metadata that breaks a rule is refused`(example: FaultCase) throws {
        let (_, faults) = try KindWalk("ConfigMap").create(example.applied(to: ["metadata": [:]]))
        if let fault = example.fault {
            #expect(faults.contains(fault), "\(faults)")
        } else {
            #expect(faults.isEmpty, "\(faults)")
        }
    }

    @Test func `only one owner is the controller`() throws {
        let object: JSONValue = ["metadata": ["ownerReferences": [Self.controller("a"), Self.controller("b")]]]
        let faults = try KindWalk("ConfigMap").create(object).faults
        #expect(
            faults.first?.hasSuffix(
                "Only one reference can have Controller set to true. Found \"true\" in references for Pod/a and Pod/b")
                == true)
    }

    /// `ValidateObjectMetaUpdate` in `validateCommonFields` and in the strategies: each check tells its faults.
    @Test(arguments: [("ConfigMap", "v1", 2), ("Lease", "coordination.k8s.io/v1", 1), ("LimitRange", "v1", 1)])
    func `a fault of changed labels is told by every check that finds it`(kind: (String, String, Int)) throws {
        let walk = try KindWalk(kind.0, kind.1)
        let object = try walk.create([:]).object
        let faults = try walk.update(object) { $0.set(["a b": "c"], at: ["metadata", "labels"]) }.faults
        #expect(faults.count == kind.2)
        #expect(Set(faults).count == 1)
    }

    @Test func `annotations together have at most 256 KiB`() throws {
        let object: JSONValue = ["metadata": ["annotations": ["a": .string(String(repeating: "x", count: 262_144))]]]
        #expect(
            try KindWalk("ConfigMap").create(object).faults == [
                "metadata.annotations: Too long: may not be more than 262144 bytes"
            ])
    }
}
