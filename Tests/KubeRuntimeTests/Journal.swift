/// What happened, in order, for a test to take one by one.
final class Journal<Entry: Sendable>: Sendable {
    private let entries: AsyncStream<Entry>
    private let input: AsyncStream<Entry>.Continuation

    init() { (entries, input) = AsyncStream.makeStream() }

    func add(_ entry: Entry) { input.yield(entry) }

    /// Waits for the next entry; nil if the task is cancelled.
    func next() async -> Entry? {
        for await entry in entries { return entry }
        return nil
    }
}
