import KubeObjects
import Testing

struct FieldSelectorTests {
    private typealias Term = FieldSelector.Term

    @Test func readsTerms() throws {
        #expect(try FieldSelector(parsing: "").isEmpty)
        #expect(try FieldSelector(parsing: ",").isEmpty)
        #expect(
            try FieldSelector(parsing: "metadata.name=a,type!=b,x==c,y=").terms == [
                Term(field: "metadata.name", value: "a"), Term(field: "type", value: "b", isEqual: false),
                Term(field: "x", value: "c"), Term(field: "y", value: ""),
            ])
    }

    @Test func escapesStandForThemselves() throws {
        let selector = try FieldSelector(parsing: #"a=x\,y\=z\\"#)
        #expect(selector.terms == [Term(field: "a", value: #"x,y=z\"#)])
        #expect(try FieldSelector(parsing: selector.description) == selector)
    }

    @Test func comparesValues() throws {
        let selector = try FieldSelector(parsing: "metadata.name=a,status.phase!=Running")
        #expect(selector.matches { $0 == "metadata.name" ? "a" : "Pending" })
        #expect(!selector.matches { $0 == "metadata.name" ? "a" : "Running" })
        #expect(!selector.matches { _ in "" })
        #expect(selector.requiredValue(of: "metadata.name") == "a")
        #expect(selector.requiredValue(of: "status.phase") == nil)
    }

    @Test func faultsHaveTheServersWords() {
        #expect(throws: SelectorError("invalid selector: 'a=b,c'; can't understand 'c'")) {
            try FieldSelector(parsing: "a=b,c")
        }
        #expect(throws: SelectorError.self) { try FieldSelector(parsing: "a=b=c") }
        #expect(throws: SelectorError.self) { try FieldSelector(parsing: #"a=\x"#) }
    }
}
