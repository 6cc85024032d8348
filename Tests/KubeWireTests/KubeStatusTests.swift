import HTTPTypes
import KubeObjects
import KubeWire
import Testing

struct KubeStatusTests {
    private func status(
        _ code: Int, _ body: String, _ headers: HTTPFields = [:]
    ) -> KubeStatus {
        KubeStatus(response: HTTPResponse.Status(code: code), headers: headers, body: Array(body.utf8))
    }

    @Test func aStatusIsReadAsItWasWritten() {
        let written = KubeStatus(
            code: 422, reason: .invalid, message: "Job \"a\" is invalid",
            details: KubeStatus.Details(
                name: "a", group: "batch", kind: "Job", uid: "u",
                causes: [
                    KubeStatus.Cause(reason: "FieldValueRequired", message: "Required value", field: "spec.template")
                ],
                retryAfterSeconds: 3))
        #expect(KubeStatus(written.json) == written)
        #expect(status(422, written.json.encodedString()) == written)
    }

    @Test func aStatusOfSuccessIsNoFailure() {
        #expect(KubeStatus(["kind": "Status", "status": "Success"]) == nil)
        #expect(KubeStatus(["kind": "Pod"]) == nil)
    }

    struct Foreign: Sendable, CustomTestStringConvertible {
        var code: Int
        var body: String
        var reason: KubeStatus.Reason
        var message: String
        var testDescription: String { "\(code) \(body)" }
    }

    @Test(arguments: [
        Foreign(
            code: 502, body: "bad gateway\nmore", reason: "",
            message: "the server answered 502: bad gateway"),
        Foreign(
            code: 503, body: "", reason: .serviceUnavailable, message: "the server answered 503 ServiceUnavailable"),
        Foreign(
            code: 404, body: "{\"a\":1}", reason: .notFound, message: "the server answered 404 NotFound: {\"a\":1}"),
        Foreign(
            code: 401, body: "\u{0}", reason: .unauthorized, message: "the server answered 401 Unauthorized: \u{0}"),
        Foreign(
            code: 500, body: String(repeating: "x", count: 900), reason: .internalError,
            message: "the server answered 500 InternalError: " + String(repeating: "x", count: 200)),
    ])
    func anyBodyBecomesAFailure(_ test: Foreign) {
        let status = status(test.code, test.body)
        #expect(status.code == test.code)
        #expect(status.reason == test.reason)
        #expect(status.message == test.message)
    }

    @Test func markupIsNotShown() {
        let status = status(502, "<html>", [.contentType: "text/html; charset=utf-8"])
        #expect(status.message == "the server answered 502")
    }

    @Test func theTimeToWaitIsKept() {
        #expect(status(429, "slow down", [.retryAfter: "7"]).details?.retryAfterSeconds == 7)
        let own = KubeStatus(
            code: 429, reason: .tooManyRequests, message: "m", details: KubeStatus.Details(retryAfterSeconds: 2))
        #expect(status(429, own.json.encodedString(), [.retryAfter: "7"]).details?.retryAfterSeconds == 2)
    }
}
