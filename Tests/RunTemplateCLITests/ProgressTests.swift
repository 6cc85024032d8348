import KubeObjects
import RunCore
import Testing

@testable import RunTemplateCLI

/// What a person at a terminal sees of a run that is on.
struct ProgressTests {
    private func pod(
        _ name: String, phase: String = "Pending", index: Int? = nil, created: Int64 = 0, _ containers: JSONValue = []
    ) -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "default", name: name)
        pod.metadata["creationTimestamp"] = .string(Timestamp(seconds: created).rfc3339)
        if let index {
            pod.metadata["annotations"] = ["batch.kubernetes.io/job-completion-index": .string(String(index))]
        }
        pod["spec"] = ["containers": [["name": "main"]]]
        pod["status"] = ["phase": .string(phase), "containerStatuses": containers]
        return pod
    }

    private func waiting(_ reason: String) -> JSONValue {
        [["name": "main", "image": "busybox", "state": ["waiting": ["reason": .string(reason)]]]]
    }

    private func status(_ status: JSONValue) -> RunStatus {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "default", name: "r")
        run["status"] = status
        return RunStatus(of: run)
    }

    @Test func whatIsWaitedForIsSaidWithItsTime() {
        var gauge = RunGauge()
        let start = Timestamp(seconds: 100)
        #expect(gauge.text(now: start) == "waiting: the controller (0 s)")
        gauge.status = status(["phase": "Pending", "jobRef": ["name": "j", "uid": "u"]])
        #expect(gauge.text(now: start + .seconds(2)) == "waiting: a pod (0 s)")
        gauge.see(.changed(pod("p")))
        #expect(gauge.text(now: start + .seconds(3)) == "waiting: a node for pod p (0 s)")
        gauge.see(.changed(pod("p", waiting("ContainerCreating"))))
        #expect(gauge.text(now: start + .seconds(4)) == "waiting: image and start of busybox (0 s)")
        #expect(gauge.text(now: start + .seconds(9)) == "waiting: image and start of busybox (5 s)")
        gauge.see(.changed(pod("p", waiting("ImagePullBackOff"))))
        #expect(gauge.text(now: start + .seconds(10)) == "waiting: image busybox cannot be pulled (0 s)")
        gauge.see(.changed(pod("p", waiting("CreateContainerConfigError"))))
        #expect(gauge.text(now: start + .seconds(11)) == "waiting: CreateContainerConfigError main (0 s)")
        gauge.hasSpoken = true
        #expect(gauge.text(now: start + .seconds(12)) == "")
    }

    @Test func severalPodsAreCounted() {
        var gauge = RunGauge(expected: 4)
        gauge.status = status(["phase": "Running", "succeeded": 1, "failed": 1])
        gauge.see(.all([pod("a", phase: "Succeeded"), pod("b", phase: "Running"), pod("c", phase: "Failed")]))
        gauge.hasSpoken = true
        #expect(gauge.text(now: Timestamp(seconds: 0)) == "[#####...............] 1/4 done, 1 running, 1 failed")
        // The status is written every few seconds.
        gauge.see(.changed(pod("b", phase: "Succeeded")))
        #expect(gauge.text(now: Timestamp(seconds: 0)) == "[##########..........] 2/4 done, 0 running, 1 failed")
        gauge.status = status(["phase": "Succeeded"])
        #expect(gauge.text(now: Timestamp(seconds: 0)) == "")
    }

    @Test func sidecarsAreContainersToo() {
        var pod = self.pod("a", waiting("PodInitializing"))
        pod["spec"]?["initContainers"] = [["name": "proxy", "restartPolicy": "Always"]]
        pod["status"]?["initContainerStatuses"] = [
            ["name": "proxy", "image": "no/such", "state": ["waiting": ["reason": "ErrImagePull"]]]
        ]
        var gauge = RunGauge()
        gauge.see(.changed(pod))
        #expect(gauge.text(now: Timestamp(seconds: 0)) == "waiting: image no/such cannot be pulled (0 s)")
        pod["status"]?["initContainerStatuses"] = ended(["proxy": 143])
        var exits = ContainerExits()
        exits.see(pod)
        #expect(exits.code(of: "proxy") == 143)
    }

    @Test func theLineStaysBelowEverythingElse() {
        let terminal = TextBuffer()
        let line = LiveLine(terminal: terminal, width: 30)
        let above = line.sink(terminal)
        line.show("waiting")
        line.show("waiting")
        above.text("a\n")
        above.text("half")
        line.show("more")
        above.text(" whole\n")
        line.show("")
        let clear = "\r\u{1B}[K"
        #expect(terminal.text == "waiting\(clear)a\nwaiting\(clear)half whole\nmore\(clear)")
    }

    @Test func whatFollowsALogBeginsALine() {
        let terminal = TextBuffer()
        let line = LiveLine(terminal: terminal, width: 30)
        line.show("waiting")
        line.sink(terminal).text("half")
        line.leave()
        line.leave()
        #expect(terminal.text == "waiting\r\u{1B}[Khalf\n")
    }

    @Test func aLineIsNeverWiderThanTheTerminal() {
        let terminal = TextBuffer()
        LiveLine(terminal: terminal, width: 20).show(String(repeating: "x", count: 50))
        #expect(terminal.text == String(repeating: "x", count: 19))
    }

    private func ended(_ codes: [String: Int64]) -> JSONValue {
        .array(
            codes.sorted { $0.key < $1.key }.map {
                ["name": .string($0.key), "state": ["terminated": ["exitCode": .integer($0.value)]]]
            })
    }

    @Test func theLastTryOfTheFirstFailedIndexCounts() {
        var exits = ContainerExits()
        #expect(exits.code(of: "main") == nil)
        exits.see(pod("a", phase: "Succeeded", index: 0, created: 1, ended(["main": 0, "side": 9])))
        exits.see(pod("b", phase: "Failed", index: 1, created: 1, ended(["main": 3])))
        exits.see(pod("c", phase: "Failed", index: 1, created: 2, ended(["main": 4])))
        exits.see(pod("d", phase: "Failed", index: 2, created: 1, ended(["main": 5])))
        #expect(exits.code(of: "main") == 4)
        #expect(exits.code(of: "side") == 9)
        #expect(exits.code(of: "other") == nil)
    }
}
