import KubeObjects
import KubeSchema
import Testing

struct ServerSideApplyTests {
    private static let start = Timestamp(seconds: 1_795_242_049)
    private static let later = Timestamp(seconds: 1_795_242_100)

    private static func schema(_ apiVersion: String, _ kind: String) -> TypeSchema? {
        BuiltinTypes.schema(for: GroupVersionKind(apiVersion: apiVersion, kind: kind))
    }

    private static func configMap(_ data: JSONValue?) -> KubeObject {
        var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", name: "x")
        object["data"] = data
        return object
    }

    private static func apply(
        _ object: KubeObject, to live: KubeObject?, by manager: String, force: Bool = false, now: Timestamp = start
    ) throws -> KubeObject {
        try ServerSideApply.apply(
            object, to: live, schema: schema(object.apiVersion, object.kind),
            manager: FieldManager(manager, .apply, apiVersion: object.apiVersion), force: force, now: now)
    }

    private static func update(_ object: KubeObject, from live: KubeObject?, by manager: String) -> KubeObject {
        ServerSideApply.track(
            object, from: live, schema: schema(object.apiVersion, object.kind),
            manager: FieldManager(manager, .update, apiVersion: object.apiVersion), now: later)
    }

    private static func owners(_ object: KubeObject) -> [String: JSONValue] {
        var owners: [String: JSONValue] = [:]
        for entry in object.metadata["managedFields"]?.array ?? [] {
            owners[entry["manager"]?.string ?? ""] = entry["fieldsV1"]
        }
        return owners
    }

    /// Creation, conflict, force, and fields given up, as a real server was seen to do it.
    @Test func fieldsHaveOwners() throws {
        let created = try Self.apply(Self.configMap(["a": "1", "b": "1"]), to: nil, by: "one")
        #expect(
            created.metadata["managedFields"] == [
                [
                    "manager": "one", "operation": "Apply", "apiVersion": "v1", "time": "2026-11-21T06:20:49Z",
                    "fieldsType": "FieldsV1", "fieldsV1": ["f:data": ["f:a": [:], "f:b": [:]]],
                ]
            ])
        let changed = try Self.apply(Self.configMap(["a": "2", "b": "1"]), to: created, by: "one", now: Self.later)
        #expect(changed["data"] == ["a": "2", "b": "1"])
        #expect(changed.metadata["managedFields"]?[0]?["time"] == "2026-11-21T06:21:40Z")

        let conflict = #expect(throws: ApplyFailure.self) {
            try Self.apply(Self.configMap(["a": "3"]), to: changed, by: "two")
        }
        #expect(conflict?.description == "Apply failed with 1 conflict: conflict with \"one\": .data.a")

        let forced = try Self.apply(Self.configMap(["a": "3"]), to: changed, by: "two", force: true)
        #expect(Self.owners(forced) == ["one": ["f:data": ["f:b": [:]]], "two": ["f:data": ["f:a": [:]]]])
        #expect(forced["data"] == ["a": "3", "b": "1"])

        let without = try Self.apply(Self.configMap(["b": "1"]), to: forced, by: "one")
        #expect(without["data"] == ["a": "3", "b": "1"])
        let other = try Self.apply(Self.configMap(["c": "1"]), to: without, by: "one")
        #expect(other["data"] == ["a": "3", "c": "1"])
        let empty = try Self.apply(Self.configMap([:]), to: other, by: "one")
        #expect(empty["data"] == ["a": "3"])
        #expect(empty.name == "x")
    }

    @Test func applyingTheSameChangesNothing() throws {
        let created = try Self.apply(Self.configMap(["a": "1"]), to: nil, by: "one")
        #expect(try Self.apply(Self.configMap(["a": "1"]), to: created, by: "one", now: Self.later) == created)
    }

    @Test func whatOnlyTheServerSetsIsLeftAlone() throws {
        var live = try Self.apply(Self.configMap(["a": "1"]), to: nil, by: "one")
        live.metadata["creationTimestamp"] = "2026-11-21T06:20:49Z"
        live.metadata["uid"] = "u"
        var again = Self.configMap(["a": "1"])
        again.metadata["creationTimestamp"] = .null
        #expect(try Self.apply(again, to: live, by: "one", now: Self.later) == live)
        again["data"] = ["b": "1"]
        let changed = try Self.apply(again, to: live, by: "one", now: Self.later)
        #expect(changed.metadata["creationTimestamp"] == "2026-11-21T06:20:49Z")
        #expect(changed.uid == "u")
    }

    @Test func theSameValueIsSharedNotContested() throws {
        let created = try Self.apply(Self.configMap(["a": "1"]), to: nil, by: "one")
        let shared = try Self.apply(Self.configMap(["a": "1"]), to: created, by: "two")
        #expect(Self.owners(shared) == ["one": ["f:data": ["f:a": [:]]], "two": ["f:data": ["f:a": [:]]]])
        let given = try Self.apply(Self.configMap(nil), to: shared, by: "one")
        #expect(given["data"] == ["a": "1"])
        #expect(Self.owners(given) == ["two": ["f:data": ["f:a": [:]]]])
        #expect(try Self.apply(Self.configMap(nil), to: given, by: "two")["data"] == nil)
    }

    @Test func severalConflictsAreListedByManager() throws {
        var live = try Self.apply(Self.configMap(["a": "1", "b": "1"]), to: nil, by: "one")
        var edited = live
        edited["data"] = ["a": "1", "b": "1", "c": "1"]
        live = Self.update(edited, from: live, by: "kubectl-edit")
        let conflict = #expect(throws: ApplyFailure.self) {
            try Self.apply(Self.configMap(["a": "2", "b": "2", "c": "2"]), to: live, by: "two")
        }
        #expect(
            conflict?.description == """
                Apply failed with 3 conflicts: conflicts with "kubectl-edit" using v1:
                - .data.c
                conflicts with "one":
                - .data.a
                - .data.b
                """)
    }

    @Test func whatNobodyOwnedBelongsToThePast() throws {
        let live = Self.configMap(["a": "1"])
        let conflict = #expect(throws: ApplyFailure.self) {
            try Self.apply(Self.configMap(["a": "2"]), to: live, by: "one")
        }
        #expect(
            conflict?.description
                == "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.a")
        let added = try Self.apply(Self.configMap(["b": "1"]), to: live, by: "one")
        #expect(Self.owners(added)["before-first-apply"] == ["f:data": ["f:a": [:]]])
    }

    @Test func updatesOwnWhatTheyChange() throws {
        let created = Self.update(Self.configMap(["a": "1", "b": "1"]), from: nil, by: "create")
        #expect(Self.owners(created) == ["create": ["f:data": [".": [:], "f:a": [:], "f:b": [:]]]])
        var edited = created
        edited["data"] = ["a": "2"]
        edited.metadata["labels"] = ["x": "y"]
        let updated = Self.update(edited, from: created, by: "edit")
        #expect(
            Self.owners(updated) == [
                "create": ["f:data": [:]],
                "edit": ["f:data": ["f:a": [:]], "f:metadata": ["f:labels": [".": [:], "f:x": [:]]]],
            ])
        #expect(Self.update(updated, from: updated, by: "third") == updated)
        var reset = updated
        reset.metadata["managedFields"] = [[:]]
        #expect(Self.update(reset, from: updated, by: "edit").metadata["managedFields"] == nil)
    }

    /// The parts of a pod that are no pointers in Go are there from the start; lists and maps belong to who makes them.
    @Test func aNewPodsFieldsAreOwnedAsOnARealServer() {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", name: "p")
        pod["spec"] = [
            "containers": [["name": "a", "image": "i", "ports": [["containerPort": 80, "protocol": "TCP"]]]],
            "restartPolicy": "Never", "volumes": [["name": "v", "emptyDir": [:]]],
        ]
        #expect(
            Self.owners(Self.update(pod, from: nil, by: "kubectl"))["kubectl"] == [
                "f:spec": [
                    "f:containers": [
                        #"k:{"name":"a"}"#: [
                            ".": [:], "f:image": [:], "f:name": [:],
                            "f:ports": [
                                ".": [:],
                                #"k:{"containerPort":80,"protocol":"TCP"}"#: [
                                    ".": [:], "f:containerPort": [:], "f:protocol": [:],
                                ],
                            ],
                        ]
                    ],
                    "f:restartPolicy": [:],
                    "f:volumes": [
                        ".": [:], #"k:{"name":"v"}"#: [".": [:], "f:emptyDir": [:], "f:name": [:]],
                    ],
                ]
            ])
    }

    @Test func aMissingKeyStandsForItsDefault() throws {
        var live = KubeObject(apiVersion: "v1", kind: "Service", name: "s")
        live["spec"] = ["ports": [["port": 80, "protocol": "TCP", "targetPort": 80]]]
        live = Self.update(live, from: nil, by: "create")
        var applied = KubeObject(apiVersion: "v1", kind: "Service", name: "s")
        applied["spec"] = ["ports": [["port": 80, "name": "http"]]]
        let merged = try Self.apply(applied, to: live, by: "one")
        #expect(
            merged[path: "spec", "ports"] == [["port": 80, "protocol": "TCP", "targetPort": 80, "name": "http"]])
    }

    @Test(
        arguments: [
            (
                ["containers": [["image": "i"]]],
                ".spec.containers: element 0: associative list with keys has an element that omits key field \"name\" (and "
                    + "doesn't have default value)"
            ),
            (
                ["containers": [["name": "a"], ["name": "a"]]],
                ".spec.containers: duplicate entries for key [name=\"a\"]"
            ),
            (["nodes": "a"], ".spec.nodes: field not declared in schema"),
            (["hostNetwork": "a"], ".spec.hostNetwork: expected boolean, got &{a}"),
            (["nodeName": 1], ".spec.nodeName: expected string, got &value.valueUnstructured{Value:1}"),
            (
                ["activeDeadlineSeconds": "a"],
                ".spec.activeDeadlineSeconds: expected numeric (int or float), got string"
            ),
            (
                ["containers": ["a": "b"], "nodeSelector": ["a"]],
                """
                errors:
                  .spec.containers: expected list, got &{map[a:b]}
                  .spec.nodeSelector: expected map, got &{[a]}
                """
            ),
        ] as [(JSONValue, String)])
    func refusesWhatIsNotOfTheType(_ spec: JSONValue, _ message: String) {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", name: "p")
        pod["spec"] = spec
        let text = "failed to create typed patch object (/p; /v1, Kind=Pod): " + message
        #expect(throws: ApplyFailure.untyped(text)) { try Self.apply(pod, to: nil, by: "one") }
    }

    @Test func refusesManagedFields() {
        var object = Self.configMap(nil)
        object.metadata["managedFields"] = [["manager": "x"]]
        #expect(throws: ApplyFailure.invalid("metadata.managedFields must be nil")) {
            try Self.apply(object, to: nil, by: "one")
        }
    }

    @Test func statusHasItsOwnManager() {
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", name: "j")
        job["spec"] = ["parallelism": 1]
        let created = Self.update(job, from: nil, by: "kubectl")
        var running = created
        running["status"] = ["active": 1]
        let manager = FieldManager("controller", .update, apiVersion: "batch/v1", subresource: "status")
        let updated = ServerSideApply.track(
            running, from: created, schema: Self.schema("batch/v1", "Job"), manager: manager, now: Self.later)
        let entries = updated.metadata["managedFields"]?.array ?? []
        #expect(entries.map { $0["subresource"] } == ["status", nil])
        #expect(entries.first?["fieldsV1"] == ["f:status": ["f:active": [:]]])
    }
}

/// Custom resources: lists with keys, sets, atomic lists.
struct ServerSideApplyCustomResourceTests {
    private static func makeSchema() throws -> StructuralSchema {
        try StructuralSchema(openAPIV3: [
            "type": "object",
            "properties": [
                "spec": [
                    "type": "object",
                    "properties": [
                        "items": [
                            "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                            "items": [
                                "type": "object", "required": ["name"],
                                "properties": ["name": ["type": "string"], "v": ["type": "string"]],
                            ],
                        ],
                        "set": ["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "string"]],
                        "atomic": ["type": "array", "items": ["type": "string"]],
                        "numbers": ["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "number"]],
                    ],
                ]
            ],
        ])
    }

    private static func apply(_ spec: JSONValue, to live: KubeObject?, by manager: String) throws -> KubeObject {
        var object = KubeObject(apiVersion: "example.com/v1", kind: "Applied", name: "x")
        object["spec"] = spec
        return try ServerSideApply.apply(
            object, to: live, schema: try makeSchema(),
            manager: FieldManager(manager, .apply, apiVersion: "example.com/v1"),
            now: Timestamp(seconds: 0))
    }

    @Test func listsMergeByTheirKind() throws {
        let one = try Self.apply(
            ["items": [["name": "a", "v": "1"]], "set": ["p"], "atomic": ["1", "2"]], to: nil, by: "one")
        #expect(
            one.metadata["managedFields"]?[0]?["fieldsV1"] == [
                "f:spec": [
                    "f:atomic": [:], "f:items": [#"k:{"name":"a"}"#: [".": [:], "f:name": [:], "f:v": [:]]],
                    "f:set": [#"v:"p""#: [:]],
                ]
            ])
        let two = try Self.apply(["items": [["name": "b", "v": "2"]], "set": ["q"]], to: one, by: "two")
        #expect(
            two["spec"] == [
                "items": [["name": "a", "v": "1"], ["name": "b", "v": "2"]], "set": ["p", "q"], "atomic": ["1", "2"],
            ])
        let conflict = #expect(throws: ApplyFailure.self) { try Self.apply(["atomic": ["3"]], to: two, by: "two") }
        #expect(conflict?.description == "Apply failed with 1 conflict: conflict with \"one\": .spec.atomic")
        let three = try Self.apply(["set": ["p"]], to: two, by: "one")
        #expect(three["spec"] == ["items": [["name": "b", "v": "2"]], "set": ["p", "q"]])
    }

    struct OrderCase: Sendable, CustomTestStringConvertible {
        var live: String
        var applied: String
        var merged: String
        var testDescription: String { "\(live) + \(applied)" }
    }

    static let orders: [OrderCase] = [
        OrderCase(live: "ab", applied: "c", merged: "abc"), OrderCase(live: "abc", applied: "b", merged: "abc"),
        OrderCase(live: "abc", applied: "cb", merged: "acb"), OrderCase(live: "abcd", applied: "db", merged: "acdb"),
        OrderCase(live: "ab", applied: "ba", merged: "ba"), OrderCase(live: "ac", applied: "abc", merged: "abc"),
        OrderCase(live: "xay", applied: "bac", merged: "xbayc"), OrderCase(live: "", applied: "ab", merged: "ab"),
    ]

    @Test(arguments: orders) func sharedElementsStandInTheConfigurationsOrder(_ given: OrderCase) throws {
        func list(_ text: String) -> JSONValue { ["set": .array(text.map { .string(String($0)) })] }
        let live = try Self.apply(list(given.live), to: nil, by: "one")
        let merged = try Self.apply(list(given.applied), to: live, by: "two")
        #expect(merged["spec"] == list(given.merged))
    }

    @Test func aNumberIsOneElementHoweverItIsWritten() throws {
        let one = try Self.apply(["numbers": [.double(1), 2]], to: nil, by: "one")
        let fields: JSONValue = ["f:spec": ["f:numbers": ["v:1": [:], "v:2": [:]]]]
        #expect(one.metadata["managedFields"]?[0]?["fieldsV1"] == fields)
        let again = try Self.apply(["numbers": [1, .double(2)]], to: one, by: "one")
        #expect(again.metadata["managedFields"]?[0]?["fieldsV1"] == fields)
        #expect(again["spec"]?["numbers"]?.array?.count == 2)
        let text =
            "failed to create typed patch object (/x; example.com/v1, Kind=Applied): .spec.numbers: duplicate entries "
            + "for key [=1]"
        #expect(throws: ApplyFailure.untyped(text)) {
            try Self.apply(["numbers": [1, .double(1)]], to: nil, by: "one")
        }
    }

    @Test func withoutASchemaListsAreAtomic() throws {
        var object = KubeObject(apiVersion: "example.com/v1", kind: "Free", name: "x")
        object["spec"] = ["list": [["a": 1]], "map": ["deep": ["x": 1]]]
        let applied = try ServerSideApply.apply(
            object, to: nil, schema: nil, manager: FieldManager("one", .apply, apiVersion: "example.com/v1"),
            now: Timestamp(seconds: 0))
        #expect(
            applied.metadata["managedFields"]?[0]?["fieldsV1"] == [
                "f:spec": [".": [:], "f:list": [:], "f:map": [".": [:], "f:deep": [".": [:], "f:x": [:]]]]
            ])
    }

    /// Whatever is applied in whatever order: what a manager applied last is in the object, and applying it again
    /// changes nothing.
    @Test(arguments: UInt64(1)...30) func theLastConfigurationHolds(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var live: KubeObject?
        for _ in 0..<25 {
            let names = "abcdef".filter { _ in Bool.random(using: &random) }.shuffled(using: &random).map { String($0) }
            // An empty list or map owns nothing; what is left of it is not told apart from what was never there.
            if names.isEmpty { continue }
            let spec: JSONValue = [
                "items": .array(names.map { ["name": .string($0)] }), "set": .array(names.map { .string($0) }),
            ]
            let manager = ["one", "two", "three"].randomElement(using: &random) ?? "one"
            let next = try Self.apply(spec, to: live, by: manager)
            let held = next[path: "spec", "items"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(Set(names).isSubset(of: held))
            #expect(Set(held).count == held.count)
            #expect(try Self.apply(spec, to: next, by: manager) == next)
            live = next
        }
        let present = try #require(live)
        let one = try Self.apply([:], to: present, by: "one")
        let two = try Self.apply([:], to: one, by: "two")
        let three = try Self.apply([:], to: two, by: "three")
        #expect(three[path: "spec", "items"] == nil)
        #expect(three[path: "spec", "set"] == nil)
    }
}

/// The same numbers for the same seed on every machine.
private struct SplitMix: RandomNumberGenerator {
    var seed: UInt64

    mutating func next() -> UInt64 {
        seed &+= 0x9E37_79B9_7F4A_7C15
        let mixed = (seed ^ (seed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ (mixed >> 27)
    }
}
