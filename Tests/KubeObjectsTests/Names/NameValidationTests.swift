import KubeObjects
import Testing

struct NameValidationTests {
    struct NameCase: Sendable, CustomTestStringConvertible {
        var rule: String
        var text: String
        /// How the first fault begins; nil for none.
        var fault: String?
        var testDescription: String { "\(rule) of '\(text.prefix(20))'" }

        init(_ rule: String, _ text: String, _ fault: String? = nil) {
            (self.rule, self.text, self.fault) = (rule, text, fault)
        }
    }

    private static let rules: [String: @Sendable (String) -> [String]] = [
        "subdomain": NameValidation.dns1123Subdomain, "label": NameValidation.dns1123Label,
        "strict label": NameValidation.dns1035Label, "segment": NameValidation.pathSegmentName,
        "qualified": NameValidation.qualifiedName, "value": NameValidation.labelValue,
        "key": NameValidation.configMapKey, "variable": NameValidation.environmentVariable,
        "port": NameValidation.portName,
    ]

    @Test(arguments: [
        NameCase("subdomain", "a.b-c.d1"), NameCase("subdomain", "a..b", "a lowercase RFC 1123 subdomain"),
        NameCase("subdomain", "", "a lowercase RFC 1123 subdomain"),
        NameCase("subdomain", String(repeating: "a", count: 254), "must be no more than 253 characters"),
        NameCase("label", "a-1"), NameCase("label", "a.b", "a lowercase RFC 1123 label"),
        NameCase("label", "-a", "a lowercase RFC 1123 label"), NameCase("label", "é", "a lowercase RFC 1123 label"),
        NameCase("label", String(repeating: "a", count: 64), "must be no more than 63 characters"),
        NameCase("strict label", "a1"), NameCase("strict label", "1a", "a DNS-1035 label"),
        NameCase("segment", "system:admin"), NameCase("segment", "a/b", "may not contain '/'"),
        NameCase("segment", "..", "may not be '..'"),
        NameCase("qualified", "example.com/My_Name.1"), NameCase("qualified", "bad key", "name part must consist"),
        NameCase("qualified", "a/b/c", "a valid label key must consist"),
        NameCase("qualified", "/b", "prefix part must be non-empty"),
        NameCase("qualified", "A/b", "prefix part a lowercase RFC 1123 subdomain"),
        NameCase("qualified", "", "name part must be non-empty"),
        NameCase("value", ""), NameCase("value", "A_b.1"), NameCase("value", "a b", "a valid label must be"),
        NameCase("value", String(repeating: "a", count: 64), "must be no more than 63 bytes"),
        NameCase("key", "a_B.c-1"), NameCase("key", "a/b", "a valid config key"),
        NameCase("key", "..", "must not be '..'"),
        NameCase("key", "..a", "must not start with '..'"),
        NameCase("variable", "1 bad"), NameCase("variable", "a=b", "a valid environment variable name"),
        NameCase("port", "http-1"), NameCase("port", "1", "must contain at least one letter"),
        NameCase("port", "a--b", "must not contain consecutive hyphens"),
    ])
    func `the first fault is told in the server's words`(example: NameCase) throws {
        let rule = try #require(Self.rules[example.rule])
        let faults = rule(example.text)
        if let fault = example.fault {
            #expect(faults.first?.hasPrefix(fault) == true, "\(faults)")
        } else {
            #expect(faults.isEmpty)
        }
    }
}
