public import KubeObjects

/// What the Job controller says in Events only.
public enum JobEvent {
    /// The reason of an Event about a pod that could not be created.
    public static let podCreationFailed = "FailedCreate"

    /// The API server's words in the newest of these Events of a Job; nil if there is none.
    ///
    /// They are the same for each pod that is refused: what differs from try to try (the pod's name, how much of a quota
    /// is used at the moment) is left out.
    public static func newestRefusal(in events: [KubeObject], ofJob job: String) -> String? {
        let newest = events.max { seen($0) < seen($1) }
        guard var message = newest?["message"]?.string?[...] else { return nil }
        let prefix = "Error creating: "
        if message.hasPrefix(prefix) { message = message.dropFirst(prefix.count) }
        return withoutUsage(withoutPodNames(message, ofJob: job))
    }

    /// The words with `JOB-…` in place of each name that begins like those of the Job's pods.
    private static func withoutPodNames(_ words: Substring, ofJob job: String) -> String {
        guard !job.isEmpty else { return String(words) }
        let parts = words.split(separator: "\(job)-", omittingEmptySubsequences: false)
        let rest = parts.dropFirst().map { part in
            "\(job)-…" + part.drop { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
        }
        return ([String(parts.first ?? "")] + rest).joined()
    }

    /// The words without how much of a quota is used: `requested: pods=1, used: pods=3, limited: pods=3`.
    private static func withoutUsage(_ words: String) -> String {
        let parts = words.split(separator: ", used: ", omittingEmptySubsequences: false)
        guard parts.count == 2, let end = parts[1].firstRange(of: ", limited: ") else { return words }
        return String(parts[0] + parts[1][end.lowerBound...])
    }

    /// When the Event happened last: the old and the new form of Events keep it apart (API reference, Event v1).
    private static func seen(_ event: KubeObject) -> Timestamp {
        let texts = [event[path: "series", "lastObservedTime"], event["lastTimestamp"], event["eventTime"]]
        return texts.lazy.compactMap { $0?.string.flatMap(Timestamp.init) }.first ?? event.creationTimestamp
            ?? Timestamp(seconds: 0)
    }
}
