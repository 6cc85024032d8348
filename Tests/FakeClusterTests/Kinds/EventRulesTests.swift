import KubeObjects
import Testing

@testable import FakeCluster

/// Events of both groups: what they must say, and what they are found by.
struct EventRulesTests {
    private static let event: JSONValue = [
        "regarding": ["namespace": "demo"], "eventTime": "2026-01-01T00:00:00.000000Z", "type": "Normal",
        "reportingController": "example.com/c", "reportingInstance": "i", "action": "a", "reason": "r",
    ]
    private static let long = String(repeating: "x", count: 129)

    @Test(arguments: [
        FaultCase("note", "fine", nil),
        FaultCase(
            "regarding", [:], #"involvedObject.namespace: Invalid value: "": does not match event.namespace"#),
        FaultCase(
            "reportingController", "a b",
            "reportingController: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        ),
        FaultCase("action", nil, "action: Required value"),
        FaultCase("reason", .string(long), #"reason: Invalid value: "": can have at most 128 characters"#),
        FaultCase(
            "note", .string(String(repeating: "x", count: 1025)),
            #"message: Invalid value: "": can have at most 1024 characters"#),
        FaultCase(
            "series", ["count": 1], #"series.count: Invalid value: "": should be at least 2"#,
            "series.lastObservedTime: Required value"),
        FaultCase("type", "Odd", #"type: Invalid value: "": has invalid value: Odd"#),
        FaultCase("deprecatedCount", 2, #"count: Invalid value: "": needs to be unset"#),
        FaultCase("eventTime", nil, "eventTime: Required value"),
    ])
    func `an Event of events.k8s.io says what happened`(example: FaultCase) throws {
        let faults = try KindWalk("Event", "events.k8s.io/v1").create(example.applied(to: Self.event)).faults
        #expect(faults == example.faults)
    }

    @Test func `an Event with a time is held to the same in the core group`() throws {
        let walk = try KindWalk("Event")
        let event: JSONValue = ["involvedObject": ["namespace": "demo"]]
        #expect(try walk.create(event, name: "Any_Name").faults.isEmpty)
        var timed = event
        for key in ["eventTime", "reportingInstance", "action", "reason"] { timed.set(Self.event[key], at: [key]) }
        #expect(try walk.create(timed).faults.first == "reportingComponent: Required value")
    }

    @Test func `an Event once written is only counted on`() throws {
        let walk = try KindWalk("Event", "events.k8s.io/v1")
        let event = try walk.create(Self.event).object
        let counted = try walk.update(event) {
            $0.set(["count": 2, "lastObservedTime": "2026-01-01T00:00:01.000000Z"], at: ["series"])
        }
        #expect(counted.faults.isEmpty)
        let changed = try walk.update(event) { $0.set("other", at: ["note"]) }
        #expect(changed.faults == [#"message: Invalid value: "other": field is immutable"#])
    }

    @Test(arguments: [
        ("v1", "involvedObject.kind"), ("v1", "reportingComponent"), ("v1", "source"),
        ("events.k8s.io/v1", "regarding.kind"), ("events.k8s.io/v1", "reportingController"),
    ])
    func `an Event is found by the names of its group`(apiVersion: String, field: String) throws {
        let strategy = try KindWalk("Event", apiVersion).definition.strategy
        var event: JSONValue = [:]
        event.set("x", at: field == "source" ? ["source", "component"] : field.split(separator: ".").map(String.init))
        #expect(try strategy.selectableFields(#require(KubeObject(event)))[field] == "x")
    }
}
