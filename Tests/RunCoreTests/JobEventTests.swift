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
        #expect(JobEvent.newestRefusal(in: events, ofJob: "j") == "series")
        #expect(JobEvent.newestRefusal(in: events.dropLast(2), ofJob: "j") == "old")
        #expect(JobEvent.newestRefusal(in: [events[0], events[2]], ofJob: "j") == "new form")
    }

    @Test func manyThatAreCountedTogetherSayTheSame() {
        let combined = Self.event("(combined from similar events): Error creating: no", [:])
        #expect(JobEvent.newestRefusal(in: [combined], ofJob: "j") == "no")
    }

    @Test func wordsOfOthersStayAsTheyAre() {
        #expect(JobEvent.newestRefusal(in: [Self.event("something else", [:])], ofJob: "j") == "something else")
        #expect(JobEvent.newestRefusal(in: [], ofJob: "j") == nil)
    }

    struct WordsCase: Sendable, CustomTestStringConvertible {
        var name: String
        var messages: [String]
        var words: String
        var testDescription: String { name }
    }

    /// What the server says of one pod, and of the next.
    @Test(arguments: [
        WordsCase(
            name: "a quota",
            messages: [
                #"pods "run-1-x7k2p" is forbidden: exceeded quota: few, requested: pods=1, used: pods=3, limited: pods=3"#,
                #"pods "run-1-8zq4d" is forbidden: exceeded quota: few, requested: pods=1, used: pods=4, limited: pods=3"#,
            ], words: #"pods "run-1-…" is forbidden: exceeded quota: few, requested: pods=1, limited: pods=3"#),
        WordsCase(
            name: "an index",
            messages: [#"pods "run-1-0-ccccc" is forbidden: no"#, #"pods "run-1-1-bbbbb" is forbidden: no"#],
            words: #"pods "run-1-…" is forbidden: no"#),
        WordsCase(
            name: "no name yet", messages: [#"pods "run-1-" is forbidden: error looking up service account a/b"#],
            words: #"pods "run-1-…" is forbidden: error looking up service account a/b"#),
        WordsCase(
            name: "others' names",
            messages: [#"pods "run-1-x7k2p" is forbidden: exceeded quota: run-1-quota, of my-run-1-x7k2p"#],
            words: #"pods "run-1-…" is forbidden: exceeded quota: run-1-quota, of my-run-1-x7k2p"#),
        WordsCase(
            name: "a webhook that repeats it",
            messages: [
                #"admission webhook "w" denied the request: pod run-1-ccccc has no owner (run-1-ccccc)"#,
                #"admission webhook "w" denied the request: pod run-1-bbbbb has no owner (run-1-bbbbb)"#,
            ], words: #"admission webhook "w" denied the request: pod run-1-… has no owner (run-1-…)"#),
    ])
    func theWordsAreTheSameForEachPod(_ row: WordsCase) {
        for message in row.messages {
            let events = [Self.event("Error creating: " + message, [:])]
            #expect(JobEvent.newestRefusal(in: events, ofJob: "run-1") == row.words)
        }
    }
}
