import KubeObjects
import RunCore
import Testing

struct ParameterExpansionTests {
    struct ExpansionCase: Sendable, CustomTestStringConvertible {
        let args: JSONValue
        let expected: JSONValue
        var testDescription: String { args.encodedString() }
    }

    static let cases = [
        ExpansionCase(args: ["$(params.word)!"], expected: ["hi!"]),
        ExpansionCase(args: ["$(params.word)$(params.word)"], expected: ["hihi"]),
        ExpansionCase(args: ["a", "$(params.more[*])", "z"], expected: ["a", "you", "all", "z"]),
        ExpansionCase(args: ["<$(params.more[*])>"], expected: ["<you all>"]),
        ExpansionCase(args: ["$(params.more[1])"], expected: ["all"]),
        ExpansionCase(args: ["$(params.count)"], expected: ["3"]),
        ExpansionCase(args: ["$(HOME) $HOME $$ $("], expected: ["$(HOME) $HOME $$ $("]),
        ExpansionCase(args: ["$$(params.word)"], expected: ["$$(params.word)"]),
        ExpansionCase(args: ["$(params.word"], expected: ["$(params.word"]),
        ExpansionCase(args: ["$(params.tricky)"], expected: ["$(params.word)"]),
        ExpansionCase(args: ["$(params.empty)x"], expected: ["x"]),
    ]

    private static let parameters: JSONValue = [
        ["name": "word", "default": "hi"], ["name": "more", "type": "array", "default": ["you", "all"]],
        ["name": "count", "type": "integer", "default": 1], ["name": "empty", "required": false],
        ["name": "tricky", "default": "$(params.word)"],
    ]

    private func plan(args: JSONValue, given: JSONValue) -> PlanOutcome {
        let template = Fixture.template {
            $0["parameters"] = Self.parameters
            $0["spec"]?.set(
                [["name": "main", "image": "x", "args": args]], at: ["template", "spec", "containers"])
        }
        return JobTemplateFamily().plan(
            Fixture.run(["parameters": given]), inputs: Fixture.inputs(template: template))
    }

    @Test(arguments: cases)
    func valuesTakeTheirPlace(_ row: ExpansionCase) {
        guard case .create(let plan) = plan(args: row.args, given: [["name": "count", "value": 3]]) else {
            Issue.record("no plan")
            return
        }
        #expect(plan.job[path: "spec", "template", "spec", "containers"]?[0]?["args"] == row.expected)
    }

    struct RefusalCase: Sendable, CustomTestStringConvertible {
        let args: JSONValue
        var given: JSONValue = []
        let reason: RunReason
        let words: String
        var testDescription: String { "\(args.encodedString()) \(given.encodedString())" }
    }

    static let refusals = [
        RefusalCase(
            args: ["$(params.wrod)"], reason: .invalidTemplate,
            words: "spec.template.spec.containers[0].args[0]: parameter \"wrod\" is not declared"),
        RefusalCase(args: ["$(params.more[2])"], reason: .invalidTemplate, words: "beyond the 2 elements"),
        RefusalCase(
            args: [], given: [["name": "nope", "value": 1]], reason: .invalidParameter,
            words: "the template has no parameter \"nope\""),
        RefusalCase(
            args: [], given: [["name": "count", "value": "many"]], reason: .invalidParameter,
            words: "parameter \"count\": must be of type integer"),
    ]

    @Test func aDefaultThatTheTemplateForbidsIsTheTemplatesFault() {
        let template = Fixture.template {
            $0["parameters"] = [["name": "days", "type": "integer", "default": 0, "minimum": 1]]
        }
        let outcome = JobTemplateFamily().plan(Fixture.run(), inputs: Fixture.inputs(template: template))
        #expect(
            outcome
                == .reject(
                    RunRejection(
                        reason: .invalidTemplate,
                        message: "JobTemplate \"greet\": parameters: the default of \"days\": 0 is less than 1")))
    }

    @Test(arguments: refusals)
    func whatCannotBeReplacedIsRefused(_ row: RefusalCase) {
        guard case .reject(let rejection) = plan(args: row.args, given: row.given) else {
            Issue.record("not refused")
            return
        }
        #expect(rejection.reason == row.reason)
        #expect(rejection.message.contains(row.words), "\(rejection.message)")
    }
}
