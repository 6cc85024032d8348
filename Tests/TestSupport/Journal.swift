/// What happened, in order, for a test to take one by one.
public final class Journal<Entry: Sendable>: Sendable {
    private let entries: AsyncStream<Entry>
    private let input: AsyncStream<Entry>.Continuation

    /// An empty journal.
    public init() { (entries, input) = AsyncStream.makeStream() }

    /// Adds what happened.
    public func add(_ entry: Entry) { input.yield(entry) }

    /// Waits for the next entry; nil if the task is cancelled.
    public func next() async -> Entry? {
        for await entry in entries { return entry }
        return nil
    }
}
