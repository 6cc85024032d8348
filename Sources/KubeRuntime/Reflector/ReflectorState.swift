import KubeClient
import KubeObjects
import KubeWire

/// What a reflector decides: list, watch from there, list again when the version is lost; back off when it fails.
///
/// The shell tells what happened and does what it is told; nothing here waits or talks.
struct ReflectorState: Sendable {
    /// What happened.
    enum Event: Sendable {
        /// The reflector was started, or waited as long as it was told.
        case ready
        /// A page of a list came.
        case page(ObjectList)
        /// A watch is open.
        case opened
        /// A frame of the watch came, with what is kept of its object.
        case frame(WatchEvent)
        /// A frame came of an object, new or changed, of which nothing is kept.
        case unneeded(KubeObject)
        /// The server ended the watch, as it does now and then, after so long.
        case ended(after: Duration)
        /// A list or watch failed.
        case failed(ReflectorFailure)
    }

    /// What is to be done next.
    enum Action: Sendable, Hashable {
        /// Ask for a page of a list; `limit` nil asks for everything at once.
        case list(continue: String?, limit: Int?)
        /// Open a watch. With `initialEvents` it begins with an `ADDED` for each object there is (KEP-3157).
        case watch(from: String, initialEvents: Bool)
        /// Read the next frame of the open watch.
        case read
        /// Wait, then say `ready`.
        case wait(Duration)
    }

    /// What an event leads to.
    struct Transition: Sendable, Hashable {
        /// What is to be done to the store, before the action.
        var update: StoreUpdate?
        /// What is to be done next.
        var action: Action
    }

    private(set) var phase = InformerPhase.listing
    /// The version that the store shows; nil if there must be a list.
    private(set) var resourceVersion: String?

    /// A watch that lived longer than this worked, even if nothing happened in it.
    private static let shortWatch = Duration.seconds(5)

    private let pageSize: Int
    private let backoff: Backoff
    private let missingInterval: Duration
    private var usesStreamingList: Bool
    private var random: SplitMix64
    private var failures = 0
    /// Objects of a list that is not complete: pages so far, or initial events so far.
    private var collected: [PackedObject] = []
    private var isCollecting = false
    private var next: Action

    /// - Parameters:
    ///   - pageSize: how many objects a page of a list has.
    ///   - streamingList: whether to ask for initial events in the watch instead of listing; a server that does not
    ///     take that is listed from then on.
    ///   - backoff: how long to wait after failures in a row.
    ///   - missingInterval: how often a resource that does not exist is asked for.
    ///   - seed: decides the jitter.
    init(
        pageSize: Int = 500, streamingList: Bool = false, backoff: Backoff = .connection,
        missingInterval: Duration = .seconds(5), seed: UInt64
    ) {
        self.pageSize = pageSize
        self.backoff = backoff
        self.missingInterval = missingInterval
        usesStreamingList = streamingList
        random = SplitMix64(seed: seed)
        next = .list(continue: nil, limit: pageSize)
        beginList()
    }

    mutating func handle(_ event: Event) -> Transition {
        switch event {
        case .ready: return Transition(action: next)
        case .page(let page): return take(page)
        case .opened: return Transition(action: .read)
        case .frame(let frame): return take(frame)
        case .unneeded(let object): return drop(object)
        case .ended(let lifetime): return ended(after: lifetime)
        case .failed(let failure): return failed(failure)
        }
    }

    // MARK: Lists

    private mutating func beginList(limit: Int?? = nil) {
        resourceVersion = nil
        collected = []
        isCollecting = usesStreamingList
        if phase == .watching { phase = .listing }
        next =
            usesStreamingList
            ? .watch(from: "", initialEvents: true) : .list(continue: nil, limit: limit ?? pageSize)
    }

    private mutating func take(_ page: ObjectList) -> Transition {
        for object in page.items { collect(object) }
        if let token = page.continue {
            next = .list(continue: token, limit: pageSize)
            return Transition(action: next)
        }
        return finishList(at: page.resourceVersion)
    }

    private mutating func collect(_ object: KubeObject) {
        if object.name?.isEmpty == false { collected.append(PackedObject(object)) }
    }

    private mutating func finishList(at version: String) -> Transition {
        let objects = collected
        collected = []
        let wasStreamed = isCollecting
        isCollecting = false
        failures = 0
        phase = .watching
        resourceVersion = version
        next = .watch(from: version, initialEvents: false)
        return Transition(update: .replace(objects, version: version), action: wasStreamed ? .read : next)
    }

    // MARK: Watches

    private mutating func take(_ frame: WatchEvent) -> Transition {
        switch frame {
        case .error(let status): return failed(ReflectorFailure(status))
        case .bookmark(let object):
            guard let version = object.resourceVersion, !version.isEmpty else { return Transition(action: .read) }
            if isCollecting {
                let annotation = object.metadata["annotations"]?[WatchEvent.initialEventsEndAnnotation]?.string
                return annotation == "true" ? finishList(at: version) : Transition(action: .read)
            }
            advance(to: version)
            return Transition(action: .read)
        case .added(let object), .modified(let object), .deleted(let object):
            // An object that nothing can be known of must not stop the others.
            guard object.name?.isEmpty == false else { return Transition(action: .read) }
            if isCollecting {
                collect(object)
                return Transition(action: .read)
            }
            if let version = object.resourceVersion, !version.isEmpty { advance(to: version) }
            if case .deleted = frame { return Transition(update: .remove(object), action: .read) }
            return Transition(update: .upsert(object), action: .read)
        }
    }

    private mutating func drop(_ object: KubeObject) -> Transition {
        guard !isCollecting, object.name?.isEmpty == false else { return Transition(action: .read) }
        if let version = object.resourceVersion, !version.isEmpty { advance(to: version) }
        return Transition(update: .release(object), action: .read)
    }

    private mutating func advance(to version: String) {
        resourceVersion = version
        failures = 0
        next = .watch(from: version, initialEvents: false)
    }

    private mutating func ended(after lifetime: Duration) -> Transition {
        // One that ends early and without a word may do so for ever: it counts as a failure, but the first goes on at
        // once.
        failures = lifetime < Self.shortWatch ? failures + 1 : 1
        if isCollecting { beginList() }
        return Transition(action: failures == 1 ? next : .wait(delay()))
    }

    // MARK: Failures

    private mutating func failed(_ failure: ReflectorFailure) -> Transition {
        failures += 1
        switch failure {
        case .expired:
            // Once at once: the version was too old. Again: pages may expire faster than they are read.
            let wasListing = resourceVersion == nil
            beginList(limit: wasListing ? .some(nil) : nil)
            return Transition(action: failures == 1 ? next : .wait(delay()))
        case .missing:
            let wasKnown = phase != .missing
            beginList()
            phase = .missing
            // Its objects went with it.
            return Transition(update: wasKnown ? .replace([], version: nil) : nil, action: .wait(missingInterval))
        case .unsupported where isCollecting:
            usesStreamingList = false
            failures = 0
            beginList()
            return Transition(action: next)
        case .unreadable, .unsupported:
            beginList()
            return Transition(action: .wait(delay()))
        case .busy(let duration):
            if resourceVersion == nil { beginList() }
            return Transition(action: .wait(max(duration, delay())))
        case .other:
            if resourceVersion == nil { beginList() }
            return Transition(action: .wait(delay()))
        }
    }

    private mutating func delay() -> Duration {
        backoff.delay(afterFailures: failures, chance: random.chance())
    }
}
