import TestSupport
import Testing

/// Files and functions that one can read. A test's own limit for files is higher: tables are long.
struct SizeTests {
    private static let fileLimit = 500
    private static let testFileLimit = 800
    private static let functionLimit = 60

    private static let sources: [String] = ["Sources", "kubectl-plugin", "Tests", "Benchmarks/Sources"].flatMap {
        Repository.files(under: $0, endingWith: ".swift")
    }.filter { !$0.contains("/Generated/") }

    @Test func filesAreShort() throws {
        var sizes: [(lines: Int, file: String)] = []
        for file in Self.sources {
            let lines = try Repository.text(file).utf8.count { $0 == UInt8(ascii: "\n") }
            sizes.append((lines, file))
            let limit = file.hasPrefix("Tests/") ? Self.testFileLimit : Self.fileLimit
            #expect(lines <= limit, "\(file) has \(lines) lines; split it by topic")
        }
        Self.printWorst(sizes, of: "files")
    }

    @Test func functionsFitOnAScreen() throws {
        var sizes: [(lines: Int, file: String)] = []
        for file in Self.sources where !file.hasPrefix("Tests/") {
            for function in FunctionScanner.functions(in: try Repository.text(file)) {
                let place = "\(file):\(function.line) \(function.name)"
                sizes.append((function.length, place))
                #expect(
                    function.length <= Self.functionLimit, "\(place) has \(function.length) lines; divide it")
            }
        }
        #expect(sizes.count > 500, "the scanner finds hardly any functions")
        Self.printWorst(sizes, of: "functions")
    }

    private static func printWorst(_ sizes: [(lines: Int, file: String)], of what: String) {
        print("longest \(what):")
        for (lines, file) in sizes.sorted(by: { $0.lines > $1.lines }).prefix(10) { print("  \(lines)  \(file)") }
    }

    @Test func theScannerFindsFunctions() {
        let text = """
            struct S {
                func short() { 1 }
                init(
                    _ x: Int
                ) {
                    if x { }
                }
                var text: String {
                    "func notOne() {"
                }
            }
            """
        let found = FunctionScanner.functions(in: text)
        #expect(found.map(\.name) == ["short", "init"])
        #expect(found.map(\.length) == [1, 5])
    }
}

/// Finds functions by their indentation, which `swift format` keeps true: a function ends at the first line that closes
/// a brace at the column where it began.
enum FunctionScanner {
    struct Function {
        let name: String
        let line: Int
        let length: Int
    }

    static func functions(in text: String) -> [Function] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var found: [Function] = []
        for (number, line) in lines.enumerated() {
            guard let name = functionName(line) else { continue }
            let indentation = line.prefix { $0 == " " }
            let end = lines[number...].firstIndex { $0 == indentation + "}" } ?? number
            let isOneLine = line.hasSuffix("}") || !hasBody(lines[number...end], indentation)
            found.append(
                Function(name: name, line: number + 1, length: isOneLine ? 1 : end - number + 1))
        }
        return found
    }

    /// Whether a brace opens before anything else begins at the same column: a protocol's requirement has no body.
    private static func hasBody(_ lines: ArraySlice<Substring>, _ indentation: Substring) -> Bool {
        for (offset, line) in lines.enumerated() {
            if line.hasSuffix("{") { return true }
            let column = line.prefix { $0 == " " }
            if offset > 0, column.count <= indentation.count, !line.dropFirst(column.count).hasPrefix(")") {
                return false
            }
        }
        return false
    }

    private static func functionName(_ line: Substring) -> String? {
        let code = line.drop { $0 == " " }
        guard !code.hasPrefix("//"), !code.hasPrefix("\"") else { return nil }
        for word in code.split(separator: " ") {
            if word.hasPrefix("init(") || word.hasPrefix("init?(") || word.hasPrefix("init<") { return "init" }
            if word == "func" {
                let name = code.split(separator: " ").drop { $0 != "func" }.dropFirst().first ?? ""
                return String(name.prefix { $0 != "(" && $0 != "<" })
            }
            guard modifiers.contains(where: { word.hasPrefix($0) }) else { return nil }
        }
        return nil
    }

    private static let modifiers = [
        "public", "package", "internal", "private", "fileprivate", "static", "class", "mutating", "consuming",
        "borrowing", "override", "convenience", "required", "nonisolated", "isolated", "@",
    ]
}
