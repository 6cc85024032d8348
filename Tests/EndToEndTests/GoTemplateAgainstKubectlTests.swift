import KubeObjects
import Testing

@testable import RunTemplateCLI

/// `-o go-template` beside kubectl's own: the same templates on the same object give the same text and the same faults.
@Suite(.timeLimit(.minutes(5)))
struct GoTemplateAgainstKubectlTests {
    private static let fields = [
        "{{.metadata.name}}", "a{{.kind}}b", "{{ .kind }}", "{{.}}", "{{.none}} {{.none.x.y}}", "{{.metadata.labels}}",
        "{{.spec.priority}} {{.spec.hostNetwork}}", "{{.spec.containers}}", "{{.kind.x}}", "{{.spec.containers.name}}",
        "{{.kind 3}}", "{{3 4}}", "{{nil}}",
        "{{true}} {{3}} {{1.5}} {{\"a\\tb\"}} {{`raw \\n`}} {{'a'}} {{0x10}} {{1e3}}",
        "{{1000000.0}} {{-3}} {{012}} {{1_000}}", "{{$}}", "{{$.kind}}", "{{(index .spec.containers 0).name}}",
        "{{(.metadata).name}}", "{{index .metadata.labels \"app.kubernetes.io/name\"}}",
    ]
    private static let actions = [
        "{{range .spec.containers}}{{.name}} {{end}}", "{{range $i, $c := .spec.containers}}{{$i}}={{$c.name}};{{end}}",
        "{{range $c := .spec.containers}}{{$c.name}}{{$.kind}};{{end}}", "{{range .none}}x{{else}}none{{end}}",
        "{{range $k, $v := .metadata}}{{$k}}={{$v}};{{end}}", "{{range 3}}{{.}}{{end}}",
        "{{range .spec.priority}}x{{end}}",
        "{{range .kind}}x{{end}}", "{{range .spec.containers}}{{range .args}}<{{.}}>{{end}}{{end}}",
        "{{range .spec.containers}}{{if eq .name \"c2\"}}{{break}}{{end}}{{.name}}{{end}}",
        "{{range .spec.containers}}{{if eq .name \"c1\"}}{{continue}}{{end}}{{.name}}{{end}}", "{{break}}",
        "{{if .spec.hostNetwork}}yes{{else}}no{{end}}", "{{if .none}}a{{else if .kind}}b{{else}}c{{end}}",
        "{{with .metadata}}{{.name}}{{end}}", "{{with .none}}x{{else}}{{.kind}}{{end}}",
        "{{with $x := .kind}}{{$x}}{{end}}",
        "{{with .none}}a{{else with .metadata}}{{.name}}{{end}}",
        "{{$x := 1}}{{range .spec.containers}}{{$x = .name}}{{end}}{{$x}}",
        "{{$x := .kind}}{{$x}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "{{/* comment */}}a{{- /* b */ -}} c",
        "a  {{- .kind -}}  b", " {{- 3}} ", "{{ \"a\" -}}\n b", "{{range .items}}{{.metadata.name}}{{end}}",
    ]
    private static let functions = [
        "{{len .spec.containers}} {{len .kind}} {{len \"é\"}} {{len .metadata}}", "{{len .spec.priority}}",
        "{{index .spec.containers 1}}", "{{index .spec.containers 5}}", "{{index .spec.containers \"a\"}}",
        "{{index .none \"a\"}}x", "{{index .metadata.labels \"none\"}}", "{{index .kind 0}}", "{{index .metadata 1}}",
        "{{eq .kind \"Pod\"}} {{ne .kind \"Pod\"}} {{eq .kind \"a\" \"Pod\"}}", "{{eq .spec.priority 7}}",
        "{{eq .spec.priority 7.0}}", "{{eq .spec.priority \"7\"}}", "{{eq .none \"a\"}} {{ne .none \"a\"}}",
        "{{lt .spec.priority 8}} {{le 7 .spec.priority}} {{gt 2 1}} {{ge \"b\" \"a\"}}", "{{lt .none \"a\"}}",
        "{{lt true false}}",
        "{{and 1 0 .kind}} {{or 0 \"\" \"x\"}} {{not .none}} {{and true .kind}} {{or .none .kind}}",
        "{{and .none .none.x (index .none 3)}}", "{{print .kind 1 2 .none}}", "{{print 1 2 \"a\" \"b\" 3}}",
        "{{println .kind 1}}", "{{printf \"%s=%d\" .kind .spec.priority}}", "{{.kind | printf \"%s-%s\" \"a\"}}",
        "{{printf \"%5s|%-5s|%05d|%.2f|%q|%t|%x|%X|%c|%%\" \"b\" \"c\" 3 1.5 \"q\\n\" true 255 \"hi\" 65}}",
        "{{printf \"%s %d %v\" .none .none .none}}", "{{printf \"%d\"}}{{printf \"%d\" .spec.priority .spec.priority}}",
        "{{printf \"%s\" .spec.priority}}", "{{printf \"%d\" .kind}}",
        "{{printf \"%v %s\" .spec.containers .spec.containers}}",
        "{{printf \"%+d % d %e %g %6.2f %T\" 3 4 1500.0 1.5 3.14159 .kind}}",
        "{{printf \"%z\" .spec.priority}}",
        "{{printf \"100%\"}}", "{{printf \"%*d\" 5 .spec.priority}}", "{{slice .kind 1 2}} {{slice .kind 1}}",
        "{{slice .kind 5}}",
        "{{exists .spec \"priority\"}} {{exists .none \"a\"}}", "{{\"aGk=\" | base64decode}}", "{{base64decode \"*\"}}",
        "{{.kind | len | printf \"%03d\"}}", "{{not}}", "{{len}}", "{{.kind | .kind}}", "{{1 | 2}}",
        "{{eq .metadata .metadata}}",
    ]
    private static let faults = [
        "{{foo}}", "{{.kind", "{{range .spec.containers}}{{.name}}", "{{ $x }}", "{{end}}", "{{else}}",
        "{{if}}x{{end}}",
        "{{}}", "{{\"unterm}}", "{{if true}}a{{else}}b{{else}}c{{end}}", "a\n\n{{foo}}", "{{( .kind}}",
        "{{/* open", "{{`open",
    ]

    @Test(arguments: fields + actions + functions + faults)
    func theSameTextAsKubectl(_ template: String) async throws {
        let kubectl = try await JSONPathAgainstKubectlTests.kubectl("go-template=\(template)")
        let object = try JSONValue(parsing: JSONPathAgainstKubectlTests.object)
        do {
            let text = try GoTemplate(template).text(filledFrom: object)
            #expect(kubectl.exitCode == 0, "\(kubectl)")
            #expect(text == kubectl.output)
        } catch {
            #expect(kubectl.exitCode == 1, "refused here: \(error)")
            #expect(kubectl.error.contains(error.description), "\(error) is not what kubectl says: \(kubectl)")
        }
    }

    /// What makes no sense of one object, or hardly ever: it is refused, with its name.
    @Test(arguments: [
        ("{{define \"x\"}}a{{end}}", "{{define}} is not supported"),
        ("{{template \"x\"}}", "{{template}} is not supported"),
        ("{{$x = 1}}", "undefined variable \"$x\""), ("{{html .kind}}", "function \"html\" not defined"),
        ("{{call .kind}}", "function \"call\" not defined"),
        (String(repeating: "{{if 1}}", count: 150), "too many parts within one another"),
        ("{{" + String(repeating: "(", count: 150), "too many parts within one another"),
    ])
    func whatIsNotSupportedSaysSo(_ template: String, _ message: String) {
        let error = #expect(throws: GoTemplateError.self) { try GoTemplate(template) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
