public import KubeObjects

/// What a status keeps of an effect: how often it was tried, and whether it is still owed.
public struct EffectRecord: Sendable, Hashable {
    /// Where an effect is.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It is owed.
        case pending = "Pending"
        /// It is done.
        case done = "Done"
        /// It was given up.
        case failed = "Failed"
    }

    /// How long an effect is tried: with waits that double from 5 seconds to 10 minutes that is a good day.
    public static let maximumAttempts: Int64 = 150
    private static let firstWait = Duration.seconds(5)
    private static let longestWait = Duration.seconds(600)

    /// Where the effect is.
    public var state = State.pending
    /// How often it was tried.
    public var attempts: Int64 = 0
    /// Why the last try failed; nil if it did not.
    public var lastError: String?
    /// When it was tried last.
    public var time: Timestamp?
    /// When it is tried again.
    public var nextAttempt: Timestamp?

    /// An effect that is owed.
    public init() {}

    /// Reads a record; nil if there is none.
    public init?(_ json: JSONValue?) {
        guard let state = json?["state"]?.string.flatMap(State.init) else { return nil }
        self.state = state
        attempts = max(json?["attempts"]?.int32 ?? 0, 0)
        lastError = json?["lastError"]?.string
        time = json?["time"]?.string.flatMap(Timestamp.init)
        nextAttempt = json?["nextAttempt"]?.string.flatMap(Timestamp.init)
    }

    /// As it stands in a status.
    public var json: JSONValue {
        var result: JSONObject = ["state": .string(state.rawValue), "attempts": .integer(attempts)]
        result["lastError"] = lastError.map(JSONValue.string)
        result["time"] = time.map { .string($0.rfc3339) }
        result["nextAttempt"] = nextAttempt.map { .string($0.rfc3339) }
        return .object(result)
    }

    /// How long until the effect is to be tried; nil if it is no longer owed. A try that is still to come was noted by a
    /// controller whose clock is ahead: nobody waits for that one.
    public func wait(now: Timestamp) -> Duration? {
        guard state == .pending else { return nil }
        if let time, time > now { return .zero }
        return nextAttempt.map { max($0 - now, .zero) } ?? .zero
    }

    /// Takes note of a try.
    public mutating func record(_ outcome: RunEffectResult.Outcome, now: Timestamp) {
        attempts += 1
        time = now
        nextAttempt = nil
        switch outcome {
        case .done:
            (state, lastError) = (.done, nil)
        case .refused(let error):
            (state, lastError) = (.failed, error)
        case .failed(let error, let retryAfter):
            lastError = error
            guard attempts < Self.maximumAttempts else {
                state = .failed
                return
            }
            let doublings = min(attempts - 1, 20)
            let wait = min(Self.firstWait * (1 << doublings), Self.longestWait)
            nextAttempt = now + max(wait, min(retryAfter ?? .zero, Self.longestWait))
        }
    }

    /// The schema of a record in a status.
    static func schema(_ description: String) -> JSONValue {
        OpenAPISchema.object(
            [
                "state": OpenAPISchema.string("Where it is.", enumeration: State.allCases.map(\.rawValue)),
                "attempts": OpenAPISchema.integer("How often it was tried.", format: "int32"),
                "lastError": OpenAPISchema.string("Why the last try failed."),
                "time": OpenAPISchema.time("When it was tried last."),
                "nextAttempt": OpenAPISchema.time("When it is tried again."),
            ], description)
    }
}
