import FakeCluster
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import Synchronization
import TestSupport
import Testing

@testable import RunTemplateCLI

/// A cluster with the run controller, in this process, and a plugin that talks to it.
struct CLICluster: Sendable {
    let client: KubeClient
    /// Stands between plugin and server; a test may break it.
    let line: UnreliableLine

    /// Does something with a cluster that has these templates in the namespace `default`.
    static func run(
        templates: [String] = [], withController: Bool = true,
        _ body: @escaping @Sendable (CLICluster) async throws -> Void
    ) async throws {
        let cluster = try FakeCluster()
        let client = KubeClient(transport: cluster.transport())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            for definition in EmbeddedController.definitions {
                _ = try await client.create(.customResourceDefinitions, definition)
            }
            if withController { group.addTask { try await EmbeddedController.run(over: cluster.transport()) } }
            let cli = CLICluster(client: client, line: UnreliableLine(base: cluster.transport()))
            for text in templates { try await cli.create(text) }
            try await body(cli)
            group.cancelAll()
        }
    }

    /// Creates the objects of a manifest, in the namespace `default` where they have one.
    func create(_ manifest: String) async throws {
        let resources =
            RunFamilies.all.map { APIResource($0.runResource) } + [.jobTemplates, .configMaps, .secrets, .namespaces]
        for document in try YAML.parse(manifest) {
            guard let object = KubeObject(document.value),
                let resource = resources.first(where: { $0.groupVersionKind == object.groupVersionKind })
            else {
                Issue.record("nobody knows the kind of \(document.value)")
                continue
            }
            _ = try await client.create(resource, namespace: resource.isNamespaced ? "default" : nil, object)
        }
    }

    /// What a command printed and how it ended.
    struct Result: Sendable {
        var exitCode: Int32
        var output: String
        var errors: String
    }

    /// Runs a command line.
    func plugin(
        _ words: String..., interrupts: @escaping @Sendable () -> AsyncStream<Interrupt> = Session.noInterrupts
    ) async -> Result { await plugin(words, interrupts: interrupts) }

    /// Runs a command line.
    func plugin(
        _ words: [String], interrupts: @escaping @Sendable () -> AsyncStream<Interrupt> = Session.noInterrupts
    ) async -> Result {
        let output = TextBuffer()
        let errors = TextBuffer()
        let session = Session(
            output: output, errors: errors,
            makeClient: { options in
                KubeClient(transport: line, defaultNamespace: options.namespace ?? "default")
            }, interrupts: interrupts)
        let exitCode = await RunTemplate.main(words, session: session)
        return Result(exitCode: exitCode, output: output.text, errors: errors.text)
    }

    /// All runs.
    func runs() async throws -> [KubeObject] { try await client.list(.jobRuns, namespace: "default").items }

    /// The only run there is.
    func onlyRun() async throws -> KubeObject? {
        let runs = try await runs()
        return runs.count == 1 ? runs[0] : nil
    }
}

/// A transport whose answers a test can take away, to see what the plugin makes of it.
final class UnreliableLine: Transport {
    /// What happens to a request.
    enum Fate: Sendable {
        case pass, refuse, loseRequest, loseAnswer
        /// The server has trouble.
        case fail
        case cutBody(after: Int)
        /// Is answered with a text, without the server.
        case answer(String)
        /// The same, and the connection breaks behind the text.
        case cutBehind(String)
    }

    private let base: any Transport
    private let fate = Mutex<@Sendable (WireRequest) -> Fate>({ _ in .pass })

    init(base: any Transport) { self.base = base }

    func decide(_ fate: @escaping @Sendable (WireRequest) -> Fate) { self.fate.withLock { $0 = fate } }

    func send(_ request: WireRequest) async throws -> WireResponse {
        let lost = TransportError(.connectionLost, "the connection broke")
        switch fate.withLock({ $0 })(request) {
        case .pass: return try await base.send(request)
        case .refuse: throw KubeStatus(code: 403, reason: .forbidden, message: "\(request.method) is forbidden")
        case .fail: throw KubeStatus(code: 500, reason: .internalError, message: "\(request.method) failed")
        case .loseRequest: throw lost
        case .loseAnswer:
            _ = try await base.send(request).body.collect()
            throw lost
        case .answer(let text): return WireResponse(status: .ok, body: ResponseBody(Array(text.utf8)))
        case .cutBehind(let text):
            let body = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield(Array(text.utf8))
                continuation.finish(throwing: lost)
            }
            return WireResponse(status: .ok, body: ResponseBody(body))
        case .cutBody(let count):
            var response = try await base.send(request)
            let body = response.body
            response.body = ResponseBody(
                AsyncThrowingStream<[UInt8], any Error> { continuation in
                    let task = Task {
                        var rest = count
                        for try await chunk in body {
                            continuation.yield(Array(chunk.prefix(rest)))
                            rest -= chunk.count
                            if rest <= 0 { break }
                        }
                        continuation.finish(throwing: rest <= 0 ? lost : nil)
                    }
                    continuation.onTermination = { _ in task.cancel() }
                })
            return response
        }
    }
}

extension APIResource {
    /// JobRuns.
    static let jobRuns = APIResource(JobTemplateFamily.jobRuns)
}

extension String {
    /// The text without what differs from one call to the next: moments, durations, what was drawn for names, and the
    /// widths of columns.
    var settled: String {
        replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/, with: "TIME")
            .replacing(/\b[0-9]+(m[0-9]+)?s\b/, with: "SPAN")
            .replacing(/-[0-9a-f]{10}(-([0-9]+-)?[a-z0-9]{5})?\b/, with: { $0.output.1 == nil ? "-JOB" : "-POD" })
            .replacing(/\ {2,}/, with: "  ")
    }
}

/// An ExtendedJob of one container.
func errandManifest(name: String, run: String, script: String) -> String {
    """
    apiVersion: fissile.cloudfoundry.org/v1alpha1
    kind: ExtendedJob
    metadata: {name: \(name)}
    spec:
      run: \(run)
      template:
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers:
              - {name: main, image: busybox, command: [sh, -c, "\(script)"]}
    """
}

extension CLICluster {
    /// Waits until a run is in a phase.
    func awaitPhase(_ phase: RunPhase, of name: RunName) async throws {
        try await awaitRun(name) { name.family.summary(of: $0).phase == phase }
    }

    /// Ctrl-C once a run is in a phase.
    func interrupts(once phase: RunPhase, of name: String) -> @Sendable () -> AsyncStream<Interrupt> {
        {
            AsyncStream { continuation in
                let task = Task {
                    try await awaitPhase(phase, of: RunName(family: RunTypes.standard, name: name))
                    continuation.yield(.interrupt)
                }
                continuation.onTermination = { _ in task.cancel() }
            }
        }
    }

    /// Waits until something holds of a run.
    func awaitRun(_ name: RunName, isRight: (KubeObject) -> Bool) async throws {
        let resource = APIResource(name.family.runResource)
        let namespace = resource.isNamespaced ? "default" : nil
        while true {
            let list = try await client.list(resource, namespace: namespace)
            func isThere(_ object: KubeObject) -> Bool { object.name == name.name && isRight(object) }
            if list.items.contains(where: isThere) { return }
            let stream = try await client.watch(
                resource, namespace: namespace, options: WatchOptions(resourceVersion: list.resourceVersion))
            for try await event in stream {
                if case .modified(let object) = event, isThere(object) { return }
            }
        }
    }
}

/// Keeps what is written, and interrupts as texts come, one after the other.
final class InterruptingBuffer: TextSink {
    let interrupts: AsyncStream<Interrupt>
    private let feed: AsyncStream<Interrupt>.Continuation
    private let state: Mutex<(text: String, marks: ArraySlice<(mark: String, interrupt: Interrupt)>)>

    /// Ctrl-C behind a text.
    convenience init(behind mark: String) { self.init((mark, .interrupt)) }

    init(_ marks: (mark: String, interrupt: Interrupt)...) {
        state = Mutex(("", marks[...]))
        (interrupts, feed) = AsyncStream<Interrupt>.makeStream()
    }

    /// All that was written.
    var text: String { state.withLock { $0.text } }

    func write(_ bytes: ArraySlice<UInt8>) {
        let interrupt = state.withLock { state -> Interrupt? in
            state.text += String(decoding: bytes, as: UTF8.self)
            guard let next = state.marks.first, next.mark.isEmpty || state.text.contains(next.mark) else { return nil }
            return state.marks.removeFirst().interrupt
        }
        if let interrupt { feed.yield(interrupt) }
    }
}
