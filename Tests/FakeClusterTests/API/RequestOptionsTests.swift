import HTTPTypes
import KubeObjects
import KubeWire
import TestSupport
import Testing

@testable import FakeCluster

struct RequestOptionsTests {
    struct RefusalCase: Sendable, CustomTestStringConvertible {
        var method: HTTPRequest.Method = .get
        var path: String
        var headers: HTTPFields = [:]
        var body: JSONValue?
        var status: Int
        var message: String
        var testDescription: String { "\(method) \(path)" }
    }

    private static let maps = "/api/v1/namespaces/demo/configmaps"
    private static let widgets = "/apis/example.com/v1/namespaces/demo/widgets"

    static let refusals = [
        RefusalCase(
            path: "\(maps)?resourceVersion=x", status: 500,
            message: "resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": invalid syntax"),
        RefusalCase(
            path: "\(maps)?timeout=soon", status: 400,
            message: "invalid timeout specified in the request URL - time: invalid duration \"soon\""),
        RefusalCase(
            path: "/version?timeout=5", status: 400,
            message: "invalid timeout specified in the request URL - time: missing unit in duration \"5\""),
        RefusalCase(
            path: "\(maps)?timeout=1d", status: 400,
            message:
                "invalid timeout specified in the request URL - time: unknown unit \"d\" in duration \"1d\""),
        RefusalCase(
            path: "\(maps)?limit=few", status: 400, message: "strconv.ParseInt: parsing \"few\": invalid syntax"),
        RefusalCase(path: "\(maps)?limit=", status: 400, message: "strconv.ParseInt: parsing \"\": invalid syntax"),
        RefusalCase(
            path: "\(maps)?limit=9223372036854775808", status: 400,
            message: "strconv.ParseInt: parsing \"9223372036854775808\": value out of range"),
        RefusalCase(
            path: "\(maps)?resourceVersionMatch=Exact", status: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                + "resourceVersionMatch is forbidden unless resourceVersion is provided"),
        RefusalCase(
            path: "\(maps)?watch=1&resourceVersion=1&resourceVersionMatch=NotOlderThan", status: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                + "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"),
        RefusalCase(
            path: "\(maps)?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&continue=x", status: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                + "resourceVersionMatch is forbidden when continue is provided"),
        RefusalCase(
            method: .delete, path: "\(maps)?resourceVersionMatch=Exact", status: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                + "resourceVersionMatch is forbidden unless resourceVersion is provided"),
        RefusalCase(
            method: .delete, path: "\(maps)/x?gracePeriodSeconds=1m", status: 400,
            message: "strconv.ParseInt: parsing \"1m\": invalid syntax"),
        RefusalCase(
            path: "\(maps)?resourceVersion=0&resourceVersionMatch=Exact", status: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                + "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""),
        RefusalCase(
            path: "\(maps)?resourceVersion=1&resourceVersionMatch=Newest", status: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Unsupported value: \"Newest\": "
                + "supported values: \"Exact\", \"NotOlderThan\", \"\""),
        RefusalCase(
            path: "\(maps)?sendInitialEvents=true", status: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is "
                + "forbidden for list"),
        RefusalCase(
            path: "\(maps)?resourceVersionMatch=Exact&continue=x", status: 422,
            message:
                "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is "
                + "forbidden unless resourceVersion is provided, resourceVersionMatch: Forbidden: resourceVersionMatch "
                + "is forbidden when continue is provided]"),
        RefusalCase(
            path: "\(maps)?watch=yes&sendInitialEvents=true&resourceVersionMatch=Exact", status: 422,
            message: "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Forbidden: sendInitialEvents "
                + "requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: "
                + "\"Exact\": supported values: \"NotOlderThan\"]"),
        RefusalCase(
            path: "\(maps)?watch=1", headers: [.accept: "application/yaml"], status: 406,
            message: "only the following media types are accepted: application/json;stream=watch, "
                + "application/vnd.kubernetes.protobuf;stream=watch"),
        RefusalCase(
            path: "\(maps)?continue=nonsense", status: 400,
            message:
                "invalid continue token: continue key is not valid: invalid character '\\u009e' looking for beginning of value"
        ),
        RefusalCase(
            path: "\(maps)?fieldSelector=data.a%3D1", status: 400, message: "field label not supported: data.a"),
        RefusalCase(
            path: maps, headers: [.accept: "text/html"], status: 406,
            message: "only the following media types are accepted: application/json, application/yaml, "
                + "application/vnd.kubernetes.protobuf"),
        RefusalCase(
            method: .post, path: maps, headers: [.contentType: "text/plain"], body: [:], status: 415,
            message: "the body of the request was in an unknown format - accepted media types include: "
                + "application/json, application/yaml, application/vnd.kubernetes.protobuf"),
        RefusalCase(
            method: .post, path: maps, body: "text", status: 400,
            message: "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json "
                + "parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "
                + "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" } "
                + "(227465787422)"),
        RefusalCase(
            method: .post, path: maps, body: ["kind": "Namespace", "apiVersion": "v1", "metadata": ["name": "x"]],
            status: 400,
            message: "Namespace in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Namespace) to "
                + "(core.ConfigMap): unknown conversion"),
        RefusalCase(
            method: .delete, path: "\(maps)/x?propagationPolicy=Sideways", status: 422,
            message: "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"Sideways\": "
                + "supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""),
        RefusalCase(
            method: .delete, path: "\(maps)/x", body: ["gracePeriodSeconds": "soon"], status: 400,
            message: "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64"
        ),
        RefusalCase(
            method: .delete, path: "\(maps)/x", body: ["orphanDependents": "no"], status: 400,
            message: "json: cannot unmarshal string into Go struct field DeleteOptions.orphanDependents of type bool"),
        RefusalCase(
            method: .delete, path: "\(maps)/x", body: ["kind": "Options"], status: 400,
            message: "no kind \"Options\" is registered for version \"meta.k8s.io/v1\" in scheme "
                + "\"pkg/apis/meta/internalversion/scheme/register.go:27\""),
        RefusalCase(
            method: .patch, path: "\(maps)/x?force=true", headers: [.contentType: "application/merge-patch+json"],
            body: [:], status: 422,
            message: "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply "
                + "patch"),
        RefusalCase(
            method: .patch, path: "\(widgets)/x",
            headers: [.contentType: "application/strategic-merge-patch+json"], body: [:], status: 415,
            message: "the body of the request was in an unknown format - accepted media types include: "
                + "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"),
        RefusalCase(
            path: "\(widgets)/x/scale", status: 404, message: "widgets.example.com \"x\" not found"),
        RefusalCase(
            method: .delete, path: "\(widgets)/x/status", status: 405,
            message: "delete is not supported on resources of kind \"widgets.example.com\""),
        RefusalCase(method: .put, path: widgets, body: [:], status: 400, message: "name must be provided"),
        RefusalCase(
            method: .post, path: "/api/v1/configmaps", body: [:], status: 405,
            message: "the server does not allow this method on the requested resource"),
        RefusalCase(
            method: .put, path: "\(maps)/x", body: ["metadata": [:]], status: 400,
            message: "the name of the object (x based on URL) was undeterminable: name must be provided"),
        RefusalCase(
            method: .put, path: "\(maps)/none", body: ["metadata": ["name": "none", "uid": "u"]], status: 409,
            message:
                "Operation cannot be fulfilled on configmaps \"none\": StorageError: invalid object, Code: 4, Key: "
                + "/registry/configmaps/demo/none, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
                + "precondition: u, UID in object meta: "),
        RefusalCase(
            method: .delete, path: "/api/v1/namespaces/default", status: 403,
            message: "namespaces \"default\" is forbidden: this namespace may not be deleted"),
    ]

    @Test(arguments: refusals)
    func aRequestThatMakesNoSenseIsRefusedInTheRealWords(_ refusal: RefusalCase) async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let answer = try await server.send(refusal.method, refusal.path, refusal.body, headers: refusal.headers)
        #expect(answer.status == refusal.status)
        #expect(answer.json["message"]?.string == refusal.message)
        #expect(answer.text.hasSuffix("}\n"))
    }

    @Test(arguments: ["/apis/example.com/v1/widgets/x", "/apis/example.com/v1/widgets"])
    func aCustomResourceIsNotFoundOutsideOfItsNamespaces(_ path: String) async throws {
        let answer = try await TestServer().send(path.hasSuffix("x") ? .get : .post, path, [:])
        #expect(answer.status == 404)
        #expect(answer.text == "404 page not found\n")
    }

    @Test func aDeletionWithALimitTakesOnePage() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        for name in ["a", "b", "c"] { try await server.makeConfigMap(name, in: "demo") }
        let answer = try await server.send(.delete, "\(Self.maps)?limit=2").json
        #expect(answer.list("items").map { $0["metadata"]?["name"] } == ["a", "b"])
        #expect(answer["metadata"]?["remainingItemCount"] == 1)
        let rest = try await server.send(.get, Self.maps).json
        #expect(rest.list("items").map { $0["metadata"]?["name"] } == ["c"])
    }

    @Test(arguments: ["resourceVersionMatch=Exact", "resourceVersionMatch=NotOlderThan", "limit=1", ""])
    func aVersionThatIsNotThereYetIsRefused(_ query: String) async throws {
        let server = try TestServer()
        let answer = try await server.send(.get, "\(Self.maps)?resourceVersion=9999&\(query)")
        #expect(answer.status == 504)
        #expect(
            answer.json["message"]?.string
                == "Timeout: Too large resource version: 9999, current: \(server.version)")
        #expect(answer.json["details"]?["causes"]?[0]?["reason"] == "ResourceVersionTooLarge")
    }

    @Test func aRefusalTellsOfWhatWasWarnedOfBefore() async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        try await server.makeNamespace("demo")
        let map: JSONValue = ["metadata": ["name": "A_"], "color": "red"]
        let kept =
            "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them "
            + "or set propagationPolicy=Orphan to suppress this warning"
        for (method, path, body, status, warning) in [
            (.post, Self.maps, map, 422, #"unknown field \"color\""#),
            (.put, Self.maps + "/A_", map, 404, #"unknown field \"color\""#),
            (
                .get, "/api/v1/namespaces/demo/endpoints/none", nil, 404,
                "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
            ),
            (.delete, "/apis/batch/v1/namespaces/demo/jobs/none", nil, 404, kept),
            (.get, "/api/v1/namespaces/demo/pods/none", nil, 404, nil),
        ] as [(HTTPRequest.Method, String, JSONValue?, Int, String?)] {
            let answer = try await server.send(method, path, body)
            #expect(answer.status == status, "\(method) \(path): \(answer.text)")
            #expect(answer.headers.value("Warning") == warning.map { "299 - \"\($0)\"" })
        }
    }

    @Test func aRequestWithTimeEnoughIsAnswered() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        for query in ["timeout=1m0.5s", "timeout=0s", "timeout=-1s", "timeout="] {
            #expect(try await server.send(.get, "\(Self.maps)?\(query)").status == 200, "\(query)")
        }
        // What lasts as long as its client likes has no such limit, and a word that is none is not looked at.
        let watch = await server.cluster.handle(
            WireRequest(method: .get, path: "\(Self.maps)?watch=1&timeout=soon"), identity: .admin)
        #expect(watch.status == .ok)
        watch.body.end(throwing: nil)
    }

    @Test func whatTookLongerThanItsClientWaitsIsDoneAndAnsweredWithATimeout() async throws {
        let time = ManualTime()
        var configuration = FakeCluster.Configuration(time: time.source, runsPods: false)
        // Every look at the clock takes a second.
        configuration.time.now = {
            time.advance(by: .seconds(1))
            return time.now
        }
        let server = try TestServer(configuration)
        try await server.makeNamespace("demo")
        let answer = try await server.send(.post, "\(Self.maps)?timeout=500ms", TestServer.configMap("one"))
        #expect(answer.status == 504)
        #expect(answer.json["reason"] == "Timeout")
        #expect(
            answer.json["message"]
                == "Timeout: request did not complete within requested timeout - context deadline exceeded")
        #expect(try await server.send(.get, "\(Self.maps)/one").status == 200)
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        let server = try TestServer()
        let answer = try await server.send(
            .post, Self.maps, .string(String(repeating: "x", count: FakeCluster.requestBodyLimit)))
        #expect(answer.status == 413)
        #expect(answer.json["reason"] == "RequestEntityTooLarge")
    }

    @Test(arguments: [100, 990, 5000])
    func aDeeplyNestedBodyIsAnsweredAndNoCrash(_ depth: Int) async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let nested = String(repeating: "{\"a\":[", count: depth / 2) + String(repeating: "]}", count: depth / 2)
        let body = #"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":\#(nested)}"#
        let path = "/apis/example.com/v1/namespaces/demo/widgets"
        for (method, path) in [(HTTPRequest.Method.post, path), (.put, path + "/w")] {
            let answer = await server.cluster.handle(
                WireRequest(method: method, path: path, body: Array(body.utf8)), identity: .admin)
            #expect([200, 201, 400, 404].contains(answer.status.code))
        }
        for type in [PatchType.merge, .apply] {
            let answer = await server.cluster.handle(
                WireRequest(
                    method: .patch, path: path + "/w?fieldManager=m", headers: [.contentType: type.rawValue],
                    body: Array(body.utf8)), identity: .admin)
            #expect([200, 201, 400, 404, 409].contains(answer.status.code))
        }
    }

    @Test func bodiesMayBeYAML() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let text = "metadata:\n  name: one\ndata:\n  a: '1'\n"
        let request = WireRequest(
            method: .post, path: Self.maps, headers: [.contentType: "application/yaml", .accept: "application/yaml"],
            body: Array(text.utf8))
        let response = await server.cluster.handle(request, identity: .admin)
        let answer = String(decoding: try await response.body.collect(), as: UTF8.self)
        #expect(response.status == .created)
        #expect(response.headers[.contentType] == "application/yaml")
        #expect(answer.contains("data:\n  a: \"1\"\n"))
    }

    @Test func aRepeatedKeyOfYAMLIsWarnedOfOrRefused() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        for (query, status, warning, message) in [
            ("?dryRun=All", 201, #"299 - "line 5: key \"a\" already set in map""#, nil),
            ("?dryRun=All&fieldValidation=Ignore", 201, nil, nil),
            (
                "?fieldValidation=Strict", 400, nil,
                "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal "
                    + "errors:\n  line 5: key \"a\" already set in map"
            ),
        ] as [(String, Int, String?, String?)] {
            let answer = await server.cluster.handle(
                WireRequest(
                    method: .post, path: Self.maps + query, headers: [.contentType: "application/yaml"],
                    body: Array("metadata:\n  name: one\ndata:\n  a: '1'\n  a: '1'\n".utf8)), identity: .admin)
            #expect(answer.status.code == status)
            #expect(answer.headers.value("Warning") == warning)
            let json = try JSONValue(parsing: try await answer.body.collect())
            if let message { #expect(json["message"]?.string == message) }
        }
    }

    @Test func aLeaseIsMadeByAReplacement() async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        try await server.makeNamespace("demo")
        let path = "/apis/coordination.k8s.io/v1/namespaces/demo/leases/l"
        let lease: JSONValue = ["metadata": ["name": "l"], "spec": ["holderIdentity": "x"]]
        let eve = UserIdentity(name: "eve", groups: [])
        #expect(try await server.send(.put, path, lease, as: eve).status == 403)
        var unread = lease
        unread.set("x", at: ["metadata", "resourceVersion"])
        #expect(try await server.send(.put, path, unread).status == 500)
        #expect(try await server.send(.put, path, lease).status == 201)
        // What is there is not replaced by what does not say what it was made from.
        #expect(try await server.send(.put, path, lease).status == 422)
    }

    @Test func aServiceAccountIsReplacedWhateverItWasMadeFrom() async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        try await server.makeNamespace("demo")
        let path = "/api/v1/namespaces/demo/serviceaccounts"
        var account: JSONValue = ["metadata": ["name": "robot"]]
        #expect(try await server.send(.post, path, account).status == 201)
        account["automountServiceAccountToken"] = false
        let answer = try await server.send(.put, path + "/robot", account)
        #expect(answer.status == 200)
        #expect(answer.json["automountServiceAccountToken"] == false)
    }

    @Test(arguments: [false, true])
    func replacementsAtOnceMakeOrChangeTheObject(isDeletedMeanwhile: Bool) async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        try await server.makeNamespace("demo")
        let path = "/apis/rbac.authorization.k8s.io/v1/namespaces/demo/roles/r"
        let statuses: [Int] = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let role: JSONValue = ["metadata": ["name": "r", "labels": ["number": .string("\(number)")]]]
                    return try await server.send(.put, path, role).status
                }
                guard isDeletedMeanwhile else { continue }
                group.addTask {
                    _ = try await server.send(.delete, path)
                    return nil
                }
            }
            return try await group.reduce(into: []) { if let status = $1 { $0.append(status) } }
        }
        #expect(statuses.count == 40)
        #expect(statuses.allSatisfy { $0 == 200 || $0 == 201 }, "\(statuses)")
        let made = statuses.count { $0 == 201 }
        #expect(isDeletedMeanwhile ? made >= 1 : made == 1)
    }

    @Test func unknownFieldsAreWarnedOfOrRefused() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        var object = TestServer.configMap("one")
        object["unknown"] = true
        let warned = try await server.send(.post, "\(Self.maps)?dryRun=All", object)
        #expect(warned.headers.value("Warning") == #"299 - "unknown field \"unknown\"""#)
        #expect(warned.json["unknown"] == nil)
        let strict = try await server.send(.post, "\(Self.maps)?fieldValidation=Strict", object)
        #expect(strict.status == 400)
        let ignored = try await server.send(.post, "\(Self.maps)?fieldValidation=Ignore", object)
        #expect(ignored.status == 201 && ignored.headers.value("Warning") == nil)
    }
}
