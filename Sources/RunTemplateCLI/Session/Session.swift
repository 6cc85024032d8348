package import KubeClient
package import KubeObjects
import Synchronization

/// What a command has to do with the outside world, so that tests can be that world.
package struct Session: Sendable {
    /// Standard output: logs and what was asked for, nothing else.
    package var output: any TextSink
    /// Standard error: everything that we have to say.
    package var errors: any TextSink
    /// Whether somebody sits at a terminal and can be asked.
    package var isInteractive: Bool
    /// Whether standard output takes colours: a terminal whose user has not said otherwise.
    package var outputHasColors = false
    /// Whether standard output is a terminal.
    package var outputIsTerminal = false
    /// The columns of the terminal that standard error is; nil if it is none.
    package var errorWidth: Int?
    /// Reaches the server that flags and kubeconfig name.
    package var makeClient: @Sendable (ConnectionOptions) throws -> KubeClient
    /// Begins to take Ctrl-C and SIGTERM; the stream gives one element for each.
    package var interrupts: @Sendable () -> AsyncStream<Interrupt>
    /// Asks at the terminal; nil at its end.
    package var ask: @Sendable (String) async -> String?
    /// Where time comes from.
    package var time: TimeSource
    /// How often the server has warned, if that is to be an error.
    let warnings = WarningCount()

    /// A world of one's own.
    package init(
        output: any TextSink, errors: any TextSink, isInteractive: Bool = false,
        makeClient: @escaping @Sendable (ConnectionOptions) throws -> KubeClient,
        interrupts: @escaping @Sendable () -> AsyncStream<Interrupt> = Session.noInterrupts,
        ask: @escaping @Sendable (String) async -> String? = Session.noAnswer, time: TimeSource = .system
    ) {
        self.output = output
        self.errors = errors
        self.isInteractive = isInteractive
        self.makeClient = makeClient
        self.interrupts = interrupts
        self.ask = ask
        self.time = time
    }
}

extension Session {
    /// The process's own streams and signals, and the server over the network.
    package static func process() -> Session {
        let errors = StandardStream.errors
        var session = Session(
            output: StandardStream.output, errors: errors, isInteractive: Terminal.isInputTerminal && errors.isTerminal,
            makeClient: { options in
                var client = try ClientConfiguration.load(options).makeClient(userAgent: "kubectl-run_template")
                client.onWarning = { errors.line("Warning: \($0)") }
                return client
            },
            interrupts: Interrupt.stream, ask: Terminal.ask)
        session.outputIsTerminal = StandardStream.output.isTerminal
        session.errorWidth = errors.isTerminal && Terminal.canMove ? Terminal.width : nil
        session.outputHasColors = StandardStream.output.isTerminal && Terminal.takesColors
        return session
    }
}

/// What holds where nobody is there to interfere.
extension Session {
    /// A stream that ends at once.
    package static func noInterrupts() -> AsyncStream<Interrupt> { AsyncStream { $0.finish() } }

    /// No answer.
    package static func noAnswer(_ question: String) async -> String? { nil }
}

/// Counts warnings.
final class WarningCount: Sendable {
    private let count = Atomic(0)

    /// One more.
    func add() { count.add(1, ordering: .relaxed) }

    /// How many there were.
    var value: Int { count.load(ordering: .relaxed) }
}

/// A wish to stop: Ctrl-C, or SIGTERM from whoever started us.
package enum Interrupt: Sendable, Hashable {
    /// SIGINT.
    case interrupt
    /// SIGTERM.
    case terminate
}
