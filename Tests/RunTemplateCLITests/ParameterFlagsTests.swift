import ArgumentParser
import KubeObjects
import RunCore
import Testing

@testable import RunTemplateCLI

/// A template's parameters as flags of the command line.
struct ParameterFlagsTests {
    struct Split: Sendable, CustomTestStringConvertible {
        var words: String
        var flags: [String]
        var rest: String
        var testDescription: String { words }
    }

    @Test(arguments: [
        Split(words: "t --database orders -n demo", flags: ["database=orders"], rest: "t -n demo"),
        Split(words: "t --database=a=b", flags: ["database=a=b"], rest: "t"),
        Split(words: "t --database= -q", flags: ["database="], rest: "t -q"),
        Split(words: "t --verbose --rm", flags: ["verbose"], rest: "t --rm"),
        Split(words: "t --offset -5 --rate -0.5", flags: ["offset=-5", "rate=-0.5"], rest: "t"),
        Split(words: "t -- --database orders", flags: [], rest: "t -- --database orders"),
        Split(words: "t --args --database", flags: [], rest: "t --args --database"),
        Split(words: "--name x t --a 1 --a 2", flags: ["a=1", "a=2"], rest: "--name x t"),
        Split(words: "--databse orders", flags: [], rest: "--databse orders"),
        Split(words: "t --image=x --cpu 1", flags: [], rest: "t --image=x --cpu 1"),
    ])
    func unknownFlagsAreTakenOut(_ test: Split) {
        let (flags, rest) = ParameterFlags.split(test.words.split(separator: " ").map(String.init), .all)
        #expect(flags.flags.map { flag in flag.value.map { "\(flag.name)=\($0)" } ?? flag.name } == test.flags)
        #expect(rest.joined(separator: " ") == test.rest)
    }

    private static let template = JobTemplate(
        KubeObject([
            "kind": "JobTemplate", "metadata": ["name": "migrate"],
            "parameters": [["name": "database"], ["name": "verbose", "type": "boolean"]],
        ]))

    private func parameters(_ words: String...) throws -> [RunRequest.Parameter] {
        try ParameterFlags.split(["t"] + words, .all).flags.parameters(of: Self.template)
    }

    @Test func aTruthValueNeedsNoValue() throws {
        #expect(
            try parameters("--verbose", "--database", "x") == [
                RunRequest.Parameter(name: "verbose", value: "true"),
                RunRequest.Parameter(name: "database", value: "x"),
            ])
    }

    @Test func allOthersNeedOne() {
        #expect(throws: CommandFailure("--database needs a value", exitCode: 2)) { try parameters("--database") }
    }

    @Test func aTypoIsRefusedWithTheNearestName() {
        let message =
            "unknown flag --databse: it is no flag of kubectl run-template and no parameter of JobTemplate \"migrate\", "
            + "which declares database, verbose; did you mean \"--database\"?"
        #expect(throws: CommandFailure(message, exitCode: 2)) { try parameters("--databse", "x") }
    }

    @Test func aFlagOfKubectlIsNotTakenForAParameterInSilence() throws {
        let template = JobTemplate(
            KubeObject([
                "kind": "JobTemplate", "metadata": ["name": "aws"],
                "parameters": [["name": "profile", "default": "x"]],
            ]))
        let message = "--profile is a flag of kubectl: give the parameter as -p profile=VALUE"
        var flags = ParameterFlags()
        flags.idle = RunTemplate.normalized(["aws", "--profile", "test", "--kuberc=x"]).idle
        #expect(flags.idle == ["profile", "kuberc"])
        #expect(throws: CommandFailure(message, exitCode: 2)) { try flags.parameters(of: template) }
        #expect(try flags.parameters(of: Self.template) == [])
        #expect(template.parameters.first?.flagAdvice == message)
        #expect(template.parameters.first?.helpLine == "  -p profile=<string>     (default: x)")
    }

    /// The table is written by hand; the parser knows better.
    @Test func theTableOfFlagsIsThatOfTheParser() throws {
        var switches: Set<String> = []
        var options: Set<String> = []
        for type in [RunTemplateCommand.self] + RunTemplateCommand.configuration.subcommands
            as [any ParsableCommand.Type]
        {
            let dump = try JSONValue(parsing: Self.dump(type))
            for argument in dump["command"]?["arguments"]?.array ?? [] where argument["kind"]?.string != "positional" {
                let names = (argument["names"]?.array ?? []).compactMap { name -> String? in
                    guard let text = name["name"]?.string else { return nil }
                    return name["kind"]?.string == "long" ? "--\(text)" : "-\(text)"
                }
                if argument["kind"]?.string == "flag" { switches.formUnion(names) } else { options.formUnion(names) }
            }
        }
        #expect(switches.subtracting(FlagTable.all.switches).sorted() == ["-f"])
        #expect(options.subtracting(FlagTable.all.options).sorted() == [])
        #expect(FlagTable.all.switches.subtracting(switches).sorted() == [])
        #expect(FlagTable.all.options.subtracting(options).sorted() == [])
    }

    private static func dump(_ type: any ParsableCommand.Type) -> String { type._dumpHelp() }
}
