import HTTPTypes
import KubeObjects
import KubeWire
import TestSupport
import Testing

@testable import FakeCluster

/// How many requests are worked on at once.
struct RequestLimiterTests {
    /// A request beside one that reads and one that writes, where one of each is allowed.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var method = HTTPRequest.Method.get
        var path = "/api/v1/namespaces/default/pods"
        var groups: [String] = ["system:authenticated"]
        var isRefused: Bool
    }

    static let cases = [
        Case(testDescription: "a list is one too many", isRefused: true),
        Case(testDescription: "a document is, too", path: "/version", isRefused: true),
        Case(testDescription: "a creation is one too many", method: .post, isRefused: true),
        Case(testDescription: "a watch does not count", path: "/api/v1/pods?watch=1", isRefused: false),
        Case(testDescription: "a log does not count", path: "/api/v1/namespaces/d/pods/p/log", isRefused: false),
        Case(
            testDescription: "an administrator is let in", groups: ["system:masters", "system:authenticated"],
            isRefused: false),
    ]

    @Test(arguments: cases)
    func limits(_ example: Case) {
        let limiter = RequestLimiter(.init(reading: 1, writing: 1))
        let jack = UserIdentity(name: "jack", groups: ["system:authenticated"])
        for method in [HTTPRequest.Method.get, .put] {
            let first = RequestTarget(WireRequest(method: method, path: "/api/v1/namespaces/d/configmaps/c"))
            guard case .counted = limiter.enter(first, user: jack) else {
                Issue.record("the first \(method) was not counted")
                return
            }
        }
        let user = UserIdentity(name: "x", groups: example.groups)
        let entry = limiter.enter(RequestTarget(WireRequest(method: example.method, path: example.path)), user: user)
        let isRefused = if case .refused = entry { true } else { false }
        #expect(isRefused == example.isRefused)
    }

    @Test func aPlaceIsGivenBackAndZeroIsNoLimit() {
        let limiter = RequestLimiter(.init(reading: 1, writing: 0))
        let jack = UserIdentity(name: "jack")
        let read = RequestTarget(WireRequest(method: .get, path: "/api/v1/pods"))
        let write = RequestTarget(WireRequest(method: .post, path: "/api/v1/namespaces"))
        for _ in 0..<3 {
            guard case .counted(let place) = limiter.enter(read, user: jack) else {
                Issue.record("there was no place")
                return
            }
            guard case .uncounted = limiter.enter(write, user: jack) else {
                Issue.record("a write was counted without a limit")
                return
            }
            limiter.leave(place)
        }
    }

    @Test("beyond the limit the answer is 429 with Retry-After, as text")
    func refusal() async throws {
        var configuration = FakeCluster.Configuration(runsPods: false)
        configuration.readingLimit = 1
        let cluster = try FakeCluster(configuration: configuration)
        let jack = UserIdentity(name: "jack", groups: ["system:authenticated"])
        let request = WireRequest(method: .get, path: "/version")
        let answers = await withTaskGroup(of: WireResponse.self) { group in
            for _ in 0..<200 { group.addTask { await cluster.handle(request, identity: jack) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for answer in answers where answer.status != .ok {
            #expect(answer.status.code == 429)
            #expect(answer.headers[.retryAfter] == "1")
            #expect(answer.headers[.contentType] == "text/plain; charset=utf-8")
            let text = String(decoding: try await answer.body.collect(), as: UTF8.self)
            #expect(text == "Too many requests, please try again later.\n")
        }
        #expect(await cluster.handle(request, identity: jack).status == .ok, "the places were given back")
    }
}
