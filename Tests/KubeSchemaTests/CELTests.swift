import KubeObjects
import Testing

@testable import KubeSchema

/// An expression and what it comes to: a value as `%s` prints it, or an error.
struct CELCase: Sendable, CustomTestStringConvertible {
    var expression: String
    var result: String
    var testDescription: String { expression }

    init(_ expression: String, _ result: String) {
        self.expression = expression
        self.result = result
    }

    /// Checks and runs the expression; what the checker says comes first, as in a server.
    static func run(_ source: String, budget: Int = CELEvaluator.callLimit) -> String {
        do {
            let expression = try CELParser.parse(source)
            var checker = CELChecker(variables: [("self", .dyn)])
            _ = checker.check(expression)
            guard checker.issues.isEmpty else {
                return "compile: " + checker.issues.map(\.message).joined(separator: "; ")
            }
            var evaluator = CELEvaluator(variables: [("self", .map(CELMap()))], budget: budget)
            return try text(of: evaluator.evaluate(expression))
        } catch let error as CELCompilationError {
            return "compile: " + error.issues.map(\.message).joined(separator: "; ")
        } catch let error as CELRuntimeError {
            return "error: " + error.message
        } catch {
            return "\(error)"
        }
    }

    private static func text(of value: CELValue) throws -> String {
        if case .optional(let inner) = value { return try inner.map { "optional(\(try text(of: $0)))" } ?? "none" }
        return try CELFormat.text(of: value)
    }
}

struct CELTests {
    @Test(arguments: [
        CELCase("1 + 2 * 3", "7"), CELCase("(1 + 2) * 3", "9"), CELCase("7 / 2", "3"), CELCase("-7 / 2", "-3"),
        CELCase("-7 % 3", "-1"), CELCase("7.0 / 2.0", "3.5"), CELCase("2u * 3u", "6"), CELCase("- 3 - -3", "0"),
        CELCase("9223372036854775807 + 1", "error: integer overflow"),
        CELCase("-9223372036854775808", "-9223372036854775808"),
        CELCase("-(-9223372036854775808)", "error: integer overflow"),
        CELCase("1u - 2u", "error: unsigned integer overflow"), CELCase("1 / 0", "error: division by zero"),
        CELCase("1 % 0", "error: modulus by zero"), CELCase("0x1F", "31"), CELCase("1e3", "1000"),
        CELCase("1 == 1", "true"), CELCase("1 != 1", "false"), CELCase("1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 3", "false"),
        CELCase("1 < 1.5", "true"), CELCase("1u < 2", "true"), CELCase("'a' < 'b'", "true"),
        CELCase("dyn(1) == dyn(1.0)", "true"), CELCase("dyn(1) == dyn('1')", "false"),
        CELCase("[1, 2] == [1, 2]", "true"), CELCase("{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"),
        CELCase("!true || !!true", "true"), CELCase("true ? 1 : 2", "1"), CELCase("false ? 1 : true ? 2 : 3", "2"),
        CELCase("true || 1 / 0 == 1", "true"), CELCase("1 / 0 == 1 || true", "true"),
        CELCase("false && 1 / 0 == 1", "false"), CELCase("1 / 0 == 1 && false", "false"),
        CELCase("1 / 0 == 1 || false", "error: division by zero"),
        CELCase("2 in [1, 2]", "true"), CELCase("'a' in {'a': 1}", "true"), CELCase("3 in [1, 2]", "false"),
        CELCase("[1, 2, 3][1]", "2"), CELCase("[1][2]", "error: index out of bounds: 2"),
        CELCase("{'a': 1}['a']", "1"), CELCase("{'a': 1}.a", "1"), CELCase("{'a': 1}['b']", "error: no such key: b"),
        CELCase("[1] + [2, 3]", "[1, 2, 3]"), CELCase("'a' + 'b'", "ab"), CELCase("[1, 2,]", "[1, 2]"),
        CELCase("{1: 'a', 1: 'b'}", "error: Failed with repeated key: 1"),
        CELCase("1 + 'a'", "compile: found no matching overload for '_+_' applied to '(int, string)'"),
        CELCase("1 == 'a'", "compile: found no matching overload for '_==_' applied to '(int, string)'"),
        CELCase("unknown", "compile: undeclared reference to 'unknown' (in container '')"),
        CELCase("nothing(1)", "compile: undeclared reference to 'nothing' (in container '')"),
        CELCase("[1, 'a']", "compile: expected type 'int' but found 'string'"),
        CELCase("'a'.startsWith(1)", "compile: found no matching overload for 'startsWith' applied to 'string.(int)'"),
        CELCase(
            "1 +",
            "compile: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', "
                + "'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"),
        CELCase("1 // a comment", "1"),
    ])
    func operators(_ test: CELCase) { #expect(CELCase.run(test.expression) == test.result) }

    @Test(arguments: [
        CELCase(#"'a\'b\n\x41\u00e4\101'"#, "a'b\nAäA"), CELCase(#"r'a\n'"#, #"a\n"#), CELCase("'''a'b'''", "a'b"),
        CELCase(#""a" + 'b'"#, "ab"), CELCase("size('äö😀')", "3"), CELCase("b'ä'.size()", "2"),
        CELCase("'hello'.startsWith('he')", "true"), CELCase("'hello'.endsWith('lo')", "true"),
        CELCase("'hello'.contains('ell')", "true"), CELCase("'hello'.contains('')", "true"),
        CELCase("'abc'.matches('^[a-c]+$')", "true"), CELCase("matches('abc', 'x')", "false"),
        CELCase("'abc'.matches('[')", "error: error parsing regexp: missing closing ]: `[`"),
        CELCase("'Ab ä'.lowerAscii()", "ab ä"), CELCase("'Ab ä'.upperAscii()", "AB ä"), CELCase("' a '.trim()", "a"),
        CELCase("'hello'.substring(1, 3)", "el"), CELCase("'hello'.substring(3)", "lo"),
        CELCase("'hello'.substring(9)", "error: index out of range: 9"), CELCase("'hello'.charAt(1)", "e"),
        CELCase("'hello'.indexOf('l')", "2"), CELCase("'hello'.lastIndexOf('l')", "3"),
        CELCase("'hello'.indexOf('x')", "-1"), CELCase("'hello'.indexOf('l', 3)", "3"),
        CELCase("'hello'.replace('l', 'L')", "heLLo"), CELCase("'hello'.replace('l', 'L', 1)", "heLlo"),
        CELCase("'ab'.replace('', '-')", "-a-b-"), CELCase("'a,b,c'.split(',')", "[a, b, c]"),
        CELCase("'a,b,c'.split(',', 2)", "[a, b,c]"), CELCase("'abc'.split('')", "[a, b, c]"),
        CELCase("['a', 'b'].join('-')", "a-b"), CELCase("['a', 'b'].join()", "ab"),
        CELCase("'a1b22'.find('[0-9]+')", "1"), CELCase("'a1b22'.findAll('[0-9]+')", "[1, 22]"),
        CELCase("'a1b22'.findAll('[0-9]+', 1)", "[1]"), CELCase("'abc'.reverse()", "cba"),
        CELCase(#"strings.quote('a"b')"#, #""a\"b""#),
        CELCase("'%s is %d, %.2f, %x, %b%%'.format(['a', 5, 1.005, 255, true])", "a is 5, 1.00, ff, 1%"),
        CELCase("'%s'.format([[1, 'a', {'k': 1.5}]])", "[1, a, {k: 1.5}]"),
        CELCase("'%e'.format([12345.678])", "1.234568e+04"), CELCase("'%.1f'.format([0.25])", "0.2"),
        CELCase(
            "'%d'.format(['a'])",
            "error: error during formatting: decimal clause can only be used on integers, was given string"),
    ])
    func strings(_ test: CELCase) { #expect(CELCase.run(test.expression) == test.result) }

    @Test(arguments: [
        CELCase("[1, 2, 3].all(x, x > 0)", "true"), CELCase("[1, 2].exists(x, x == 2)", "true"),
        CELCase("[1, 2, 2].exists_one(x, x == 2)", "false"), CELCase("[1, 2, 3].filter(x, x > 1)", "[2, 3]"),
        CELCase("[1, 2].map(x, x * 2)", "[2, 4]"), CELCase("[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]"),
        CELCase("{'a': 1, 'b': 2}.all(k, k in ['a', 'b'])", "true"), CELCase("{'a': 1}.map(k, k + 'x')", "[ax]"),
        CELCase("[0, 1].exists(x, 1 / x == 1)", "true"),
        CELCase("[0, 2].exists(x, 1 / x == 1)", "error: division by zero"),
        CELCase("[0, 1].all(x, 1 / x == 2)", "false"),
        CELCase("[[1], [2, 3]].map(x, x.map(y, y + 1))", "[[2], [3, 4]]"),
        CELCase("[3, 4].all(i, v, v == i + 3)", "true"), CELCase("{'a': 1}.exists(k, v, k == 'a' && v == 1)", "true"),
        CELCase("[1, 2].transformList(i, v, v * i)", "[0, 2]"),
        CELCase("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10)", "{b: 20}"),
        CELCase("cel.bind(x, 2 + 3, x * x)", "25"),
        CELCase(
            "1.all(x, true)",
            "compile: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"),
        CELCase("[1].all(x, x)", "compile: expected type 'bool' but found 'int'"),
        CELCase("[1].all(1, true)", "compile: argument must be a simple name"),
        CELCase("[1, 2, 2].isSorted()", "true"), CELCase("['b', 'a'].isSorted()", "false"),
        CELCase("[1, 2, 3].sum()", "6"), CELCase("[1.5, 2.5].sum()", "4"), CELCase("[2, 1, 3].min()", "1"),
        CELCase("['a', 'c', 'b'].max()", "c"), CELCase("[].min()", "error: min called on empty list"),
        CELCase("[1, 2, 1].indexOf(1)", "0"), CELCase("[1, 2, 1].lastIndexOf(1)", "2"),
        CELCase("lists.range(3)", "[0, 1, 2]"), CELCase("[1, 2, 1].distinct()", "[1, 2]"),
        CELCase("[[1], [2, 3]].flatten()", "[1, 2, 3]"), CELCase("[1, 2, 3].slice(1, 3)", "[2, 3]"),
        CELCase("[3, 1, 2].sort()", "[1, 2, 3]"), CELCase("[1, 2].reverse()", "[2, 1]"),
        CELCase("sets.contains([1, 2, 3], [3, 1])", "true"), CELCase("sets.equivalent([1, 2], [2, 1, 1])", "true"),
        CELCase("sets.intersects([1], [2])", "false"), CELCase("size([1, 2]) + [1].size() + size({'a': 1})", "4"),
    ])
    func listsAndMaps(_ test: CELCase) { #expect(CELCase.run(test.expression) == test.result) }

    @Test(arguments: [
        CELCase("int('42') + int(3.9) + int(2u)", "47"),
        CELCase("int('x')", "error: type conversion error from 'string' to 'int'"),
        CELCase("int(1e99)", "error: integer overflow"), CELCase("uint(3)", "3"),
        CELCase("double('1.5') + double(1)", "2.5"),
        CELCase("string(1) + string(2.0) + string(true) + string(b'x')", "12truex"), CELCase("bool('true')", "true"),
        CELCase("type(1) == int && type('') == string && type([]) == list", "true"),
        CELCase("string(duration('90m'))", "5400s"),
        CELCase("duration('1h30m') + duration('1.5s') == duration('5401.5s')", "true"),
        CELCase("duration('x')", #"error: time: invalid duration "x""#), CELCase("duration('1h').getMinutes()", "60"),
        CELCase("timestamp('2024-02-29T12:30:15.5Z') + duration('24h')", "2024-03-01T12:30:15.5Z"),
        CELCase("timestamp('2024-01-02T00:00:00Z') - timestamp('2024-01-01T00:00:00Z') == duration('24h')", "true"),
        CELCase("timestamp('2024-02-29T12:30:15Z').getFullYear()", "2024"),
        CELCase("timestamp('2024-02-29T12:30:15Z').getMonth()", "1"),
        CELCase("timestamp('2024-02-29T12:30:15Z').getDate()", "29"),
        CELCase("timestamp('2024-02-29T12:30:15Z').getDayOfYear()", "59"),
        CELCase("timestamp('2024-02-29T12:30:15Z').getDayOfWeek()", "4"),
        CELCase("timestamp('2024-02-29T23:30:15Z').getHours('+02:00')", "1"),
        CELCase(
            "timestamp('x')", #"error: parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#),
        CELCase("optional.of(1).orValue(2)", "1"), CELCase("optional.none().orValue(2)", "2"),
        CELCase("optional.none().hasValue()", "false"),
        CELCase("optional.none().value()", "error: optional.none() dereference"),
        CELCase("optional.of(1).or(optional.of(2)).value()", "1"), CELCase("{'a': 1}.?a", "optional(1)"),
        CELCase("{'a': 1}[?'b'].orValue(5)", "5"), CELCase("[1][?3]", "none"),
        CELCase("{'a': {'b': 1}}.?a.b", "optional(1)"),
        CELCase("[?optional.none(), ?optional.of(2)]", "[2]"), CELCase("{?'a': optional.none(), 'b': 1}", "{b: 1}"),
        CELCase("optional.of(2).optMap(x, x * 2).value()", "4"), CELCase("optional.none().optMap(x, x)", "none"),
        CELCase("optional.ofNonZeroValue('')", "none"),
        CELCase("quantity('500m').isLessThan(quantity('1'))", "true"),
        CELCase("quantity('1Gi').compareTo(quantity('1024Mi'))", "0"),
        CELCase("quantity('1').add(quantity('500m')).asApproximateFloat()", "1.5"),
        CELCase("quantity('2k').sub(1).asInteger()", "1999"), CELCase("quantity('1.5').isInteger()", "false"),
        CELCase("isQuantity('10Gi') && !isQuantity('ten')", "true"), CELCase("quantity('-1').sign()", "-1"),
        CELCase("quantity('500m') == quantity('0.5')", "true"),
    ])
    func conversionsTimesAndOptionals(_ test: CELCase) { #expect(CELCase.run(test.expression) == test.result) }

    @Test(arguments: [
        CELCase("ip('10.0.0.1').family()", "4"), CELCase("ip('::1').isLoopback()", "true"),
        CELCase("string(ip('2001:0db8:0:0::1'))", "2001:db8::1"), CELCase("string(ip('0:0:1::'))", "0:0:1::"),
        CELCase("isIP('10.0.0') || isIP('010.0.0.1') || isIP('::ffff:1.2.3.4')", "false"),
        CELCase("ip.isCanonical('2001:DB8::1')", "false"),
        CELCase(
            "ip('x')",
            #"error: IP Address "x" parse error during conversion from string: ParseAddr("x"): unable to parse IP"#),
        CELCase("ip('10.1.2.3').isGlobalUnicast() && ip('169.254.1.1').isLinkLocalUnicast()", "true"),
        CELCase("cidr('10.0.0.0/8').containsIP('10.1.2.3')", "true"),
        CELCase("cidr('10.0.0.0/8').containsIP(ip('11.1.2.3'))", "false"),
        CELCase("cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", "true"),
        CELCase("cidr('10.0.0.0/8').containsCIDR('0.0.0.0/0')", "false"),
        CELCase(
            "string(cidr('10.1.2.3/12').masked()) + ' ' + string(cidr('10.1.2.3/12').ip())", "10.0.0.0/12 10.1.2.3"),
        CELCase("cidr('::/64').prefixLength()", "64"), CELCase("isCIDR('10.0.0.0')", "false"),
        CELCase("url('https://u@a.b:80/p%20q?x=1&x=2&y=a+b').getHost()", "a.b:80"),
        CELCase("url('https://[::1]:80/').getHostname() + ' ' + url('https://[::1]:80/').getPort()", "::1 80"),
        CELCase("url('HTTPS://a/p%20q?x=1').getEscapedPath()", "/p%20q"),
        CELCase("url('HTTPS://a').getScheme()", "https"),
        CELCase("url('https://a/?x=1&x=2&y=a+b').getQuery()", "{x: [1, 2], y: [a b]}"),
        CELCase("isURL('a b') || !isURL('/rooted')", "false"),
    ])
    func addressesAndURLs(_ test: CELCase) { #expect(CELCase.run(test.expression) == test.result) }

    @Test func whatCostsTooMuchEnds() {
        let walk = "[1, 2, 3, 4, 5].all(a, [1, 2, 3, 4, 5].all(b, a + b > 0))"
        #expect(CELCase.run("true || \(walk)", budget: 100) == "true")
        #expect(CELCase.run(walk) == "true")
        #expect(
            CELCase.run("\(walk) || true", budget: 100) == "error: operation cancelled: actual cost limit exceeded")
    }
}
