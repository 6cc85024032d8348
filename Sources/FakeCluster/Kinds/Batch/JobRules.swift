import KubeObjects
import KubeSchema

/// `batch/v1` Jobs.
struct JobRules: KindRules {
    static let uidLabel = "batch.kubernetes.io/controller-uid"
    static let nameLabel = "batch.kubernetes.io/job-name"
    static let legacyUIDLabel = "controller-uid"
    static let legacyNameLabel = "job-name"

    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var defaultPropagation: DefaultPropagation { .orphan }
    var table: TableConvention { .jobs }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("metadata") { _ in }
        object.editOrMake("spec", Self.applyDefaults(toSpec:))
        object.setDefault("status", [:])
        Self.inheritLabels(&object)
    }

    /// The defaults of a Job's spec, here and in a CronJob's template.
    static func applyDefaults(toSpec spec: inout JSONObject) {
        if spec["completions"] == nil, spec["parallelism"] == nil { spec["completions"] = 1 }
        spec.setDefault("parallelism", 1)
        spec.setDefault("backoffLimit", spec["backoffLimitPerIndex"] == nil ? 6 : 2_147_483_647)
        spec.setDefault("completionMode", "NonIndexed")
        spec.setDefault("suspend", false)
        spec.setDefault("manualSelector", false)
        spec.setDefault("podReplacementPolicy", spec["podFailurePolicy"] == nil ? "TerminatingOrFailed" : "Failed")
        spec.edit("podFailurePolicy") { policy in
            policy.editEach("rules") { rule in rule.editEach("onPodConditions") { $0.setDefault("status", "True") } }
        }
        PodSpecDefaults.apply(toTemplateIn: &spec)
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        if object["spec"]?["manualSelector"] != true { generateSelector(&object) }
        Self.inheritLabels(&object.json)
    }

    // Inherited labels are the template's, and their faults are told there.
    func givenMetadata(_ object: KubeObject) -> KubeObject {
        guard let labels = object["metadata"]?["labels"],
            labels == object["spec"]?[path: "template", "metadata", "labels"]
        else { return object }
        var given = object
        given.metadata["labels"] = nil
        return given
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        PodWarnings.workload(object, old: old, template: ["spec", "template"])
            + Self.warnings(
                ofSpec: object["spec"] ?? [:], old: old?["spec"], at: FieldPath("spec"))
    }

    /// The warnings of a Job's spec, its template aside, here and in a CronJob's template.
    static func warnings(ofSpec spec: JSONValue, old: JSONValue?, at path: FieldPath) -> [String] {
        guard spec != old, spec["completionMode"] == "Indexed", spec.number("completions") > 100_000,
            spec.number("parallelism") > 10_000
        else { return [] }
        return [
            "\(path): In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, "
                + "Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
        ]
    }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        ["status.successful": String(object["status"]?.number("succeeded") ?? 0)]
    }

    /// A Job without labels shows those of its pods.
    private static func inheritLabels(_ object: inout JSONObject) {
        guard object["metadata"]?["labels"]?.object?.isEmpty ?? true,
            let labels = object["spec"]?[path: "template", "metadata", "labels"], labels.object?.isEmpty == false
        else { return }
        object.edit("metadata") { $0["labels"] = labels }
    }

    /// Marks the pods with the Job's name and uid and selects them by the uid. What the user gave under those names
    /// stays: validation refuses it if it differs.
    private func generateSelector(_ object: inout KubeObject) {
        let name = JSONValue.string(object.name ?? "")
        let uid = JSONValue.string(object.uid ?? "")
        object.json.edit("spec") { spec in
            spec.edit("template") { template in
                template.editOrMake("metadata") { metadata in
                    metadata.editOrMake("labels") { labels in
                        labels.setDefault(Self.uidLabel, uid)
                        labels.setDefault(Self.nameLabel, name)
                        labels.setDefault(Self.legacyUIDLabel, uid)
                        labels.setDefault(Self.legacyNameLabel, name)
                    }
                }
            }
            spec.editOrMake("selector") { selector in
                selector.editOrMake("matchLabels") { $0.setDefault(Self.uidLabel, uid) }
            }
        }
    }
}
