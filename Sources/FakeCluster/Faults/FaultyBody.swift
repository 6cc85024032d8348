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

/// A response's body that a fault ends.
struct FaultyBody: AsyncSequence, Sendable {
    let base: ResponseBody
    let fault: StreamFault?
    /// Lets a partition that begins, or the cluster's stop, end the base.
    let watched: WatchedStream

    func makeAsyncIterator() -> Iterator {
        Iterator(base: base.makeAsyncIterator(), watched: watched, cutter: StreamCutter(fault: fault))
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: ResponseBody.Iterator
        fileprivate let watched: WatchedStream
        fileprivate var cutter: StreamCutter

        mutating func next() async throws -> [UInt8]? {
            switch cutter.end {
            case .broken?: throw FaultInjector.connectionLost
            case .expired?: return nil
            case nil: break
            }
            if let last = cutter.atStart() { return last }
            return try await base.next().map { cutter.pass($0) }
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
