import Testing

@testable import KubeRuntime

struct BackoffTests {
    struct DelayCase: Sendable, CustomTestStringConvertible {
        var failures: Int
        var chance: Double
        var expected: Duration
        var testDescription: String { "\(failures) failures, chance \(chance)" }
    }

    @Test(arguments: [
        DelayCase(failures: 0, chance: 0, expected: .seconds(1)),
        DelayCase(failures: 1, chance: 0, expected: .seconds(1)),
        DelayCase(failures: 2, chance: 0, expected: .seconds(2)),
        DelayCase(failures: 4, chance: 0, expected: .seconds(8)),
        DelayCase(failures: 5, chance: 0, expected: .seconds(10)),
        DelayCase(failures: 1_000_000, chance: 0, expected: .seconds(10)),
        DelayCase(failures: 2, chance: 0.5, expected: .seconds(2.5)),
        DelayCase(failures: 100, chance: 0.5, expected: .seconds(12.5)),
    ])
    func delaysDoubleUpToTheLimitAndJitterComesOnTop(_ row: DelayCase) {
        let backoff = Backoff(initial: .seconds(1), maximum: .seconds(10), jitter: 0.5)
        #expect(backoff.delay(afterFailures: row.failures, chance: row.chance) == row.expected)
    }
}
