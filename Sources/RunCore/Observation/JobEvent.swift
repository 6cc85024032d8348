public import KubeObjects

/// What the Job controller says in Events only.
public enum JobEvent {
    /// The reason of an Event about a pod that could not be created.
    public static let podCreationFailed = "FailedCreate"

    /// The API server's words in the newest of these Events; nil if there is none.
    public static func newestRefusal(in events: [KubeObject]) -> String? {
        let newest = events.max { seen($0) < seen($1) }
        guard let message = newest?["message"]?.string else { return nil }
        let prefix = "Error creating: "
        return message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
    }

    /// When the Event happened last: the old and the new form of Events keep it apart (API reference, Event v1).
    private static func seen(_ event: KubeObject) -> Timestamp {
        let texts = [event[path: "series", "lastObservedTime"], event["lastTimestamp"], event["eventTime"]]
        return texts.lazy.compactMap { $0?.string.flatMap(Timestamp.init) }.first ?? event.creationTimestamp
            ?? Timestamp(seconds: 0)
    }
}
