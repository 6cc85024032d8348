import KubeObjects
import TestSupport
import Testing

@testable import KubeSchema

/// A write is put down in the entries that it touches, and the others stay as they are: whatever managers write in whatever
/// order, the list is the one that reading and writing all entries makes.
struct OwnerTrackingTests {
    @Test(arguments: UInt64(1)...30) func agreesWithReadingEverything(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let schema = BuiltinTypes.schema(for: GroupVersionKind(apiVersion: "v1", kind: "Pod"))
        var live: KubeObject?
        for step in 0..<40 {
            var new = live ?? KubeObject(apiVersion: "v1", kind: "Pod", name: "p")
            Self.edit(&new, &random)
            let name = ["one", "two", "three"].randomElement(using: &random) ?? "one"
            let manager = FieldManager(
                name, .update, apiVersion: "v1", subresource: Bool.random(using: &random) ? "status" : "")
            let now = Timestamp(seconds: Int64(step / 3))
            let tracked = ServerSideApply.track(new, from: live, schema: schema, manager: manager, now: now)
            #expect(
                tracked.metadata["managedFields"]?.encodedString()
                    == Self.owners(of: new, from: live, schema, manager, now)?.encodedString())
            live = tracked
        }
    }

    private static func edit(_ pod: inout KubeObject, _ random: inout SeededGenerator) {
        let number = Int64.random(in: 0..<4, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: pod.metadata["labels"] = number == 0 ? nil : ["l\(number)": "x", "all": .string("\(number)")]
        case 1: pod["spec"] = ["containers": [["name": .string("c\(number)"), "image": "i"]], "nodeName": "n"]
        case 2: pod.json["spec", default: [:]]["restartPolicy"] = .string("p\(number)")
        case 3: pod["status"] = ["phase": .string("p\(number)")]
        case 4:
            pod.json["status", default: [:]]["conditions"] = .array(
                (0...number).map { ["type": .string("t\($0)"), "status": .string("\(number)")] })
        default: pod.metadata["annotations"] = ["a\(number)": .string("\(number)")]
        }
    }

    /// The owners after a write, made by reading all of them and writing all anew.
    private static func owners(
        of new: KubeObject, from live: KubeObject?, _ schema: TypeSchema?, _ manager: FieldManager, _ now: Timestamp
    ) -> JSONValue? {
        guard var owners = ManagedFields(live?.metadata["managedFields"]) else { return nil }
        if live != nil, owners.isEmpty { return nil }
        let blank = ServerSideApply.blank(schema)
        let old = live.map { FieldMerge.merge($0.withoutManagedFields.value, into: blank, schema) } ?? blank
        let changes = FieldComparison(old, new.withoutManagedFields.value, schema)
        let set = changes.changed.subtracting(ManagedFields.unowned)
        let own = (owners[manager] ?? FieldSet()).subtracting(changes.removed).union(set)
        owners.take(changes.changed.union(changes.removed), fromAllBut: manager)
        let time = set.isEmpty ? owners.entries[manager]?.time ?? now : now
        owners.set(FieldSet(), of: manager, now: now)
        owners.set(own, of: manager, now: time)
        return owners.isEmpty ? nil : owners.json
    }

    /// Writers of each its own label, one a second: more than ten are too many for a list, and what the oldest own goes
    /// to one entry of their API version.
    @Test(
        arguments: [
            ("ten", (0..<10).map { ("m\($0)", "v1") }, (0..<10).map { "m\($0) v1" }, 9),
            (
                "twelve", (0..<12).map { ("m\($0)", "v1") },
                ["ancient-changes v1"] + (3..<12).map { "m\($0) v1" }, 2
            ),
            (
                "twelve in two versions", (0..<12).map { ("m\($0)", $0 == 1 ? "v2" : "v1") },
                ["m1 v2", "ancient-changes v1"] + (4..<12).map { "m\($0) v1" }, 3
            ),
        ] as [(String, [(String, String)], [String], Int64)])
    func theOldestUpdatesAreMerged(
        _ name: String, _ writers: [(name: String, version: String)], _ expected: [String], _ time: Int64
    ) throws {
        var live: KubeObject?
        for (second, writer) in writers.enumerated() {
            var new = live ?? KubeObject(apiVersion: "v1", kind: "Pod", name: "p")
            new.json["metadata", default: [:]].set(.string("x"), at: ["labels", writer.name])
            live = ServerSideApply.track(
                new, from: live, schema: nil, manager: FieldManager(writer.name, .update, apiVersion: writer.version),
                now: Timestamp(seconds: Int64(second)))
        }
        let entries = try #require(live?.metadata["managedFields"]?.array)
        #expect(entries.map { "\($0["manager"]?.string ?? "") \($0["apiVersion"]?.string ?? "")" } == expected)
        let ancient = entries.first { $0["manager"] == "ancient-changes" }
        if let ancient { #expect(ancient["time"]?.string == Timestamp(seconds: time).rfc3339) }
        let owned = entries.flatMap { $0[path: "fieldsV1", "f:metadata", "f:labels"]?.object?.keys ?? [] }
        #expect(Set(owned) == Set(writers.map { "f:\($0.name)" } + ["."]))
    }

    /// When a manager's entry was last written, after a second write of the same manager a minute later.
    @Test(
        arguments: [
            ("sets its own field anew", ["phase": "b", "reason": "r"], true),
            ("sets another field", ["phase": "a", "reason": "r", "message": "m"], true),
            ("only removes a field", ["phase": "a"], false), ("changes nothing", ["phase": "a", "reason": "r"], false),
        ] as [(String, JSONValue, Bool)])
    func timeOfAnUpdate(_ write: String, status: JSONValue, isLater: Bool) throws {
        let schema = BuiltinTypes.schema(for: GroupVersionKind(apiVersion: "v1", kind: "Pod"))
        let manager = FieldManager("kubelet", .update, apiVersion: "v1", subresource: "status")
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", name: "p")
        pod["status"] = ["phase": "a", "reason": "r"]
        let first = ServerSideApply.track(pod, from: nil, schema: schema, manager: manager, now: Timestamp(seconds: 0))
        var second = first
        second["status"] = status
        // What comes to a subresource has no say in who owns what.
        second.metadata["managedFields"] = [[:]]
        let tracked = ServerSideApply.track(
            second, from: first, schema: schema, manager: manager, now: Timestamp(seconds: 60))
        let entries = try #require(tracked.metadata["managedFields"]?.array)
        #expect(entries.count == 1)
        #expect(entries.first?["time"]?.string == Timestamp(seconds: isLater ? 60 : 0).rfc3339)
    }
}
