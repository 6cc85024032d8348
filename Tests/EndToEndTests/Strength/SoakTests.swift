import Foundation
import Testing

/// A minute of `make soak`, which CI has no hour for: the same command, with so little load that a busy machine carries
/// it as well. What is kept follows what was done lately; it would grow when other tests end.
@Suite(.timeLimit(.minutes(5)))
struct SoakTests {
    /// Runs the soak on the programs as they were last built.
    /// - Parameter growth: how much larger memory may be at the end.
    private static func soak(minutes: Double, growth: Double) async throws -> ProgramResult {
        try await Program.run(
            "benchmarks",
            [
                "soak", "--minutes", "\(minutes)", "--writes", "40", "--objects", "200", "--in-flight", "2",
                "--runs", "2", "--growth=\(growth)", "--programs", Program.buildFolder,
                "--scratch", NSTemporaryDirectory(),
            ])
    }

    @Test(
        "a minute of mixed load: no event lost, every run ends as it must, memory flat, nothing left, store compacted")
    func aMinute() async throws {
        // What an hour calls flat, a minute cannot: memory that is handed back late counts, too.
        let result = try await Self.soak(minutes: 1, growth: 0.25)
        #expect(result.exitCode == 0, "\(result)")
        print(result.output)
    }

    @Test("memory that is larger than it may be fails it, in words that say what is wrong")
    func growthIsSeen() async throws {
        let result = try await Self.soak(minutes: 0.05, growth: -0.99)
        #expect(result.exitCode == 1, "\(result)")
        #expect(result.error.contains("cluster's memory"), "\(result)")
    }
}
