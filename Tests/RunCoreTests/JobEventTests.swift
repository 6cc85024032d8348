import KubeObjects
import RunCore
import Testing

struct JobEventTests {
    private static func event(_ message: String, _ times: JSONObject) -> KubeObject {
        var event = KubeObject(apiVersion: "v1", kind: "Event", namespace: "default", name: "e")
        for (name, value) in times { event[name] = value }
        event["message"] = .string(message)
        return event
    }

    @Test func theNewestRefusalCounts() {
        let early: JSONValue = "2026-01-01T00:00:00Z"
        let middle: JSONValue = "2026-01-01T00:00:01.000000Z"
        let late: JSONValue = "2026-01-01T00:00:02Z"
        let events = [
            Self.event("Error creating: old", ["lastTimestamp": early]),
            Self.event("Error creating: series", ["eventTime": early, "series": ["lastObservedTime": late]]),
            Self.event("Error creating: new form", ["eventTime": middle]),
        ]
        #expect(JobEvent.newestRefusal(in: events) == "series")
        #expect(JobEvent.newestRefusal(in: events.dropLast(2)) == "old")
        #expect(JobEvent.newestRefusal(in: [events[0], events[2]]) == "new form")
    }

    @Test func wordsOfOthersStayAsTheyAre() {
        #expect(JobEvent.newestRefusal(in: [Self.event("something else", [:])]) == "something else")
        #expect(JobEvent.newestRefusal(in: []) == nil)
    }
}
