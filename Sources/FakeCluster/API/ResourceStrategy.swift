import KubeObjects
import KubeSchema

/// What the server knows of a type beyond storage: the rules that run between a request's body and the store.
///
/// The order of a create is `decode`, `applyDefaults`, `prepareForCreate`, `validate`; of an update the same with
/// `prepareForUpdate` and `validateUpdate`. The words are those of the real server's strategies (apiserver,
/// `registry/rest`). Metadata, resource versions and generations are the API server's, not the strategy's.
protocol ResourceStrategy: Sendable {
    /// Checks a body against the type and drops what the type does not know.
    /// - Returns: the unknown fields by path, in the words of the server's warnings (`unknown field "spec.x"`).
    /// - Throws: a `KubeStatus` if a value has a wrong type.
    func decode(_ object: inout KubeObject) throws -> [String]
    /// Fills in the defaults of the type.
    func applyDefaults(_ object: inout KubeObject)
    /// Makes a new object what it has to be before it is checked: resets the status, generates selectors.
    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext)
    /// Makes a changed object what it has to be: keeps the status (or, for the status subresource, everything else).
    func prepareForUpdate(_ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext)
    /// Why a new object is forbidden although its type allows it, as an admission plugin would say; nil if it is not.
    func refusal(_ object: KubeObject, _ context: StrategyContext) -> String?
    /// The faults of a new object.
    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError]
    /// The faults of a changed object.
    func validateUpdate(
        _ object: KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) -> [FieldError]
    /// What is allowed and yet worth a warning header.
    func warnings(_ object: KubeObject, old: KubeObject?) -> [String]
    /// A new object as the answer to its creation shows it.
    func answered(_ object: KubeObject) -> KubeObject
    /// Whether a change of the object counts as a new generation.
    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool
    /// Whether objects of this type carry `metadata.generation` at all.
    var hasGeneration: Bool { get }
    /// Whether an update may leave out the version that it was made from.
    var allowsUnconditionalUpdate: Bool { get }
    /// Whether an update of what is not there makes it.
    var createsOnUpdate: Bool { get }
    /// The lists' keys and kinds, for strategic merge patch and server-side apply. A custom resource's serves apply only:
    /// the server refuses its strategic merge with 415.
    var mergeSchema: (any MergeSchema)? { get }
    /// The columns and cells of `kubectl get`.
    var table: TableConvention { get }
    /// What happens with dependents if a deletion does not say.
    var defaultPropagation: DefaultPropagation { get }
    /// Fields that a field selector may name beside `metadata.name` and `metadata.namespace`, and their values.
    func selectableFields(_ object: KubeObject) -> [String: String]
}

extension ResourceStrategy {
    var allowsUnconditionalUpdate: Bool { true }
    var createsOnUpdate: Bool { false }
    func answered(_ object: KubeObject) -> KubeObject { object }
    func refusal(_ object: KubeObject, _ context: StrategyContext) -> String? { nil }
}

/// What a strategy may look up.
struct StrategyContext: Sendable {
    /// The current moment.
    var now: Timestamp
    /// Makes a new uid.
    var makeUID: @Sendable () -> String
    /// Who asks.
    var user = UserIdentity.admin
    /// Reads another stored object, in its stored version: a pod's service account, its namespace's limits.
    var read: @Sendable (GroupResource, ObjectKey) -> KubeObject? = { _, _ in nil }
}

/// What a resource's deletion does with dependents if the request does not say.
enum DefaultPropagation: Sendable, Hashable {
    /// As most resources: dependents go in the background.
    case background
    /// As `batch/v1` Jobs and `v1` ReplicationControllers: dependents stay, with a warning.
    case orphan
}

/// How objects of a resource are shown in a table (`kubectl get`).
struct TableConvention: Sendable {
    /// A column of the table.
    struct Column: Sendable, Hashable {
        var name: String
        var type = "string"
        var format = ""
        var description = ""
        /// 0 is always shown, 1 with `-o wide`.
        var priority = 0
    }
    /// The columns.
    var columns: [Column]
    /// The cells of one object, in the columns' order. Ages and durations are told from `now`.
    var cells: @Sendable (_ object: KubeObject, _ now: Timestamp) -> [JSONValue]
}
