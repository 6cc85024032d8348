import KubeObjects
import Testing

@testable import KubeSchema

/// What rules can cost at most, by the figures of the API server's own tests (apiextensions-apiserver,
/// `compilation_test.go`).
struct RuleCostTests {
    /// A rule with its costs where nothing limits the values, and where everything is limited.
    struct Case: Sendable, CustomTestStringConvertible {
        var schema: String
        var rule: String
        var unlimited: UInt64
        var limit = 10
        var limited: UInt64

        var testDescription: String { "\(rule) of \(schema)" }

        init(_ schema: String, _ rule: String, _ unlimited: UInt64, _ limit: Int, _ limited: UInt64) {
            (self.schema, self.rule, self.unlimited, self.limit, self.limited) = (
                schema, rule, unlimited, limit, limited
            )
        }
    }

    private static let array = "{type: array MAXITEMS, items: {type: TYPE}}"
    private static let map = "{type: object MAXPROPERTIES, additionalProperties: {type: TYPE}}"
    private static let object = "{type: object, properties: {required: {type: string}}, required: [required]}"
    private static let text = "{type: string MAXLENGTH}"
    private static let texts = "{type: array MAXITEMS, items: {type: string MAXLENGTH}}"

    private static func of(_ schema: String, _ type: String) -> String { schema.replacing("TYPE", with: type) }

    /// The figures of the server's tests, then others, worked out by hand from the rules of cel-go.
    static let cases = [
        Case(of(array, "number"), "self.all(x, true)", 4_718_591, 10, 32),
        Case(of(array, "string"), "self.all(x, true)", 3_145_727, 20, 62),
        Case(of(array, "boolean"), "self.all(x, true)", 1_887_437, 5, 17),
        Case(of(array, "array, items: {type: number}"), "self.all(x, true)", 3_145_727, 100, 302),
        Case("{type: array MAXITEMS, items: \(object)}", "self.all(x, true)", 555_128, 50, 152),
        Case(of(map, "number"), "self.all(x, true)", 1_348_169, 10, 32),
        Case(of(map, "number"), "has(self.x)", 1, 100, 1),
        Case(of(map, "string"), "self.all(x, true)", 1_179_647, 3, 11),
        Case(of(map, "boolean"), "self.all(x, true)", 943_718, 100, 302),
        Case(text, "self.contains('test')", 314_574, 10, 5),
        Case(text, "self.startsWith('test')", 2, 15, 2),
        Case(text, "size(self + \"hello\") > size(\"hello\")", 314_578, 4, 7),
        Case(of(array, "number"), "self[1] == 0.0", 2, 5000, 2),
        Case(of(array, "string"), "self[1] == self[1]", 314_577, 8, 314_577),
        Case(of(array, "number"), "self.all(x, self.all(y, true))", 7_421_701_914_624, 10, 352),
        Case(text, "self.matches(\"x\")", 314_574, 50, 22),
        Case(text, "\"\".matches(\"(((((((((())))))))))[0-9]\")", 7, 10, 7),
        Case(text, "self.matches(\"\")", 1, 100, 1),
        Case(
            "{type: object MAXPROPERTIES, additionalProperties: {type: string MAXLENGTH}}",
            "self.all(x, x.contains(self[x]))", 2_752_507, 10, 72),
        Case(text, "self == \"x\"", 2, 0, 1),
        Case(of(array, "number"), "self.all(x, x == 0.0)", 6_291_454, 3 * 1024 * 2048, 25_165_826),
        Case(
            "{type: array MAXITEMS, items: {type: object MAXPROPERTIES, additionalProperties: {type: object, properties: "
                + "{required: {type: string}}, required: [required]}}}", "self.all(x, x[\"y\"].required == \"z\")",
            7_340_027, 10, 72),
        Case("{type: array MAXITEMS, items: {x-kubernetes-int-or-string: true}}", "self[0] == 5", 3, 10, 3),
        Case("{type: array MAXITEMS, items: \(object)}", "self[0] == null", 2, 422, 2),
        Case(of(array, "array, items: {type: number}"), "self[0][0] == -1.0", 3, 51, 3),
        Case(
            "{type: array MAXITEMS, items: {type: object, additionalProperties: {type: number}}}",
            "self.all(x, x.y == 25.2)", 6_291_452, 12, 74),
        Case(
            "{type: array MAXITEMS, items: {type: object, additionalProperties: {type: number}}}", "self[0].x > 2.0", 4,
            3000, 4),
        Case(of(array, "string, format: duration"), "self.all(x, true)", 2_359_295, 5, 17),
        Case(of(array, "string, format: duration"), "self[0].getHours() == 2", 4, 525, 4),
        Case(of(array, "string, format: date"), "self.all(x, true)", 725_936, 15, 47),
        Case(of(array, "string, format: date-time"), "self.all(x, true)", 428_963, 25, 77),
        Case("{type: object MAXPROPERTIES, additionalProperties: \(object)}", "self.all(x, true)", 428_963, 20, 62),
        Case(of(map, "string, format: date"), "self.all(x, true)", 524_288, 10, 32),
        Case(of(map, "string, format: date-time"), "self[\"a\"] == self[\"b\"]", 8, 7, 8),
        Case(of(map, "integer"), "oldSelf.size() == self.size()", 5, 10, 5),
        Case(text, "self.find('[0-9]+') == ''", 629_147, 10, 11),
        Case(texts, "self.join(' ') == 'aa bb'", 329_853_068_905, 10, 43),
        Case(texts, "self.isSorted() == true", 329_854_432_052, 10, 52),
        Case(
            "{type: object, properties: {str: {type: string MAXLENGTH}, before: {type: string, maxLength: 2}, "
                + "after: {type: string, maxLength: 4}}}",
            "self.str.replace(self.before, self.after) == 'does not matter'", 629_154, 4, 12),
        Case(
            "{type: object, properties: {str: {type: string MAXLENGTH}, separator: {type: string MAXLENGTH}}}",
            "self.str.split(self.separator) == []", 629_160, 10, 22),
        Case(text, "self.lowerAscii() == 'lower!'", 314_575, 10, 6),
        Case(text, "(self != '' ? self : 'none').contains('x')", 314_575, 10, 6),
        Case(of(array, "number"), "(self.size() > 0 ? self : []).all(x, true)", 4_718_603, 10, 44),
        Case(texts, "self.filter(x, x.startsWith('a'))[0].matches('^[a-z]+$')", 16_357_784, 10, 173),
        Case(texts, "self.map(x, x + '!')[0].size() > 1", 329_867_014_965, 10, 195),
        Case(of(array, "number"), "self.distinct().size() > 1", 4_947_796_033_552, 10, 214),
        Case(of(array, "string"), "self.sort().size() > 1", 2_308_970_014_327, 10, 224),
        Case(of(array, "number"), "self.slice(0, 2).all(x, true)", 21, 10, 21),
        Case(of(array, "number"), "self.reverse()[0] > 1.0", 1_572_877, 10, 24),
        Case(text, "lists.range(3).all(x, true)", 24, 10, 24),
        Case(of(array, "number"), "sets.contains(self, [1.0, 2.0])", 3_145_738, 10, 32),
        Case(of(array, "number"), "sets.equivalent(self, [1.0])", 3_145_738, 10, 32),
        Case(text, "strings.quote(self) != ''", 314_574, 10, 5),
        Case(
            "{type: object, properties: {num: {type: integer}}}",
            "cel.bind(x, self.num, x + 1) == cel.bind(y, self.num, y + 1)", 29, 10, 29),
        Case("{x-kubernetes-int-or-string: true MAXLENGTH}", "type(self) == string && self == 'x'", 314_578, 10, 9),
        Case(
            "{type: string, enum: [A, B, C, LongValue] MAXLENGTH}", "self.contains('A')", 2, 1000, 401),
    ]

    @Test(arguments: cases)
    func costs(_ example: Case) throws {
        #expect(try Self.cost(example.rule, of: example.schema, limit: nil) == example.unlimited)
        #expect(try Self.cost(example.rule, of: example.schema, limit: example.limit) == example.limited)
    }

    private static func schema(_ text: String, limit: Int?) throws -> JSONObject {
        var text = text
        for name in ["maxItems", "maxProperties", "maxLength"] {
            text.replace(" \(name.uppercased())", with: limit.map { ", \(name): \($0)" } ?? "")
        }
        return try #require(try YAML.parse(text).first?.value.object)
    }

    private static func cost(_ rule: String, of text: String, limit: Int?) throws -> UInt64 {
        let schema = StructuralSchema(compiling: try schema(text, limit: limit))
        let type = try #require(CELType(schema))
        let expression = try CELParser.parse(rule)
        var checker = CELChecker(variables: [("self", type), ("oldSelf", type)])
        #expect(checker.check(expression) == .bool)
        #expect(checker.issues == [])
        let sizes = try #require(CELSizedType.of(schema))
        var estimator = CELCostEstimator(root: sizes, variables: [("self", type), ("oldSelf", type)])
        return estimator.cost(of: expression)
    }

    /// Limits below zero are taken, as the server takes them.
    @Test(arguments: [
        "{type: array, maxItems: -1, items: {type: string, maxLength: -1}}",
        "{type: array, maxItems: 10, items: {type: object, maxProperties: -1, additionalProperties: {type: string}}}",
        "{type: array, maxItems: 10, items: {x-kubernetes-int-or-string: true, maxLength: -1}}",
    ])
    func limitsBelowZero(schema: String) throws {
        var json = try Self.schema(schema, limit: nil)
        json["x-kubernetes-validations"] = [["rule": "self.all(x, x == x)"]]
        json["items"]?["x-kubernetes-validations"] = [["rule": "self == self"]]
        var compiler = RuleCompiler()
        compiler.check(StructuralSchema(compiling: json), at: FieldPath("p"))
        #expect(compiler.errors == [])
    }

    /// A definition's rules, of which one or all together may cost too much.
    @Test(arguments: [
        (
            "{type: array, maxItems: 100000, items: {type: string, maxLength: 253}}", "self.all(x, x.contains('gpu'))",
            [
                "p.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 1.060000x"
            ]
        ),
        ("{type: array, maxItems: 94339, items: {type: string, maxLength: 253}}", "self.all(x, x.contains('gpu'))", []),
        (
            "{type: array, items: {type: string}}", "self.all(x, x.contains('gpu'))",
            [
                "p.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x",
                "p.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit "
                    + "for entire OpenAPIv3 schema",
                "p: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by "
                    + "factor of more than 100x",
            ]
        ),
        (
            "{type: array, maxItems: 500000, items: {type: string, maxLength: 253}}", "self.all(x, x.contains('gpu'))",
            [
                "p.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 5.3x"
            ]
        ),
    ])
    func limits(schema: String, rule: String, expected: [String]) throws {
        var json = try Self.schema(schema, limit: nil)
        json["x-kubernetes-validations"] = [["rule": .string(rule)]]
        var compiler = RuleCompiler()
        compiler.check(StructuralSchema(compiling: json), at: FieldPath("p"))
        let advice =
            " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings "
            + "are declared)"
        #expect(compiler.errors.map { $0.description.replacing(advice, with: "") } == expected)
    }
}
