import KubeWire

/// A response's body, read from its transfer.
struct CurlBody: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    let stream: CurlBodyStream

    func makeAsyncIterator() -> Iterator { Iterator(stream: stream) }

    struct Iterator: AsyncIteratorProtocol {
        let stream: CurlBodyStream

        mutating func next() async throws -> [UInt8]? { try await stream.next() }
    }
}

/// The right to read a transfer's body: whoever drops the last reference gives the rest up.
final class CurlBodyStream: Sendable {
    private let transfer: Transfer
    private let owner: CurlLoopOwner

    init(transfer: Transfer, owner: CurlLoopOwner) {
        self.transfer = transfer
        self.owner = owner
    }

    deinit { abandon() }

    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await transfer.nextBytes { [transfer, owner] in owner.loop.submit(.resume(transfer.id)) }
        } onCancel: {
            abandon()
        }
    }

    private func abandon() {
        guard !transfer.isEnded else { return }
        transfer.end(CancellationError())
        owner.loop.submit(.abandon(transfer.id))
    }
}
