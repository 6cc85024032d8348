import ArgumentParser
import KubeClient
import KubeObjects
import Testing

@testable import RunTemplateCLI

/// From words to a request.
struct CommandLineTests {
    private let normalizer = CommandLineNormalizer(
        verbs: ["list", "logs"], switches: ["-q", "--quiet", "--rm", "--insecure-skip-tls-verify"])

    struct Case: Sendable, CustomTestStringConvertible {
        var words: String
        var normal: String
        var testDescription: String { words }
    }

    @Test(arguments: [
        Case(words: "echo --args a", normal: "echo --args a"), Case(words: "list -A", normal: "list -A"),
        Case(words: "-n demo list -A", normal: "list -n demo -A"), Case(words: "-ndemo list", normal: "list -ndemo"),
        Case(words: "--namespace=demo list", normal: "list --namespace=demo"),
        Case(words: "-q logs x", normal: "logs -q x"), Case(words: "-n list echo", normal: "-n list echo"),
        Case(words: "echo list", normal: "echo list"), Case(words: "echo -- list", normal: "echo -- list"),
        Case(words: "echo --rm=true --quiet=false", normal: "echo --rm"),
        Case(words: "echo --insecure-skip-tls-verify=false", normal: "echo"),
        Case(words: "echo --dry-run=server", normal: "echo --dry-run=server"),
        Case(words: "echo -- --dry-run --rm=false", normal: "echo -- --dry-run --rm=false"),
    ])
    func habitsOfKubectlAreUnderstood(_ test: Case) {
        let result = normalizer.normalize(test.words.split(separator: " ").map(String.init))
        #expect(result.arguments.joined(separator: " ") == test.normal)
        #expect(result.warnings.isEmpty)
    }

    @Test func anEmptyValueIsAWordOfItsOwn() {
        #expect(normalizer.normalize(["echo", "--args="]).arguments == ["echo", "--args", ""])
    }

    @Test func aShortFlagsValueMayFollowWithoutASpace() {
        var normalizer = normalizer
        normalizer.options = ["-n", "-o"]
        let words = ["list", "-ndemo", "-ojson", "-o=yaml", "-qx", "--", "-ndemo"]
        #expect(normalizer.normalize(["echo", "-o", "-ndemo", "--rm"]).arguments == ["echo", "-o", "-ndemo", "--rm"])
        #expect(
            normalizer.normalize(words).arguments
                == ["list", "-n", "demo", "-o", "json", "-o=yaml", "-qx", "--", "-ndemo"])
    }

    @Test func aNegativeNumberIsAValue() {
        var normalizer = normalizer
        normalizer.options = ["--retries", "--args", "-e"]
        let words = ["echo", "--retries", "-1", "--args", "-x", "-e", "-5m", "--args", "-5m", "--", "--retries", "-1"]
        #expect(
            normalizer.normalize(words).arguments
                == ["echo", "--retries=-1", "--args", "-x", "-e", "-5m", "--args=-5m", "--", "--retries", "-1"])
    }

    @Test(
        "flags that are wrong by themselves are refused before a server is asked, by their names",
        arguments: [
            ("echo --idempotency-key ", "--idempotency-key: a word is expected"),
            ("echo --retries -1", "--retries: -1 is out of range; 0 is the least"),
            ("echo --timeout -5m", "The value '-5m' is invalid for '--timeout <timeout>'"),
            ("logs r --tail -2", "--tail: -1 is the least, and means all lines"),
            ("list --cache-dirs x", "Unknown option '--cache-dirs'"),
        ])
    func aWrongFlagIsNamed(_ line: String, _ message: String) async {
        let errors = TextBuffer()
        let session = Session(
            output: TextBuffer(), errors: errors,
            makeClient: { _ in throw KubeconfigError("no server was to be asked") })
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        #expect(await RunTemplate.main(words, session: session) == 2)
        #expect(errors.text.hasPrefix("error: \(message)"), "\(errors.text)")
    }

    @Test func whatKubectlDoesWithItsCachesIsNotOurs() {
        let words = [
            "--cache-dir", "/tmp", "-o", "name", "--vmodule=a", "--disable-compression", "--", "--kuberc", "x",
        ]
        let (rest, names) = FlagTable.idle.removed(from: words)
        #expect(rest == ["-o", "name", "--", "--kuberc", "x"])
        #expect(names == ["cache-dir", "vmodule", "disable-compression"])
    }

    @Test(
        "a flag that means nothing may stand anywhere, in front of any verb and behind it",
        arguments: [
            ("--cache-dir /tmp echo --rm", "echo --rm"), ("--disable-compression list", "list"),
            ("--profile cpu --profile-output f --match-server-version list", "list"),
            ("--vmodule=a --kuberc f list -A", "list -A"), ("errand/report --cache-dir /tmp -q", "errand/report -q"),
            ("rerun r --exact --cache-dir x", "rerun r --exact"), ("logs r -f --cache-dir x", "logs r -f"),
            ("echo --dry-run=client --disable-compression --whom x", "echo --dry-run=client --whom x"),
            ("echo --args --cache-dir --args x", "echo --args --cache-dir --args x"),
            ("echo -- --cache-dir x", "echo -- --cache-dir x"),
        ])
    func idleFlagsAreNoWords(_ line: String, _ rest: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(RunTemplate.normalized(words).arguments.joined(separator: " ") == rest)
    }

    @Test(arguments: [
        ("echo --validate", "echo --validate=strict"), ("echo --validate --rm", "echo --validate=strict --rm"),
        ("echo --validate warn", "echo --validate warn"), ("echo --args --validate", "echo --args --validate"),
        ("echo --validate -- x", "echo --validate=strict -- x"),
    ])
    func aBareValidateIsStrict(_ words: String, _ normal: String) {
        var normalizer = normalizer
        normalizer.options = ["--validate", "--args"]
        let result = normalizer.normalize(words.split(separator: " ").map(String.init))
        #expect(result.arguments.joined(separator: " ") == normal)
    }

    @Test func aBareDryRunIsOneOfTheClient() {
        let result = normalizer.normalize(["echo", "--dry-run", "list"])
        #expect(result.arguments == ["echo", "--dry-run=client", "list"])
        #expect(result.warnings.count == 1)
    }

    private func request(_ words: [String]) throws -> RunRequest {
        let command = try #require(try RunTemplateCommand.parseAsRoot(words) as? RunTemplateCommand)
        return try command.asked.request(command.template)
    }

    @Test func whatStandsBehindTheDashesBecomesArguments() throws {
        #expect(try request(["echo", "--", "-n", "--args", "a b"]).args == ["-n", "--args", "a b"])
    }

    @Test func eachArgsIsOneArgument() throws {
        #expect(try request(["echo", "--args", "a b", "--args", "-x", "--args", ""]).args == ["a b", "-x", ""])
    }

    @Test func commandReplacesTheCommand() throws {
        let request = try request(["echo", "--command", "-c", "side", "--", "sh", "-c", "exit 1"])
        #expect(request.command == ["sh", "-c", "exit 1"])
        #expect(request.args == [])
        #expect(request.container == "side")
    }

    @Test func parametersLabelsAndAnnotationsArePairs() throws {
        let request = try request([
            "echo", "-p", "a=1", "-p", "b=x=y", "-p", "a=2", "-l", "k=v,l=w", "--annotation", "n=a,b",
        ])
        let object = request.object(named: "r")
        #expect(
            object[path: "spec", "parameters"] == [
                ["name": "a", "value": ["1", "2"]], ["name": "b", "value": "x=y"],
            ])
        #expect(object.labels == ["k": "v", "l": "w"])
        #expect(object.annotations == ["n": "a,b"])
    }

    @Test(arguments: [
        ["echo", "--args", "a", "--", "b"], ["echo", "-p", "a"], ["echo", "-p", "=a"], ["echo", "--command"],
        ["echo", "--name", "a", "--generate-name", "b"], ["echo", "-l", "a"],
    ])
    func contradictionsAreUsageErrors(_ words: [String]) {
        let failure = #expect(throws: CommandFailure.self) { try request(words) }
        #expect(failure?.exitCode == 2)
    }

    @Test(
        "with --local no other cluster can be meant, and nothing can stay",
        arguments: [
            ["--kubeconfig", "k"], ["--context", "c"], ["--cluster", "c"], ["--user", "u"], ["-s", "https://x"],
            ["--server=https://x"], ["--token", "t"], ["--insecure-skip-tls-verify"], ["--certificate-authority", "f"],
            ["--tls-server-name", "n"], ["--detach"], ["-d"],
        ])
    func localIsLocal(_ words: [String]) async {
        for line in [["echo", "--local"], ["local", "echo"]] {
            let errors = TextBuffer()
            let session = Session(
                output: TextBuffer(), errors: errors,
                makeClient: { _ in throw KubeconfigError("no server was to be asked") })
            #expect(await RunTemplate.main(line + ["-f", "f"] + words, session: session) == 2)
            let long = ["-s": "--server", "-d": "--detach"]
            let flag = String(words[0].prefix { $0 != "=" })
            #expect(errors.text.contains(long[flag] ?? flag), "\(errors.text)")
            #expect(errors.text.split(separator: "\n").count == 1)
        }
    }

    @Test func localIsAFlagOfTheRoot() throws {
        let (type, words) = RunTemplate.command(["local", "echo", "-f", "x"])
        #expect(type is RunTemplateCommand.Type)
        #expect(words == ["--local", "echo", "-f", "x"])
    }

    @Test(arguments: [
        ("echo", "echo"), ("jt/list", "list"), ("jobtemplates.cellbytes.io/x", "x"), ("JobTemplate/x", "x"),
    ])
    func aTemplateMayBeNamedWithItsType(_ argument: String, _ name: String) throws {
        #expect(try TemplateLookup.name(argument) == name)
    }

    @Test(arguments: ["", "pod/x", "jt/", "a/b/c"])
    func whatNamesNoTemplateIsRefused(_ argument: String) {
        #expect(throws: CommandFailure.self) { try TemplateLookup.name(argument) }
    }

    @Test(arguments: [
        ("90s", Duration.seconds(90)), ("1h2m3s", .seconds(3723)), ("500ms", .milliseconds(500)),
        ("2.5m", .seconds(150)),
        ("10", .seconds(10)), ("0", .zero),
    ])
    func durations(_ text: String, _ duration: Duration) {
        #expect(DurationArgument(argument: text)?.duration == duration)
    }

    @Test(arguments: ["", "s", "1x", "-1s", "1s2", "inf", "nan"])
    func whatIsNoDurationIsRefused(_ text: String) { #expect(DurationArgument(argument: text) == nil) }

    @Test(arguments: [
        ("ehco", ["echo"]), ("ech", ["echo"]), ("mig", ["migrate"]), ("zzz", []), ("echo1", ["echo"]),
    ])
    func nearNamesAreSuggested(_ name: String, _ names: [String]) {
        #expect(NearestName.suggestions(for: name, among: ["echo", "migrate", "backup"]) == names)
    }

    @Test func besideANameThatIsCloseNoneIsSuggestedThatIsFar() {
        #expect(NearestName.suggestions(for: "names", among: ["args", "as", "name", "image"]) == ["name"])
        #expect(NearestName.suggestions(for: "nam", among: ["args", "name", "namespace"]) == ["name", "namespace"])
    }

    @Test func aDrawnNameIsALegalLabel() {
        let name = DrawnName.random(String(repeating: "a", count: 80) + "-")
        #expect(name.utf8.count == 63)
        #expect(DrawnName.random("echo-") != DrawnName.random("echo-"))
        #expect(DrawnName.random("echo-").hasPrefix("echo-"))
    }
}
