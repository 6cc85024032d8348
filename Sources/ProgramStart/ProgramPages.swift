import CLibc

/// The pages in memory of the program's file and its libraries: code, constants, tables.
package enum ProgramPages {
    /// How long a start may take, after which most of them are not needed any more.
    private static let startTime = Duration.seconds(5)

    /// Does the work of a program that works until it is told to end, and a little into it lets go of the pages that are as
    /// they are in their files.
    ///
    /// A start touches most of them once, a server that waits a tenth: without this they are two thirds of what an idle
    /// controller has resident. What is needed again comes back from the system's file cache, page by page.
    package static func lettingGoOfTheStart<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                if (try? await Task.sleep(for: startTime)) != nil { clibc_let_go_of_pages() }
                return nil
            }
            group.addTask { try await work() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }
}
