import KubeObjects
import Testing

@testable import KubeSchema

/// Expressions that would need more stack than there is, or more time: they are refused in clear words.
@Suite(.timeLimit(.minutes(5)))
struct CELDepthTests {
    private static func nested(_ open: String, _ inner: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + inner + String(repeating: close, count: count)
    }

    @Test(arguments: [
        nested("(", "1", ")", 10_000), nested("[", "", "]", 10_000), nested("{1: ", "1", "}", 10_000),
        nested("!(", "true", ")", 10_000), nested("-(", "1", ")", 10_000), nested("true ? 1 : ", "2", "", 5000),
        nested("(true ? ", "2", " : 1)", 5000), nested("size(", "''", ")", 10_000),
        nested("[1].map(x, ", "x", ")", 5000), nested("cel.bind(x, 1, ", "x", ")", 5000),
        nested("self[", "1", "]", 10_000), "1" + String(repeating: " + 1", count: 5000),
        "self" + String(repeating: ".a", count: 5000), "self" + String(repeating: ".a()", count: 5000),
        nested("(", "1", ")", 1000), nested("[", "", "]", 1000),
    ])
    func deepNestingIsRefused(_ expression: String) {
        #expect(CELCase.run(expression) == "compile: expression recursion limit exceeded: 250")
    }

    @Test(arguments: [
        (nested("(", "1", ")", 249), "1"), (nested("!(", "true", ")", 248), "true"),
        (nested("[1].map(x, ", "x", ")", 246) + " == []", "false"),
        (nested("cel.bind(x, 1, ", "x", ")", 248), "1"), (String(repeating: "!", count: 10_000) + "true", "true"),
        (String(repeating: "-", count: 10_001) + "(1)", "-1"),
    ])
    func whatIsAllowedNeedsNoMoreStackThanThereIs(_ expression: String, _ result: String) {
        #expect(CELCase.run(expression) == result)
    }

    @Test func manyConditionsAreNoDepth() {
        #expect(CELCase.run("true" + String(repeating: " && 1 < 2", count: 2000)) == "true")
        #expect(CELCase.run("false" + String(repeating: " || 1 > 2", count: 2000) + " || true") == "true")
    }

    @Test func mapsAsKeysOfMapsDoNotMultiply() {
        let levels = 100
        let bindings = (1...levels).map { "cel.bind(v\($0), {v\($0 - 1): v\($0 - 1)}, " }.joined()
        let expression = "cel.bind(v0, 1, \(bindings)1" + String(repeating: ")", count: levels + 1)
        #expect(CELCase.run(expression) == "error: unsupported key type")
    }

    /// What a policy with a chain of variables says, or why it cannot be compiled.
    private static func chain(_ count: Int, _ link: (String) -> String) -> String {
        var compiler = PolicyCompiler(hasParams: false)
        compiler.declareVariables()
        var faults: [String] = []
        for number in 0..<count {
            let source = number == 0 ? "1" : link("variables.v\(number - 1)")
            if let fault = compiler.declare("v\(number)", source).fault { faults.append(fault) }
        }
        let compiled = compiler.compile("variables.v\(count - 1) == 1 ? 'one' : 'other'", to: .string)
        if let fault = compiled.fault { faults.append(fault) }
        if let first = faults.first { return first }
        let input = PolicyInput(
            object: [:], oldObject: .null, request: [:], params: nil, namespaceObject: .null, authorizer: nil)
        var run = compiler.run(over: input)
        guard let outcome = try? run.evaluate(compiled) else { return "too expensive" }
        return "\(outcome)"
    }

    @Test("a chain of variables that is short enough has a value")
    func shortChain() {
        #expect(Self.chain(300) { "dyn(\($0))" } == #"string("one")"#)
        #expect(Self.chain(140) { "[0].map(x, dyn(\($0)) + x)[0]" } == #"string("one")"#)
    }

    @Test("a chain of variables that would exhaust the stack is refused", arguments: [1000, 10_000])
    func longChain(_ count: Int) {
        let fault = Self.chain(count) { "dyn(\($0))" }
        #expect(fault.contains("expression recursion limit exceeded with its variables: 1000"), "\(fault)")
    }
}
