import KubeObjects
import KubeSchema

/// What is particular to one built-in kind, beside what its type's table says: the part of a strategy that is left when
/// decoding, status handling and metadata are taken away. Everything has a default, that of a kind without rules.
protocol KindRules: Sendable {
    /// What a name must look like.
    var nameRule: NameRule { get }
    /// What names of finalizers must look like.
    var finalizerRule: FinalizerRule { get }
    /// How often an update checks the metadata.
    var metadataChecks: MetadataChecks { get }
    /// Whether objects of this kind count generations.
    var hasGeneration: Bool { get }
    /// Whether an update may leave out the version that it was made from.
    var allowsUnconditionalUpdate: Bool { get }
    /// Whether an update of what is not there makes it.
    var createsOnUpdate: Bool { get }
    /// Whether objects of this kind have a `status`, which only its subresource changes.
    var hasStatus: Bool { get }
    /// What happens with dependents if a deletion does not say.
    var defaultPropagation: DefaultPropagation { get }
    /// The columns and cells of `kubectl get`.
    var table: TableConvention { get }

    /// Fills in defaults.
    func applyDefaults(_ object: inout JSONObject)
    /// Makes a new object what it has to be; its status is gone already, its name and uid are set.
    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext)
    /// Makes a changed object what it has to be; its status (or, for the status subresource, the rest) is the old one.
    func prepareForUpdate(_ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext)
    /// A new object as the answer to its creation shows it: without what a real server's controllers add a moment later.
    func answered(_ object: KubeObject) -> KubeObject
    /// Why a new object is forbidden although its type allows it; nil if it is not.
    func refusal(_ object: KubeObject, _ context: StrategyContext) -> String?
    /// The object with the metadata that is checked: without what the server itself has put there.
    func givenMetadata(_ object: KubeObject) -> KubeObject
    /// The faults of a new object, its metadata aside.
    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError]
    /// The faults of a changed object, its metadata aside. By default those of a new one.
    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError]
    /// The faults of an object that one of the kind's own subresources has changed, its metadata aside; nil if that is
    /// held to the same rules as any change.
    func validateUpdate(_ object: KubeObject, old: KubeObject, through subresource: String) -> [FieldError]?
    /// The faults of a changed status.
    func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError]
    /// What is allowed and yet worth a warning.
    func warnings(_ object: KubeObject, old: KubeObject?) -> [String]
    /// Whether a change counts as a new generation.
    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool
    /// What a field selector may name beside name and namespace.
    func selectableFields(_ object: KubeObject) -> [String: String]
}

extension KindRules {
    var nameRule: NameRule { .subdomain }
    var finalizerRule: FinalizerRule { .fullyQualified }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 1, asChanged: 1) }
    var hasGeneration: Bool { false }
    var allowsUnconditionalUpdate: Bool { true }
    var createsOnUpdate: Bool { false }
    var hasStatus: Bool { false }
    var defaultPropagation: DefaultPropagation { .background }
    var table: TableConvention { .nameAndAge }

    func applyDefaults(_ object: inout JSONObject) {}
    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {}
    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {}
    func answered(_ object: KubeObject) -> KubeObject { object }
    func refusal(_ object: KubeObject, _ context: StrategyContext) -> String? { nil }
    func givenMetadata(_ object: KubeObject) -> KubeObject { object }
    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] { [] }
    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validate(object, context)
    }
    func validateUpdate(_ object: KubeObject, old: KubeObject, through subresource: String) -> [FieldError]? { nil }
    func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] { [] }
    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] { [] }
    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool { object["spec"] != old["spec"] }
    func selectableFields(_ object: KubeObject) -> [String: String] { [:] }
}

/// The rules of a kind that has none.
struct PlainRules: KindRules {}

/// How often the rules of a kind check the metadata of a changed object, beside the check that every update gets. The
/// real server's strategies differ in that, and a fault is told as often as it is found.
struct MetadataChecks: Sendable {
    /// How often as those of a new object.
    var asNew: Int
    /// How often as those of a changed object.
    var asChanged: Int

    /// Once, as changed metadata: kinds whose update is not checked as a creation too.
    static let onlyChanged = MetadataChecks(asNew: 0, asChanged: 1)
}
