import KubeObjects
import RunCore
import Testing

struct JobParameterTests {
    struct ValueCase: Sendable, CustomTestStringConvertible {
        let declaration: JSONObject
        let value: JSONValue
        /// The value as used, or a part of the fault.
        let expected: Result<JSONValue, Fault>
        struct Fault: Error { let text: String }
        var testDescription: String { "\(JSONValue.object(declaration).encodedString()) = \(value.encodedString())" }

        init(_ declaration: JSONObject, _ value: JSONValue, uses used: JSONValue) {
            (self.declaration, self.value, expected) = (declaration, value, .success(used))
        }

        init(_ declaration: JSONObject, _ value: JSONValue, says text: String) {
            (self.declaration, self.value, expected) = (declaration, value, .failure(Fault(text: text)))
        }
    }

    static let cases = [
        ValueCase([:], "x", uses: "x"),
        ValueCase([:], 3, uses: "3"),
        ValueCase([:], true, uses: "true"),
        ValueCase([:], [], says: "must be of type string"),
        ValueCase(["type": "integer"], 3, uses: 3),
        ValueCase(["type": "integer"], "3", uses: 3),
        ValueCase(["type": "integer"], 3.0, uses: 3),
        ValueCase(["type": "integer"], 3.5, says: "must be of type integer"),
        ValueCase(["type": "integer"], "three", says: "must be of type integer, not \"three\""),
        ValueCase(["type": "number"], "2.5", uses: 2.5),
        ValueCase(["type": "number"], "nan", says: "must be of type number"),
        ValueCase(["type": "boolean"], "true", uses: true),
        ValueCase(["type": "boolean"], "yes", says: "must be of type boolean"),
        ValueCase(["type": "array"], ["a", 1], uses: ["a", "1"]),
        ValueCase(["type": "array"], "a", uses: ["a"]),
        ValueCase(["type": "array"], [["a"]], says: "must be of type array"),
        ValueCase(["type": "integer", "minimum": 1, "maximum": 5], 5, uses: 5),
        ValueCase(["type": "integer", "minimum": 1], 0, says: "0 is less than 1"),
        ValueCase(["type": "number", "maximum": 0.5], 0.75, says: "0.75 is more than 0.5"),
        ValueCase(["enum": ["red", "blue"]], "red", uses: "red"),
        ValueCase(["enum": ["red", "blue"]], "green", says: "\"green\" is not one of \"red\", \"blue\""),
        ValueCase(["type": "integer", "enum": ["1", "2"]], 2, uses: 2),
        ValueCase(["pattern": "[a-z]+"], "abc", uses: "abc"),
        ValueCase(["pattern": "[a-z]+"], "abc1", uses: "abc1"),
        ValueCase(["pattern": "^[a-z]+$"], "abc1", says: "does not match"),
        ValueCase(["pattern": "("], "abc", says: "is no regular expression"),
    ]

    @Test(arguments: cases)
    func valuesAreCheckedAndTyped(_ row: ValueCase) throws {
        var declaration = row.declaration
        declaration["name"] = "p"
        let parameter = try #require(JobParameter(.object(declaration)))
        switch row.expected {
        case .success(let used):
            #expect(try parameter.checked(row.value) == used)
        case .failure(let fault):
            let error = #expect(throws: JobParameterError.self) { try parameter.checked(row.value) }
            #expect(error?.description.contains(fault.text) == true, "\(error?.description ?? "no error")")
        }
    }

    @Test func aParameterWithoutDefaultIsRequiredUnlessItSaysOtherwise() {
        #expect(JobParameter(["name": "p"])?.isRequired == true)
        #expect(JobParameter(["name": "p", "default": "x"])?.isRequired == false)
        #expect(JobParameter(["name": "p", "required": false])?.isRequired == false)
        #expect(JobParameter(["name": "p", "default": .null])?.defaultValue == Optional<JSONValue>.none)
        #expect(JobParameter(["type": "string"]) == nil)
    }
}
