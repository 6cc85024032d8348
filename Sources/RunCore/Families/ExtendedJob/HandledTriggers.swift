import KubeObjects

/// The changes of pods that had their Job: a list of bounded length, and a moment before which everything had.
///
/// Changes get their Jobs in order of their time. So when the list is full, its oldest entry can be replaced by the word
/// that everything up to then is done.
struct HandledTriggers: Hashable {
    /// How many keys are kept.
    static let limit = 256

    struct Entry: Hashable {
        var key: String
        var time: Timestamp
    }

    private(set) var entries: [Entry] = []
    /// The last entry that was dropped.
    private(set) var upTo: Entry?

    init() {}

    init(_ json: JSONValue?) {
        entries = (json?["keys"]?.array ?? []).compactMap { $0.string.flatMap(Entry.init) }
        upTo = json?["upTo"]?.string.flatMap(Entry.init)
    }

    var json: JSONValue? {
        guard !entries.isEmpty || upTo != nil else { return nil }
        var json: JSONObject = ["keys": .array(entries.map { .string($0.text) })]
        json["upTo"] = upTo.map { .string($0.text) }
        return .object(json)
    }

    func contains(_ trigger: PodTrigger) -> Bool {
        contains(Entry(key: trigger.key, time: trigger.time))
    }

    /// Whether a change had its Job. A pod that is gone cannot be gone again, whenever that was noticed.
    func contains(_ entry: Entry) -> Bool {
        if entries.contains(where: { $0.key == entry.key }) { return true }
        guard let upTo else { return false }
        return entry <= upTo
    }

    mutating func insert(_ entry: Entry) {
        guard !contains(entry) else { return }
        let position = entries.firstIndex { entry < $0 } ?? entries.endIndex
        entries.insert(entry, at: position)
        if entries.count > Self.limit { upTo = entries.removeFirst() }
    }
}

extension HandledTriggers.Entry: Comparable {
    static func < (left: Self, right: Self) -> Bool { (left.time, left.key) < (right.time, right.key) }

    /// `KEY@SECONDS`.
    init?(_ text: String) {
        let parts = text.split(separator: "@")
        guard parts.count == 2, let seconds = Int64(parts[1]) else { return nil }
        self.init(key: String(parts[0]), time: Timestamp(seconds: seconds))
    }

    var text: String { "\(key)@\(time.seconds)" }
}

extension PodTrigger {
    /// As a Job's annotation and the status keep it.
    var entry: HandledTriggers.Entry { HandledTriggers.Entry(key: key, time: time) }
}
