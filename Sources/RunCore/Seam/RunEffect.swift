public import KubeObjects

/// Something to be done outside of the API server, or beside the run's own life, once a status is stored.
///
/// It may be done twice: a controller that is stopped after doing it and before the status says so does it again. So an
/// effect either can be repeated without harm or tells its receiver that it is the same one.
public enum RunEffect: Sendable, Hashable {
    /// Announces the end of a run to a URL.
    case callback(CallbackRequest)
    /// Keeps the output of a Job in ConfigMaps and Secrets.
    case output(OutputRequest)
}

extension RunEffect {
    /// What kind of effect it is, in metrics.
    public var name: String {
        switch self {
        case .callback: "callback"
        case .output: "output"
        }
    }
}

/// The announcement of a run's end.
public struct CallbackRequest: Sendable, Hashable {
    /// Where the token is.
    public enum Token: Sendable, Hashable {
        /// In the run itself.
        case text(String)
        /// In a Secret, under a key; it is read when the announcement is sent, and kept nowhere.
        case secret(ObjectKey, key: String)
    }

    /// The target.
    public var url: String
    /// What is sent, as JSON.
    public var body: JSONObject
    /// Tells the receiver which announcements are the same one: the run's uid.
    public var deliveryID: String
    /// What proves to the receiver who announces; nil if nothing does.
    public var token: Token?

    /// An announcement.
    public init(url: String, body: JSONObject, deliveryID: String, token: Token? = nil) {
        self.url = url
        self.body = body
        self.deliveryID = deliveryID
        self.token = token
    }
}

/// What became of an effect.
public struct RunEffectResult: Sendable, Hashable {
    /// How it went.
    public enum Outcome: Sendable, Hashable {
        /// It is done.
        case done
        /// It was not done; the next time may go better, not before the receiver's own word, if it gave one.
        case failed(String, retryAfter: Duration? = nil)
        /// It cannot be done.
        case refused(String)
    }

    /// The effect.
    public var effect: RunEffect
    /// How it went.
    public var outcome: Outcome
    /// What was written and what was not, if the effect was ``RunEffect/output(_:)`` and is done.
    public var output: OutputReceipt?

    /// A result.
    public init(effect: RunEffect, outcome: Outcome, output: OutputReceipt? = nil) {
        self.effect = effect
        self.outcome = outcome
        self.output = output
    }
}
