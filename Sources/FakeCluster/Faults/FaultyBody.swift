import KubeObjects
import KubeWire
import Synchronization

/// What ends a stream.
enum StreamFault: Sendable {
    /// The stream breaks off in the middle of the line after so many.
    case cut(afterLines: Int)
    /// A watch ends with an event of code 410 after so many.
    case expire(afterLines: Int, version: UInt64)

    fileprivate var lines: Int {
        switch self {
        case .cut(let lines), .expire(let lines, _): lines
        }
    }
}

/// A response's body that a fault ends, or a partition that begins, or the cluster's stop.
struct FaultyBody: AsyncSequence, Sendable {
    let base: ResponseBody
    let fault: StreamFault?
    /// Returns once the stream has to end.
    let end: @Sendable () async -> StreamEnd?

    func makeAsyncIterator() -> Iterator {
        Iterator(relay: StreamRelay(base, until: end), cutter: StreamCutter(fault: fault))
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let relay: StreamRelay
        fileprivate var cutter: StreamCutter

        mutating func next() async throws -> [UInt8]? {
            switch cutter.end {
            case .broken?: throw FaultInjector.connectionLost
            case .expired?: return nil
            case nil: break
            }
            if let last = cutter.atStart() { return last }
            return try await relay.next().map { cutter.pass($0) }
        }
    }
}

/// Lets chunks through up to the place where a fault ends them.
private struct StreamCutter {
    enum End { case broken, expired }

    let fault: StreamFault?
    private(set) var end: End?
    private var lines = 0

    init(fault: StreamFault?) {
        self.fault = fault
    }

    /// What is there to say before the first chunk.
    mutating func atStart() -> [UInt8]? {
        guard case .expire(0, let version)? = fault else { return nil }
        return expire(version, after: [])
    }

    /// The chunk, or as much of it as comes before the fault.
    mutating func pass(_ chunk: [UInt8]) -> [UInt8] {
        guard let fault else { return chunk }
        var start = chunk.startIndex
        while lines < fault.lines, let feed = chunk[start...].firstIndex(of: UInt8(ascii: "\n")) {
            lines += 1
            start = feed + 1
        }
        guard lines >= fault.lines else { return chunk }
        switch fault {
        case .expire(_, let version): return expire(version, after: chunk[..<start])
        case .cut:
            guard start < chunk.endIndex else { return chunk }
            end = .broken
            let feed = chunk[start...].firstIndex(of: UInt8(ascii: "\n")) ?? chunk.endIndex
            return Array(chunk[..<(start + Swift.max(1, (feed - start) / 2))])
        }
    }

    private mutating func expire(_ version: UInt64, after bytes: ArraySlice<UInt8>) -> [UInt8] {
        end = .expired
        let status = KubeStatus.tooOld(version, oldest: version + 1)
        return bytes + ObjectEncoder.frame("ERROR", status.json.encoded())
    }
}

/// Reads a stream in a task of its own, one chunk for each that is asked for, so that the reader's wait on a
/// silent stream can be ended. Goes with its last owner.
private final class StreamRelay: Sendable {
    private let demand: AsyncStream<Void>.Continuation
    private let chunks: AsyncThrowingStream<[UInt8], any Error>
    private let reading: Task<Void, Never>

    init(_ base: ResponseBody, until end: @escaping @Sendable () async -> StreamEnd?) {
        let (demands, demand) = AsyncStream.makeStream(of: Void.self)
        let (chunks, sink) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
        self.demand = demand
        self.chunks = chunks
        reading = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await Self.read(base, asked: demands, into: sink) }
                group.addTask {
                    switch await end() {
                    case .partition?: sink.finish(throwing: FaultInjector.connectionLost)
                    case .stop?: sink.finish()
                    case nil: break
                    }
                }
                await group.next()
                group.cancelAll()
            }
        }
        sink.onTermination = { [reading] _ in reading.cancel() }
    }

    deinit { reading.cancel() }

    func next() async throws -> [UInt8]? {
        demand.yield()
        var iterator = chunks.makeAsyncIterator()
        return try await iterator.next()
    }

    private static func read(
        _ base: ResponseBody, asked demands: AsyncStream<Void>,
        into sink: AsyncThrowingStream<[UInt8], any Error>.Continuation
    ) async {
        var chunks = base.makeAsyncIterator()
        do {
            for await _ in demands {
                guard let chunk = try await chunks.next() else { break }
                sink.yield(chunk)
            }
            sink.finish()
        } catch {
            sink.finish(throwing: error)
        }
    }
}
