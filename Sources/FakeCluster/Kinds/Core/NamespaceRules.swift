import KubeObjects
import KubeSchema

/// `v1` Namespaces.
struct NamespaceRules: KindRules {
    /// The label by which selectors find a namespace by name (KEP-2161).
    static let nameLabel = "kubernetes.io/metadata.name"

    var nameRule: NameRule { .label }
    var hasStatus: Bool { true }
    var table: TableConvention { .namespaces }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("spec", [:])
        object.setDefault("status", [:])
        object.edit("status") { $0.setDefault("phase", "Active") }
        guard let name = object["metadata"]?["name"]?.string, !name.isEmpty else { return }
        object.edit("metadata") { metadata in
            metadata.editOrMake("labels") { $0[Self.nameLabel] = .string(name) }
        }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = ["phase": "Active"]
        // The name may have been generated since defaults were applied.
        applyDefaults(&object.json)
        object.json.editOrMake("spec") { spec in
            var finalizers = spec["finalizers"]?.array ?? []
            if !finalizers.contains("kubernetes") { finalizers.append("kubernetes") }
            spec["finalizers"] = .array(finalizers)
        }
    }

    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {
        guard subresource != "finalize" else { return }
        // Only the finalize subresource may let go of a namespace.
        object.json.editOrMake("spec") { $0["finalizers"] = old["spec"]?["finalizers"] }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        finalizers(of: object).flatMap { finalizer in
            ObjectMetaValidation.validateBuiltinFinalizer(finalizer, at: FieldPath("spec", "finalizers"))
        }
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, through subresource: String) -> [FieldError]? {
        guard subresource == "finalize" else { return nil }
        return finalizers(of: object).enumerated().flatMap { position, finalizer in
            ObjectMetaValidation.validateBuiltinFinalizer(
                finalizer, at: FieldPath("spec", "finalizers").index(position))
        }
    }

    private func finalizers(of namespace: KubeObject) -> [String] {
        (namespace["spec"]?.list("finalizers") ?? []).compactMap(\.string)
    }

    func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        let phase = object["status"]?.text("phase") ?? ""
        let expected = object.isBeingDeleted ? "Terminating" : "Active"
        guard phase != expected else { return [] }
        let condition = object.isBeingDeleted ? "is not empty" : "is empty"
        return [
            .invalid(
                FieldPath("status", "Phase"), .string(phase),
                "may only be '\(expected)' if `deletionTimestamp` \(condition)")
        ]
    }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        ["status.phase": object["status"]?.text("phase") ?? ""]
    }
}
