import KubeObjects
import KubeWire
import Testing

@testable import KubeRuntime

struct ReflectorFailureTests {
    struct FailureCase: Sendable, CustomTestStringConvertible {
        var error: any Error
        var expected: ReflectorFailure
        var testDescription: String { "\(error)" }
    }

    @Test(arguments: [
        FailureCase(error: KubeStatus(code: 410, reason: .expired, message: "expired"), expected: .expired),
        FailureCase(error: KubeStatus(code: 404, reason: .notFound, message: "not found"), expected: .missing),
        FailureCase(error: KubeStatus(code: 422, reason: .invalid, message: "invalid"), expected: .unsupported),
        FailureCase(error: KubeStatus(code: 403, reason: .forbidden, message: "forbidden"), expected: .other),
        FailureCase(error: KubeStatus(code: 500, reason: .internalError, message: "internal"), expected: .other),
        FailureCase(
            error: KubeStatus(
                code: 429, reason: .tooManyRequests, message: "busy", details: .init(retryAfterSeconds: 7)),
            expected: .busy(.seconds(7))),
        FailureCase(
            error: KubeStatus(
                code: 503, reason: .serviceUnavailable, message: "for ever", details: .init(retryAfterSeconds: 99_999)),
            expected: .busy(.seconds(120))),
        FailureCase(error: TransportError(.connectionLost, "lost"), expected: .other),
        FailureCase(error: TransportError(.responseTooLarge, "large"), expected: .unreadable),
    ])
    func errorsAreToldApart(_ row: FailureCase) {
        #expect(ReflectorFailure(row.error) == row.expected)
    }
}
