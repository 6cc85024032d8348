import KubeObjects
import KubeSchema

/// `v1` PersistentVolumeClaims.
struct PersistentVolumeClaimRules: KindRules {
    private static let accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 2, asChanged: 1) }
    var table: TableConvention { .persistentVolumeClaims }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("volumeMode", "Filesystem")
            spec.setDefault("resources", [:])
        }
        object.editOrMake("status") { $0.setDefault("phase", "Pending") }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = ["phase": "Pending"]
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if spec.list("accessModes").isEmpty {
            errors.append(.required(path.child("accessModes"), "at least 1 access mode is required"))
        }
        for mode in spec.list("accessModes") where !Self.accessModes.contains(mode.string ?? "") {
            errors.append(.notSupported(path.child("accessModes"), mode, supported: Self.accessModes))
        }
        let storage = path.child("resources").key("storage")
        guard let size = spec["resources"]?["requests"]?["storage"] else { return errors + [.required(storage)] }
        if let quantity = size.quantity, quantity <= .zero {
            errors.append(.invalid(storage, size, "must be greater than zero"))
        }
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
        if before.text("volumeName").isEmpty { before["volumeName"] = spec["volumeName"] }
        for key in ["resources", "volumeAttributesClassName"] { (spec[key], before[key]) = (nil, nil) }
        if spec == before { return validate(object, context) }
        return validate(object, context) + [
            .forbidden(
                FieldPath("spec"),
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
            )
        ]
    }
}
