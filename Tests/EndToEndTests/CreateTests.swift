import Foundation
import KubeObjects
import Testing

/// `kubectl create KIND` writes protobuf since 1.34, `kubectl create -f` JSON: what is stored must be the same.
@Suite(.timeLimit(.minutes(5)))
struct CreateTests {
    /// A `kubectl create` with the object that it makes.
    private struct CreateCase {
        /// The words behind `kubectl create`.
        var words: String
        /// What `kubectl get` is asked for.
        var object: String

        init(_ words: String, _ object: String) {
            self.words = words
            self.object = object
        }

        /// kubectl's arguments, with flags put before a container's command.
        func arguments(_ flags: String...) -> [String] {
            let all = words.split(separator: " ").map(String.init)
            let end = all.firstIndex(of: "--") ?? all.endIndex
            return ["create"] + all[..<end] + flags + all[end...]
        }
    }

    private static let cases = [
        CreateCase("configmap c --from-literal=a=1 --from-literal=empty= --from-file=FILE", "configmap/c"),
        CreateCase("configmap nothing", "configmap/nothing"),
        CreateCase("secret generic s --from-literal=a=1 --from-file=FILE", "secret/s"),
        CreateCase("secret docker-registry r --docker-username=u --docker-password=p", "secret/r"),
        CreateCase("serviceaccount sa", "serviceaccount/sa"),
        CreateCase("job j --image=busybox -- sh -c true", "job/j"),
        CreateCase("job again --from=cronjob/nightly", "job/again"),
        CreateCase("role ro --verb=get,list --resource=pods,deployments.apps --resource-name=x", "role/ro"),
        CreateCase("rolebinding rb --role=ro --serviceaccount=other:sa --user=u --group=g", "rolebinding/rb"),
        CreateCase("quota q --hard=pods=3,requests.cpu=1500m --scopes=BestEffort", "resourcequota/q"),
        CreateCase("deployment d --image=nginx --port=80", "deployment/d"),
        CreateCase("service clusterip web --tcp=80:8080 --tcp=81:http", "service/web"),
    ]

    @Test("what is created is what its JSON would have made", arguments: MainJobTests.kubectls)
    func createdObjects(kubectl: String) async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let file = try cluster.file("binary", "")
            try Data([0, 0xFF, 0xFE, 1]).write(to: URL(fileURLWithPath: file))
            for namespace in ["direct", "json"] {
                try await cluster.output(kubectl, "create", "namespace", namespace)
                try await cluster.output(kubectl, "apply", "-n", namespace, "-f", "-", input: Self.cronJob)
            }
            // The old kubectl knows no CronJob of this version.
            for var example in Self.cases where kubectl != "kubectl-1.20" || !example.words.contains("cronjob") {
                example.words = example.words.replacingOccurrences(of: "FILE", with: file)
                try await cluster.output(kubectl, example.arguments("-n", "direct"))
                let text = try await cluster.output(
                    kubectl, example.arguments("-n", "json", "--dry-run=client", "-o", "json"))
                try await cluster.output(kubectl, "create", "-n", "json", "-f", "-", input: text)
                let direct = try await Self.stored(example, in: "direct", cluster, kubectl)
                let json = try await Self.stored(example, in: "json", cluster, kubectl)
                #expect(direct == json, "\(example.words)")
            }
        }
    }

    @Test("a namespace, and a service account's token")
    func namespaceAndToken() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let kubectl = "kubectl-1.34"
            try await cluster.output(kubectl, "create", "namespace", "demo")
            try await cluster.output(kubectl, "create", "serviceaccount", "worker", "-n", "demo")
            let token = try await cluster.output(
                kubectl, "create", "token", "worker", "-n", "demo", "--duration=20m", "--audience=here")
            let parts = token.trimmingCharacters(in: .newlines).split(separator: ".")
            try #require(parts.count == 3, "\(token)")
            var payload = parts[1].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
            payload += String(repeating: "=", count: (4 - payload.count % 4) % 4)
            let claims = try JSONValue(parsing: Array(try #require(Data(base64Encoded: payload))))
            #expect(claims["sub"] == "system:serviceaccount:demo:worker")
            #expect(claims["aud"] == ["here"])
            let issued = try #require(claims["iat"]?.integer)
            #expect(claims["exp"]?.integer == issued + 20 * 60)
        }
    }

    private static let cronJob = """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec:
          schedule: 0 0 1 1 *
          jobTemplate:
            spec:
              parallelism: 0
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: main, image: busybox, resources: {limits: {cpu: 1500m}}}]
        """

    /// A stored object without what differs between any two: ids, versions, times, the namespace and its addresses, and
    /// what controllers have written since.
    private static func stored(
        _ example: CreateCase, in namespace: String, _ cluster: RunningCluster, _ kubectl: String
    ) async throws -> String {
        var arguments = ["get", example.object, "-n", namespace, "-o", "json"]
        if kubectl != "kubectl-1.20" { arguments.append("--show-managed-fields") }
        let object = try JSONValue(parsing: try await cluster.output(kubectl, arguments))
        let uid = object[path: "metadata", "uid"]?.string ?? ""
        return comparable(object).encodedString(sortedKeys: true).replacingOccurrences(of: uid, with: "UID")
    }

    private static let differing: Set<String> = [
        "uid", "resourceVersion", "creationTimestamp", "time", "namespace", "clusterIP", "clusterIPs", "status",
        // The controller of Deployments writes it, when it comes to it.
        "deployment.kubernetes.io/revision",
    ]

    private static func comparable(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            // A list's element that has its uid for a key: an owner reference in the managed fields.
            let common = members.filter { !differing.contains($0.key) && !$0.key.hasPrefix(#"k:{"uid""#) }
            let compared = common.map { ($0.key, comparable($0.value)) }
            return .object(JSONObject(compared.filter { $0 != ("annotations", [:]) }))
        case .array(let items):
            let isByController = { (item: JSONValue) in item["manager"] == "kube-controller-manager" }
            return .array(items.filter { $0["subresource"] == nil && !isByController($0) }.map { comparable($0) })
        default: return value
        }
    }
}
