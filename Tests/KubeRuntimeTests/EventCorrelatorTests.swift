import KubeObjects
import Testing

@testable import KubeRuntime

struct EventCorrelatorTests {
    private let start = Timestamp(seconds: 1_767_225_600)
    private let note = EventNote(.warning, reason: "TemplateNotFound", message: "no such template")

    private func object(_ name: String = "run") -> KubeObject {
        var object = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "demo", name: name)
        object.metadata["uid"] = .string("uid-\(name)")
        return object
    }

    private func correlator() -> EventCorrelator { EventCorrelator(component: "run-controller", instance: "pod-1") }

    @Test func aNewNoteIsANewEvent() throws {
        var correlator = correlator()
        guard case .create(let event) = correlator.take(note, about: object(), now: start) else {
            Issue.record("no event")
            return
        }
        #expect(event.name?.hasPrefix("run.") == true)
        #expect(event.namespace == "demo")
        #expect(event["reason"] == "TemplateNotFound")
        #expect(event["type"] == "Warning")
        #expect(event["count"] == 1)
        #expect(event[path: "involvedObject", "uid"] == "uid-run")
        #expect(event[path: "source", "component"] == "run-controller")
    }

    @Test func aRepeatIsCounted() throws {
        var correlator = correlator()
        guard case .create(let event) = correlator.take(note, about: object(), now: start) else {
            Issue.record("no event")
            return
        }
        guard case .count(let key, let patch, _) = correlator.take(note, about: object(), now: start + .seconds(60))
        else {
            Issue.record("not counted")
            return
        }
        #expect(key == event.key)
        #expect(patch["count"] == 2)
        #expect(patch["lastTimestamp"]?.string == (start + .seconds(60)).rfc3339)
    }

    @Test func otherObjectsAndOldNotesAreNewEvents() {
        var correlator = correlator()
        var names: Set<String> = []
        let takes: [(KubeObject, Duration)] = [
            (object(), .zero), (object("other"), .zero), (object(), .seconds(601)),
        ]
        for (object, delay) in takes {
            guard case .create(let event) = correlator.take(note, about: object, now: start + delay) else {
                Issue.record("not new")
                continue
            }
            names.insert(event.name ?? "")
        }
        #expect(names.count == 3)
    }

    @Test func oneObjectCannotFloodTheServer() {
        var correlator = correlator()
        let written = (0..<100).count { number in
            let note = EventNote(.normal, reason: "Reason", message: "message \(number)")
            return correlator.take(note, about: object(), now: start) != nil
        }
        #expect(written == 25)
        #expect(correlator.take(note, about: object("other"), now: start) != nil)
        #expect(correlator.take(note, about: object(), now: start + .seconds(299)) == nil)
        #expect(correlator.take(note, about: object(), now: start + .seconds(301)) != nil)
    }

    /// Wherever the name of an object is cut, what is left and the moment make a name.
    @Test(arguments: ["-", ".", ".a-", "--"])
    func aLongNameIsCutToAName(_ separator: String) {
        for length in 220...253 {
            var correlator = correlator()
            let long = String(repeating: "n", count: length) + separator + String(repeating: "m", count: 30)
            guard case .create(let event) = correlator.take(note, about: object(String(long.prefix(253))), now: start)
            else {
                Issue.record("no event")
                return
            }
            let name = event.name ?? ""
            #expect(NameValidation.dns1123Subdomain(name) == [], "\(name)")
            #expect(name.utf8.count <= 253 && name.hasPrefix(String(repeating: "n", count: 200)))
        }
    }

    @Test func longNamesAndMessagesFit() {
        var correlator = correlator()
        let long = EventNote(.normal, reason: "Reason", message: String(repeating: "é", count: 1_000))
        guard
            case .create(let event) = correlator.take(
                long, about: object(String(repeating: "n", count: 253)), now: start)
        else {
            Issue.record("no event")
            return
        }
        #expect(event.name?.utf8.count == 253)
        let length = event["message"]?.string?.utf8.count ?? 0
        #expect(length <= 1024 && length > 1000)
    }
}
