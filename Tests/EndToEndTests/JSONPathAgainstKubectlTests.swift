import Foundation
import KubeObjects
import Testing

/// `-o jsonpath` beside kubectl's own: the same templates on the same object give the same text and the same faults.
@Suite(.timeLimit(.minutes(5)))
struct JSONPathAgainstKubectlTests {
    static let object = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"app.kubernetes.io/name":"x"}},
        "spec":{"containers":[{"name":"c1","image":"<i>&","ports":[{"containerPort":80}]},
        {"name":"c2","image":"j","args":["x","y"]}],"priority":7,"hostNetwork":true}}
        """

    /// kubectl goes through members in an order of chance: where several are found, they are those of one list.
    private static let templates = [
        "{.metadata.name}", ".metadata.name", "a{.kind}b", "{range .spec.containers[*]}{.name}{\"\\t\"}{end}",
        "{.spec.containers[0]}", "{.spec.containers[?(@.name==\"c2\")].image}", "{.spec..image}", "{.spec...image}",
        "{.metadata.labels.app\\.kubernetes\\.io/name}", "{.metadata.labels['app\\.kubernetes\\.io/name']}",
        "{.spec.containers[-1:].name}", "{.spec.containers[9].x}", "{.nothing}", "{.items[",
        "{.spec.containers[0,1].name}",
        "{.spec.containers[0]['name','image']}", "{.spec.priority}{.spec.hostNetwork}", "{end}", "{foo}",
        "{.spec.containers[?(@.args)].name}", "{.spec.containers[0].name .image}", "{$.kind}", "{@.metadata}",
        "{range .spec.containers[*]}[{.name}{range .args[*]}<{@}>{end}]{end}{\"\\n\"}end", "{.spec.containers[*].args}",
        "{.spec.containers[?(@.ports[0].containerPort>10)].name}", "{.spec.containers[?(@.name!=\"c1\")].name}",
        "{\"a\" .kind}", "{.spec.containers[?(@.name=~\"c.*\")].name}", "{.spec.containers[::2].name}",
        "{.kind}{'\\n'}x",
        "{.kind}}", "{range .nothing[*]}x{end}y", "{.kind.name}", "{.spec..name}", "{1}{true}{2.5}",
        "{.spec.containers[?(@.name=='c1')].name}", "{.spec.containers[?(.name==\"c1\")].name}", "{.metadata.labels.*}",
        "{.metadata[\"name\"]}", "{.spec.containers[(@.length-1)]}", "{.kind,.apiVersion}", "{ .kind }", "{.}",
        "{.spec.priority==7}", "{range .spec.containers[*]}{.name}", "{.spec.containers[?(@.name)", "{\"unterm}", "{+}",
        "{[0]}", "{.spec.containers[a]}", "{.spec.containers[?(@.name==1)].name}", "{.spec.containers[0:0]}x",
        "{.spec.containers[1:0]}", "{.spec.containers[-3]}", "{.kind[0]}", "{.kind[?(@.x)]}", "{\"\\x41\\u00e9\"}",
        "{\"\\q\"}",
        "{.spec.containers[?(@.ports[0].containerPort==80)].name}", "{.spec.containers[?(@.name==\"c)1\")].name}",
        "{.spec.containers[0:2:0]}", "{.spec.containers[?(@.name<=\"c1\")].name}", "{.spec.containers[*]['name']}",
    ]

    @Test(arguments: templates)
    func theSameTextAsKubectl(_ template: String) async throws {
        let kubectl = try await Self.kubectl("jsonpath=\(template)")
        let object = try JSONValue(parsing: Self.object)
        do {
            let text = try JSONPathTemplate(template).text(filledFrom: object)
            #expect(kubectl.exitCode == 0, "\(kubectl)")
            #expect(text == kubectl.output)
        } catch {
            #expect(kubectl.exitCode == 1, "refused here: \(error)")
            #expect(kubectl.error.contains(error.description), "\(error) is not what kubectl says: \(kubectl)")
        }
    }

    /// What kubectl prints of the object in an output format.
    static func kubectl(_ format: String) async throws -> ProgramResult {
        try await Program.run(
            "kubectl-1.34", ["patch", "--local", "--dry-run=client", "-p", "{}", "-f", "-", "-o", format],
            environment: ["KUBECONFIG": "/dev/null"], input: object)
    }
}
