import KubeObjects

/// Who does an operation, and how: what a request says beside the object.
struct OperationContext: Sendable {
    /// What happens with unknown and repeated fields of a body.
    enum FieldValidation: String, Sendable, Hashable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    /// Who asks.
    var user: UserIdentity
    /// The manager of the fields that are written, for `metadata.managedFields`.
    var fieldManager = ""
    /// Checks everything and stores nothing.
    var isDryRun = false
    /// What happens with unknown and repeated fields.
    var fieldValidation = FieldValidation.warn
    /// Server-side apply: takes over fields of other managers.
    var isForced = false
    /// Whether the objects that come in have their field owners settled already, as after an apply.
    var hasSettledOwners = false
    /// The options of the request as they were given, for those who ask: `dryRun`, `fieldManager`, ...
    var options: JSONObject = [:]
    /// The write's place in quotas that are to be counted; see ``QuotaLedger``.
    var quotaClaim: UInt64?
    /// What the answer warns of, in order.
    var warnings: [String] = []

    /// An operation of a user.
    init(user: UserIdentity) { self.user = user }

    /// Adds warnings, each once.
    mutating func warn(_ texts: [String]) {
        for text in texts where !warnings.contains(text) { warnings.append(text) }
    }
}
