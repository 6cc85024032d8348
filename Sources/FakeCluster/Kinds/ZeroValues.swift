import KubeObjects
import KubeSchema

/// Leaves out what a Go server would not send: empty texts, zeros, false, empty lists and maps, where the type's field is
/// `omitempty` and no pointer. A client that sets `stdin: false` or `labels: {}` finds nothing of it in the answer.
enum ZeroValues {
    /// Drops the zero values of an object that has been decoded by this type, and writes quantities canonically.
    static func drop(from value: inout JSONValue, type: TypeSchema) {
        switch type.shape {
        case .object:
            guard let definition = type.definition, case .object(var members) = value else { return }
            value = .null
            for field in definition.fields {
                guard var member = members[field.name] else { continue }
                if !field.isRequired, isZero(member, field, of: definition) {
                    members[field.name] = nil
                } else if hasParts(field.type) {
                    members[field.name] = .null
                    drop(from: &member, type: field.type)
                    members[field.name] = member
                }
            }
            value = .object(members)
        case .list(let element) where hasParts(element):
            guard case .array(var elements) = value else { return }
            value = .null
            for position in elements.indices { drop(from: &elements[position], type: element) }
            value = .array(elements)
        case .map(let element) where hasParts(element):
            guard case .object(var members) = value else { return }
            value = .null
            for key in members.keys { drop(from: &members[key, default: .null], type: element) }
            value = .object(members)
        case .quantity:
            if let text = value.string, let quantity = Quantity(text) { value = .string("\(quantity)") }
        default: break
        }
    }

    private static func hasParts(_ type: TypeSchema) -> Bool {
        switch type.shape {
        case .object, .quantity: true
        case .list(let element), .map(let element): hasParts(element)
        default: false
        }
    }

    private static func isZero(_ value: JSONValue, _ field: TypeField, of owner: TypeDefinition) -> Bool {
        switch (field.type.shape, value) {
        case (.list, .array(let elements)): elements.isEmpty
        case (.map, .object(let members)): members.isEmpty
        case (.string, ""), (.boolean, false), (.int32, 0), (.int64, 0): !isPointer(field.name, of: owner.shortName)
        default: false
        }
    }

    private static func isPointer(_ field: String, of type: String) -> Bool {
        if ["optional", "defaultMode", "mode"].contains(field) { return true }
        return allPointers.contains(type) || pointers[type]?.contains(field) == true
    }

    /// Types whose optional scalars are pointers without exception.
    private static let allPointers: Set<String> = [
        "JobSpec", "SuccessPolicyRule", "LeaseSpec", "CSIVolumeSource", "ClientIPConfig", "NodeFeatures",
        "NodeRuntimeHandlerFeatures", "PodResourceClaim", "PodSecurityContext", "SecurityContext",
        "TypedObjectReference", "WindowsSecurityContextOptions", "NetworkPolicyPort", "ServiceReference",
        "DeleteOptions", "Preconditions", "OwnerReference",
    ]

    /// The optional scalars that are pointers, by type.
    private static let pointers: [String: Set<String>] = [
        "MatchResources": ["matchPolicy"], "NamedRuleWithOperations": ["scope"],
        "ParamRef": ["parameterNotFoundAction"], "ValidatingAdmissionPolicySpec": ["failurePolicy"],
        "Validation": ["reason"], "DeploymentSpec": ["progressDeadlineSeconds", "replicas", "revisionHistoryLimit"],
        "DeploymentStatus": ["collisionCount", "terminatingReplicas"], "ReplicaSetSpec": ["replicas"],
        "ReplicaSetStatus": ["terminatingReplicas"], "TokenRequestSpec": ["expirationSeconds"],
        "CronJobSpec": [
            "failedJobsHistoryLimit", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "suspend", "timeZone",
        ],
        "JobStatus": ["failedIndexes", "ready", "terminating"],
        "PodFailurePolicyOnExitCodesRequirement": ["containerName"], "AppArmorProfile": ["localhostProfile"],
        "ClusterTrustBundleProjection": ["name", "signerName"], "ConfigMap": ["immutable"],
        "Container": ["restartPolicy"], "ContainerStatus": ["started", "stopSignal"],
        "EphemeralContainer": ["restartPolicy"], "GRPCAction": ["service"], "HostPathVolumeSource": ["type"],
        "Lifecycle": ["stopSignal"], "LoadBalancerIngress": ["ipMode"], "NodeSwapStatus": ["capacity"],
        "PersistentVolumeClaimSpec": ["storageClassName", "volumeAttributesClassName", "volumeMode"],
        "PersistentVolumeClaimStatus": ["currentVolumeAttributesClassName"],
        "PodCertificateProjection": ["maxExpirationSeconds"], "PodDNSConfigOption": ["value"],
        "PodResourceClaimStatus": ["resourceClaimName"],
        "PodSpec": [
            "activeDeadlineSeconds", "automountServiceAccountToken", "enableServiceLinks", "hostUsers",
            "hostnameOverride", "preemptionPolicy", "priority", "runtimeClassName", "setHostnameAsFQDN",
            "shareProcessNamespace", "terminationGracePeriodSeconds",
        ],
        "PortStatus": ["error"], "Probe": ["terminationGracePeriodSeconds"], "SeccompProfile": ["localhostProfile"],
        "Secret": ["immutable"], "ServiceAccount": ["automountServiceAccountToken"],
        "ServiceAccountTokenProjection": ["expirationSeconds"], "ServicePort": ["appProtocol"],
        "ServiceSpec": [
            "allocateLoadBalancerNodePorts", "internalTrafficPolicy", "ipFamilyPolicy", "loadBalancerClass",
            "trafficDistribution",
        ],
        "Toleration": ["tolerationSeconds"],
        "TopologySpreadConstraint": ["minDomains", "nodeAffinityPolicy", "nodeTaintsPolicy"],
        "TypedLocalObjectReference": ["apiGroup"], "VolumeMount": ["mountPropagation", "recursiveReadOnly"],
        "VolumeMountStatus": ["recursiveReadOnly"], "PodDisruptionBudgetSpec": ["unhealthyPodEvictionPolicy"],
        "CustomResourceDefinitionVersion": ["deprecationWarning"],
        "CustomResourceSubresourceScale": ["labelSelectorPath"],
        "JSONSchemaProps": [
            "$ref", "maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties",
            "x-kubernetes-list-type", "x-kubernetes-map-type", "x-kubernetes-preserve-unknown-fields",
        ],
        "ValidationRule": ["optionalOldSelf", "reason"], "WebhookClientConfig": ["url"],
        "ObjectMeta": ["deletionGracePeriodSeconds"], "ListMeta": ["remainingItemCount"],
    ]
}
