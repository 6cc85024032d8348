import KubeObjects
import KubeSchema

/// `v1` Pods.
struct PodRules: KindRules {
    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var table: TableConvention { .pods }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("enableServiceLinks", true)
            PodSpecDefaults.apply(toSpec: &spec)
            for list in ["initContainers", "containers"] { spec.editEach(list, Self.requestLimits) }
        }
        object.editOrMake("status") { status in
            status.setDefault("phase", "Pending")
            // Times that Go's types always write, also when they are not set.
            status.editEach("conditions") { condition in
                condition.setDefault("lastProbeTime", .null)
                condition.setDefault("lastTransitionTime", .null)
            }
        }
    }

    /// What is limited and not asked for is asked for in full.
    private static func requestLimits(_ container: inout JSONObject) {
        container.edit("resources") { resources in
            guard let limits = resources["limits"]?.object, !limits.isEmpty else { return }
            resources.editOrMake("requests") { requests in
                for (name, quantity) in limits { requests.setDefault(name, quantity) }
            }
        }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        PodAdmission.admit(&object, context)
        object["status"] = [
            "phase": "Pending", "qosClass": .string(QualityOfService.of(object["spec"] ?? [:])),
        ]
    }

    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {
        switch subresource {
        case "resize": PodResize.prepare(&object, old: old)
        case "ephemeralcontainers": EphemeralContainers.prepare(&object, old: old)
        default: break
        }
        guard subresource == "status", let quality = old["status"]?["qosClass"] else { return }
        object.json.editOrMake("status") { $0["qosClass"] = quality }
    }

    func refusal(_ object: KubeObject, _ context: StrategyContext) -> String? {
        PodAdmission.refusal(object, context)
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors = PodSpecValidation(object).validate(at: FieldPath("spec"))
        if object["spec"]?.list("ephemeralContainers").isEmpty == false {
            errors.append(
                .forbidden(FieldPath("spec", "ephemeralContainers"), "cannot be set on create"))
        }
        let spec = object["spec"] ?? [:]
        if !spec.text("nodeName").isEmpty, !spec.list("schedulingGates").isEmpty {
            errors.append(
                .forbidden(
                    FieldPath("spec", "nodeName"), "cannot be set until all schedulingGates have been cleared"))
        }
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        PodSpecValidation(object).validate(at: FieldPath("spec")) + PodUpdateValidation.validate(object, old: old)
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, through subresource: String) -> [FieldError]? {
        switch subresource {
        case "resize": PodResize.validate(object, old: old)
        case "ephemeralcontainers": EphemeralContainers.validate(object, old: old)
        default: nil
        }
    }

    func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        PodStatusValidation.validate(object, old: old)
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] { PodWarnings.pod(object, old: old) }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        let (spec, status) = (object["spec"] ?? [:], object["status"] ?? [:])
        return [
            "spec.nodeName": spec.text("nodeName"), "spec.host": spec.text("nodeName"),
            "spec.restartPolicy": spec.text("restartPolicy"),
            "spec.schedulerName": spec.text("schedulerName"),
            "spec.serviceAccountName": spec.text("serviceAccountName"),
            "spec.hostNetwork": spec["hostNetwork"] == true ? "true" : "false", "status.phase": status.text("phase"),
            "status.podIP": status.list("podIPs").first?.text("ip") ?? status.text("podIP"),
            // Known, but of no pod.
            "status.podIPs": "",
            "status.nominatedNodeName": status.text("nominatedNodeName"),
        ]
    }
}

/// A pod's class of service, by what its containers ask for and are limited to.
enum QualityOfService {
    /// `Guaranteed`, `Burstable` or `BestEffort`.
    static func of(_ spec: JSONValue) -> String {
        var isAnySet = false
        var isGuaranteed = true
        for container in spec.list("initContainers") + spec.list("containers") {
            let requests = container["resources"]?.map("requests") ?? [:]
            let limits = container["resources"]?.map("limits") ?? [:]
            for name in ["cpu", "memory"] {
                let (request, limit) = (requests[name]?.quantity, limits[name]?.quantity)
                if request.map({ $0 > .zero }) ?? limit.map({ $0 > .zero }) ?? false { isAnySet = true }
                if limit == nil || limit != (request ?? limit) { isGuaranteed = false }
            }
        }
        if !isAnySet { return "BestEffort" }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }
}
