import Testing

@testable import KubeSchema

struct PatternTests {
    struct MatchCase: Sendable, CustomTestStringConvertible {
        var pattern: String
        var yes: [String]
        var no: [String]
        var testDescription: String { pattern }
    }

    @Test(arguments: [
        MatchCase(pattern: "^[a-z]+$", yes: ["abc"], no: ["", "aB", "a1"]),
        MatchCase(pattern: "b", yes: ["abc"], no: ["ac"]),
        MatchCase(pattern: "^a{2,3}$", yes: ["aa", "aaa"], no: ["a", "aaaa"]),
        MatchCase(pattern: "^a{0}$", yes: [""], no: ["a"]),
        MatchCase(pattern: "^(a|bc)*$", yes: ["", "abca"], no: ["b", "acb"]),
        MatchCase(pattern: #"^\d+(\.\d+)?$"#, yes: ["1", "1.25"], no: ["1.", ".5"]),
        MatchCase(pattern: "(?i)^STRASSE$", yes: ["strasse", "StrAsse"], no: ["strase"]),
        MatchCase(pattern: "^[^/]+$", yes: ["a b"], no: ["a/b", ""]),
        MatchCase(pattern: #"^[\w.-]+$"#, yes: ["a_b.c-d"], no: ["a b"]),
        MatchCase(pattern: "^[[:alpha:]][[:^digit:]]$", yes: ["ab"], no: ["a1", "1a"]),
        MatchCase(pattern: #"^\p{Lu}\pL*$"#, yes: ["Ärger", "A"], no: ["ärger", "A1"]),
        MatchCase(pattern: #"\bfoo\b"#, yes: ["a foo b"], no: ["afoo"]),
        MatchCase(pattern: "^a.c$", yes: ["abc", "aäc"], no: ["a\nc", "ac"]),
        MatchCase(pattern: "(?s)^a.c$", yes: ["a\nc"], no: ["ac"]),
        MatchCase(pattern: "(?m)^b$", yes: ["a\nb\nc"], no: ["a\nbb"]),
        MatchCase(pattern: #"^\Qa.b\E$"#, yes: ["a.b"], no: ["axb"]),
        MatchCase(pattern: #"^\x41\x{1F600}$"#, yes: ["A😀"], no: ["A"]),
        MatchCase(pattern: "^(?P<x>a)(?:b)$", yes: ["ab"], no: ["a"]),
        MatchCase(pattern: "^a{,2}$", yes: ["a{,2}"], no: ["a"]),
        MatchCase(pattern: "^(|a)*$", yes: ["", "aaa"], no: ["b"]),
    ])
    func matchesAsRE2Does(_ test: MatchCase) throws {
        let pattern = try Pattern(test.pattern)
        for text in test.yes { #expect(pattern.matches(text), "\(text)") }
        for text in test.no { #expect(!pattern.matches(text), "\(text)") }
    }

    @Test(arguments: [
        ("[a", "missing closing ]: `[a`"), ("a(b", "missing closing ): `a(b`"), ("a)", "unexpected ): `a)`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("a**", "invalid nested repetition operator: `**`"), ("a{2,1}", "invalid repeat count: `{2,1}`"),
        ("a{1001}", "invalid repeat count: `{1001}`"), ("[z-a]", "invalid character class range: `z-a`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"), (#"\1"#, #"invalid escape sequence: `\1`"#),
        (#"a\"#, "trailing backslash at end of expression"),
    ])
    func refusesWhatRE2Refuses(_ pattern: String, _ words: String) {
        #expect {
            try Pattern(pattern)
        } throws: { "\($0)" == "error parsing regexp: " + words }
    }

    @Test func findsTheLeftmostPreferredMatches() throws {
        #expect(try Pattern("[0-9]+").matches(in: "a1b22c333") == ["1", "22", "333"])
        #expect(try Pattern("[0-9]+").matches(in: "a1b22c333", limit: 2) == ["1", "22"])
        #expect(try Pattern("a|ab").matches(in: "ab") == ["a"])
        #expect(try Pattern("a+?").matches(in: "aa") == ["a", "a"])
        #expect(try Pattern("a*").matches(in: "baac") == ["", "aa", ""])
    }

    @Test func aPatternThatMakesOthersBacktrackTakesNoLonger() throws {
        let pattern = try Pattern("^(a+)+$")
        #expect(!pattern.matches(String(repeating: "a", count: 2000) + "b"))
    }
}
