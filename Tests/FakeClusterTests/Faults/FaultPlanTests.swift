import FakeCluster
import Testing

/// The file form of a fault plan.
struct FaultPlanTests {
    private func parse(_ text: String) throws(FieldFileError) -> FaultPlan {
        try FaultPlan(parsing: Array(text.utf8), file: "f.yaml")
    }

    @Test func aWholePlanIsRead() throws {
        let plan = try parse(
            """
            seed: 42
            rules:
            - name: slow
              match: {verbs: [list, watch], resources: [jobs.batch, pods/log], userAgents: ["kubectl/*"]}
              when: {probability: 0.25, limit: 3, after: 1s, until: 1m}
              fault: {type: latency, delay: 200ms, jitter: 50ms}
            - match: {namespaces: ["ci-*"], names: [a], users: [eve]}
              when: {nth: 2}
              fault: {type: tooManyRequests, retryAfter: 2}
            - when: {every: 3}
              fault: {type: cut, carriedOut: true}
            - fault: {type: staleList, behind: 5}
            - fault: {type: expireWatch, lines: 2}
            - fault: {type: partition}
              when: {after: 5s, until: 10s}
            """)
        #expect(plan.seed == 42)
        #expect(
            plan.rules.map(\.fault) == [
                .latency(.milliseconds(200), jitter: .milliseconds(50)), .error(.tooManyRequests(retryAfter: 2)),
                .cut(carriedOut: true), .staleList(behind: 5), .expireWatch(lines: 2), .partition,
            ])
        #expect(plan.rules.map(\.name) == ["slow", "rule 2", "rule 3", "rule 4", "rule 5", "rule 6"])
        #expect(plan.rules[0].match.resources == ["jobs.batch", "pods/log"])
        #expect(plan.rules[0].schedule.until == .seconds(60))
        #expect(plan.rules[1].match.namespaces == ["ci-*"])
    }

    @Test(
        "what is wrong is named with its place",
        arguments: [
            ("rules:\n- fault: {type: crash}", "f.yaml:2: rules[0].fault.type: there is no fault crash; it is one of"),
            ("rules:\n- name: a", "f.yaml:2: rules[0]: the field fault is missing"),
            ("seed: 1\nrule: []", "f.yaml:2: rule: there is no such field; known are seed, rules"),
            ("rules: 1", "f.yaml:1: rules: this must be a list"),
            ("- 1", "f.yaml:1: this must be a map"),
            (
                "rules:\n- fault:\n    type: latency\n    delay: 5",
                "f.yaml:4: rules[0].fault.delay: this must be a text"
            ),
            (
                "rules:\n- fault:\n    type: latency\n    delay: 5x",
                "f.yaml:4: rules[0].fault.delay: this must be a duration such as 250ms or 1m30s"
            ),
            (
                "rules:\n- fault: {type: cut}\n  when:\n    probability: 2",
                "f.yaml:4: rules[0].when.probability: this must be a number from 0 to 1"
            ),
            (
                "rules:\n- fault: {type: cut}\n  match:\n    verbs: [get, put]",
                "f.yaml:4: rules[0].match.verbs[1]: put is no verb; it is one of get,"
            ),
            (
                "rules:\n- fault: {type: partition}\n  when:\n    nth: 2",
                "f.yaml:4: rules[0].when.nth: there is no such field; known are after, until"
            ),
            ("rules: [", "f.yaml:"), ("", "f.yaml: a fault plan is one document"),
            ("seed: -1", "f.yaml:1: seed: this must be a whole number from 0"),
        ])
    func faultyPlans(text: String, message: String) {
        let error = #expect(throws: FieldFileError.self) { try parse(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}
