import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension UnixSignalsSequence {
    /// The signals that ask a program to end: Ctrl-C, SIGTERM, and SIGHUP from a terminal that goes, unless whoever
    /// started the program has it ignored, as `nohup` does.
    /// - Parameter withInterrupt: Whether Ctrl-C is one of them.
    static func forEnd(withInterrupt: Bool = true) async -> UnixSignalsSequence {
        let former = signal(SIGHUP, SIG_IGN)
        _ = signal(SIGHUP, former)
        let isIgnored = unsafe unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        let signals = (withInterrupt ? [.sigint] : []) + [UnixSignal.sigterm] + (isIgnored ? [] : [.sighup])
        return await UnixSignalsSequence(trapping: signals)
    }
}
