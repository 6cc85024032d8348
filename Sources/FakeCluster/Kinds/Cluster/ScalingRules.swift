import KubeObjects
import KubeSchema

/// `autoscaling/v2` HorizontalPodAutoscalers. They are stored; nothing is measured and nothing scaled.
struct HorizontalPodAutoscalerRules: KindRules {
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 0, asChanged: 1) }
    var table: TableConvention { .horizontalPodAutoscalers }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("minReplicas", 1)
            if spec["metrics"]?.array?.isEmpty ?? true {
                spec["metrics"] = [
                    [
                        "type": "Resource",
                        "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80]],
                    ]
                ]
            }
        }
        object.editOrMake("status") { status in
            status.setDefault("desiredReplicas", 0)
            status.setDefault("currentMetrics", .null)
        }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = ["desiredReplicas": 0, "currentMetrics": .null]
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        let (least, most) = (spec["minReplicas"]?.integer ?? 1, spec["maxReplicas"]?.integer ?? 0)
        if least < 1 {
            errors.append(.invalid(path.child("minReplicas"), .integer(least), "must be greater than or equal to 1"))
        }
        if most < 1 {
            errors.append(.invalid(path.child("maxReplicas"), .integer(most), "must be greater than 0"))
        }
        if most < least {
            errors.append(
                .invalid(
                    path.child("maxReplicas"), .integer(most), "must be greater than or equal to `minReplicas`"))
        }
        let target = spec["scaleTargetRef"] ?? [:]
        for key in ["kind", "name"] {
            let text = target.text(key)
            let place = path.child("scaleTargetRef", key)
            if text.isEmpty { errors.append(.required(place)) }
            errors += text.isEmpty ? [] : NameRule.pathSegment.validate(text, at: place)
        }
        return errors
    }
}

/// `v1` Endpoints. They are stored as they are given; Services get none by themselves.
struct EndpointsRules: KindRules {
    var createsOnUpdate: Bool { true }
    var hasGeneration: Bool { false }
    var table: TableConvention { .endpoints }

    func applyDefaults(_ object: inout JSONObject) {
        object.editEach("subsets") { subset in subset.editEach("ports") { $0.setDefault("protocol", "TCP") } }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, subset) in object.value.list("subsets").enumerated() {
            let place = FieldPath("subsets").index(index)
            if subset.list("addresses").isEmpty, subset.list("notReadyAddresses").isEmpty {
                errors.append(.required(place, "must specify `addresses` or `notReadyAddresses`"))
            }
            for (index, port) in subset.list("ports").enumerated() {
                errors += NumberRule.port(port["port"], at: place.child("ports").index(index).child("port"))
            }
        }
        return errors
    }
}

/// `discovery.k8s.io/v1` EndpointSlices. They are stored as they are given; Services get none by themselves.
struct EndpointSliceRules: KindRules {
    private static let addressTypes = ["FQDN", "IPv4", "IPv6"]

    var hasGeneration: Bool { true }
    var table: TableConvention { .endpointSlices }

    func applyDefaults(_ object: inout JSONObject) {
        object.editEach("ports") { port in
            port.setDefault("name", "")
            port.setDefault("protocol", "TCP")
        }
        object.setDefault("endpoints", .null)
        object.setDefault("ports", .null)
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let type = object.value.text("addressType")
        if type.isEmpty { return [.required(FieldPath("addressType"))] }
        guard Self.addressTypes.contains(type) else {
            return [.notSupported(FieldPath("addressType"), .string(type), supported: Self.addressTypes)]
        }
        return object.value.list("endpoints").enumerated().compactMap { index, endpoint in
            endpoint.list("addresses").isEmpty
                ? .required(
                    FieldPath("endpoints").index(index).child("addresses"), "must contain at least 1 address")
                : nil
        }
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validate(object, context) + Immutability.check("addressType", object.value, old.value, at: .root)
    }

    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool {
        ["endpoints", "ports"].contains { object[$0] != old[$0] } || object.labels != old.labels
    }
}
