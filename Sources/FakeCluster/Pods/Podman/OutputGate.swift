import Synchronization

/// Holds a container's output back until it is clear that it is the container's.
final class OutputGate: Sendable {
    private let held = Mutex<[(OutputStream, [UInt8])]?>([])
    private let output: @Sendable (OutputStream, [UInt8]) -> Void

    init(_ output: @escaping @Sendable (OutputStream, [UInt8]) -> Void) { self.output = output }

    /// Takes what was written.
    func pass(_ stream: OutputStream, _ bytes: [UInt8]) {
        let isOpen = held.withLock { held in
            held?.append((stream, bytes))
            return held == nil
        }
        if isOpen { output(stream, bytes) }
    }

    /// Lets everything through, first what was held back.
    func open() {
        held.withLock { held in
            // Inside of the lock, so that nothing overtakes it.
            for (stream, bytes) in held ?? [] { output(stream, bytes) }
            held = nil
        }
    }

    /// What was held back of the errors, as text.
    func close() -> String {
        let errors = held.withLock { $0 ?? [] }.filter { $0.0 == .stderr }.flatMap(\.1)
        return String(decoding: errors, as: UTF8.self)
    }
}
