import KubeObjects
import RunCore
import Testing

@testable import RunController

struct KeptStatusTests {
    private func run(_ status: JSONValue, version: String = "1", uid: String = "run") -> KubeObject {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "demo", name: "r")
        run.metadata["uid"] = .string(uid)
        run.metadata["resourceVersion"] = .string(version)
        run["status"] = status
        return run
    }

    private let written: JSONObject = ["phase": "Running", "new": 1, "job": ["name": "a", "new": 2]]

    @Test func whatTheServerKeepsWholeIsNotRemembered() {
        var kept = KeptStatuses()
        #expect(kept.note(written, answered: run(.object(written))) == [])
        #expect(kept.whole(run(["phase": "Running"])) == run(["phase": "Running"]))
    }

    @Test func whatWasDroppedIsThereAndSaidOnce() {
        var kept = KeptStatuses()
        let answer = run(["phase": "Running", "job": ["name": "a"]])
        #expect(kept.note(written, answered: answer).sorted() == ["job.new", "new"])
        #expect(kept.note(written, answered: answer) == [])
        let cases: [(name: String, seen: KubeObject, status: JSONValue)] = [
            ("what the server answered", answer, .object(written)),
            ("what a store keeps of it", run(["phase": "Running"]), .object(written)),
            ("the run with other labels", run(answer["status"] ?? [:], version: "2"), .object(written)),
            (
                "a status that nobody has heard of", run(["phase": "Succeeded", "job": ["name": "a"]], version: "2"),
                ["phase": "Succeeded", "job": ["name": "a", "new": 2], "new": 1]
            ),
            ("one that lacks more", run(["phase": "Succeeded"], version: "2"), ["phase": "Succeeded", "new": 1]),
            (
                "one that the server has kept", run(["phase": "Succeeded", "new": 5], version: "2"),
                ["phase": "Succeeded", "new": 5]
            ),
            ("another run of the name", run(["phase": "Running"], uid: "other"), ["phase": "Running"]),
        ]
        for (name, seen, status) in cases { #expect(kept.whole(seen)["status"] == status, "\(name)") }
        #expect(kept.stored(run(.object(written))) == answer)
        kept.forget(answer.key)
        #expect(kept.whole(answer) == answer)
    }
}
