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
        // Where there are many, Kubernetes counts them in one Event.
        for prefix in ["(combined from similar events): ", "Error creating: "] where message.hasPrefix(prefix) {
            message = message.dropFirst(prefix.count)
        }
        return withoutUsage(withoutPodNames(message, ofJob: job))
    }

    /// The words with `JOB-…` in place of the names of the Job's pods.
    private static func withoutPodNames(_ words: Substring, ofJob job: String) -> String {
        guard !job.isEmpty else { return String(words) }
        var (result, rest) = ("", words)
        while let start = rest.firstRange(of: "\(job)-") {
            result += rest[..<start.lowerBound]
            let suffix = rest[start.upperBound...].prefix(while: isNamePart)
            let isWhole = result.last.map(isNamePart) != true
            result += "\(job)-" + (isWhole && endsPodName(suffix) ? "…" : suffix)
            rest = rest[suffix.endIndex...]
        }
        return result + rest
    }

    private static func isNamePart(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("0"..."9").contains(character) || character == "-" || character == "."
    }

    /// Whether this follows a Job's name in its pods' names: an index, if the Job is Indexed, and five characters of those
    /// that the API server draws from (Kubernetes, `apimachinery/pkg/util/rand`); nothing, before they are drawn.
    private static func endsPodName(_ suffix: Substring) -> Bool {
        if suffix.isEmpty { return true }
        let parts = suffix.split(separator: "-", omittingEmptySubsequences: false)
        let drawn = parts.last ?? ""
        guard drawn.count == 5, drawn.allSatisfy({ "bcdfghjklmnpqrstvwxz2456789".contains($0) }) else { return false }
        return parts.count == 1 || parts.count == 2 && parts[0].allSatisfy { ("0"..."9").contains($0) }
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
