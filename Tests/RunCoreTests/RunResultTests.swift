import RunCore
import Testing

struct RunResultTests {
    struct MessageCase: Sendable, CustomTestStringConvertible {
        let message: String
        let results: [RunResult]?
        var testDescription: String { message }
    }

    static let cases = [
        MessageCase(message: #"{"sum": "7"}"#, results: [RunResult(name: "sum", value: "7")]),
        MessageCase(
            message: #"{"rows": 7, "done": true, "share": 0.5, "names": ["a", "b"]}"#,
            results: [
                RunResult(name: "rows", value: "7"), RunResult(name: "done", value: "true"),
                RunResult(name: "share", value: "0.5"), RunResult(name: "names", value: #"["a","b"]"#),
            ]),
        MessageCase(message: "\n {\"sum\": 7}\n", results: [RunResult(name: "sum", value: "7")]),
        MessageCase(message: "{}", results: []),
        MessageCase(message: "all is well", results: nil),
        MessageCase(message: #"["a"]"#, results: nil),
        MessageCase(message: #"{"a": {"b": 1}}"#, results: nil),
        MessageCase(message: #"{"a": [[1]]}"#, results: nil),
        MessageCase(message: #"{"a": null}"#, results: nil),
        MessageCase(message: #"{"cut": "of"#, results: nil),
    ]

    @Test(arguments: cases)
    func aFlatObjectIsASetOfResults(_ row: MessageCase) {
        #expect(RunResult.results(in: row.message) == row.results)
    }
}
