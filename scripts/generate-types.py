#!/usr/bin/env python3
"""Turn a description of the built-in types into the tables of KubeSchema.

    scripts/generate-types.py --from types.json   rewrites scripts/builtin-types.txt from a server's description
    scripts/generate-types.py                     rewrites Sources/KubeSchema/Generated from scripts/builtin-types.txt
    scripts/generate-types.py --check             fails if Sources/KubeSchema/Generated is not current

scripts/builtin-types-added.txt is a second text of the same form, written by hand, for kinds that the description leaves out.

The text is the source: one line a type, one line a field, sorted, so that a change of a Kubernetes version is a readable
difference. A test of the package holds the generated Swift against it. Needs Python 3.9 and nothing else.

    package api.batch.v1
    type Job gvk=batch/v1/Job
      spec JobSpec                         a type of the same package
      metadata x.y.ObjectMeta              a type of another one
      conditions []JobCondition merge=type a list; {}T is a map; ! after the field's name: required
      suspend boolean kept                 written even if it is zero; optional fields are not, else
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXT = ROOT / "scripts" / "builtin-types.txt"
ADDED = ROOT / "scripts" / "builtin-types-added.txt"
GENERATED = ROOT / "Sources" / "KubeSchema" / "Generated"

# The description of a server leaves defaults out; these matter where a field is one of a list's keys.
DEFAULTS = {
    ("api.core.v1", "ContainerPort", "protocol"): "TCP",
    ("api.core.v1", "ServicePort", "protocol"): "TCP",
    ("api.core.v1", "LocalObjectReference", "name"): "",
}
# Optional fields whose zero value ("", 0, false, an empty list or map) is written nevertheless, since their Go type is a
# pointer or has no `omitempty`: what a description does not say either. All others are left out when they are zero.
KEPT = {
    "AppArmorProfile": "localhostProfile",
    "AzureDiskVolumeSource": "cachingMode fsType readOnly",
    "CSIVolumeSource": "fsType readOnly",
    "ClientIPConfig": "timeoutSeconds",
    "ClusterRole": "rules",
    "ClusterTrustBundleProjection": "name optional signerName",
    "ConfigMap": "immutable",
    "ConfigMapEnvSource": "optional",
    "ConfigMapKeySelector": "optional",
    "ConfigMapProjection": "optional",
    "ConfigMapVolumeSource": "defaultMode optional",
    "Container": "restartPolicy",
    "ContainerStatus": "started stopSignal",
    "CronJobSpec": "failedJobsHistoryLimit startingDeadlineSeconds successfulJobsHistoryLimit suspend timeZone",
    "CustomResourceDefinitionStatus": "conditions storedVersions",
    "CustomResourceDefinitionVersion": "deprecationWarning",
    "CustomResourceSubresourceScale": "labelSelectorPath",
    "DeleteOptions": "gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential orphanDependents "
    "propagationPolicy",
    "DeploymentSpec": "progressDeadlineSeconds replicas revisionHistoryLimit",
    "DeploymentStatus": "collisionCount terminatingReplicas",
    "DownwardAPIVolumeFile": "mode",
    "DownwardAPIVolumeSource": "defaultMode",
    "EphemeralContainer": "restartPolicy",
    "Event": "reportingComponent reportingInstance",
    "FCVolumeSource": "lun",
    "FileKeySelector": "optional",
    "GRPCAction": "service",
    "HostPathVolumeSource": "type",
    "JSONSchemaProps": "$ref maxItems maxLength maxProperties maximum minItems minLength minProperties minimum multipleOf "
    "x-kubernetes-list-type x-kubernetes-map-type x-kubernetes-preserve-unknown-fields",
    "JobSpec": "activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy "
    "manualSelector maxFailedIndexes parallelism podReplacementPolicy suspend ttlSecondsAfterFinished",
    "JobStatus": "failedIndexes ready terminating",
    "KeyToPath": "mode",
    "LeaseSpec": "holderIdentity leaseDurationSeconds leaseTransitions preferredHolder strategy",
    "Lifecycle": "stopSignal",
    "ListMeta": "remainingItemCount",
    "LoadBalancerIngress": "ipMode",
    "MatchResources": "matchPolicy",
    "NamedRuleWithOperations": "scope",
    "NetworkPolicyPort": "endPort protocol",
    "NodeFeatures": "supplementalGroupsPolicy",
    "NodeRuntimeHandlerFeatures": "recursiveReadOnlyMounts userNamespaces",
    "NodeSwapStatus": "capacity",
    "ObjectMeta": "deletionGracePeriodSeconds",
    "OwnerReference": "blockOwnerDeletion controller",
    "ParamRef": "parameterNotFoundAction",
    "PersistentVolumeClaimSpec": "storageClassName volumeAttributesClassName volumeMode",
    "PersistentVolumeClaimStatus": "currentVolumeAttributesClassName",
    "PodCertificateProjection": "maxExpirationSeconds",
    "PodDNSConfigOption": "value",
    "PodDisruptionBudgetSpec": "unhealthyPodEvictionPolicy",
    "PodDisruptionBudgetStatus": "currentHealthy desiredHealthy disruptionsAllowed expectedPods",
    "PodFailurePolicyOnExitCodesRequirement": "containerName",
    "PodResourceClaim": "resourceClaimName resourceClaimTemplateName",
    "PodResourceClaimStatus": "resourceClaimName",
    "PodSchedulingGroup": "podGroupName",
    "PodSecurityContext": "fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy "
    "supplementalGroupsPolicy",
    "PodSpec": "activeDeadlineSeconds automountServiceAccountToken enableServiceLinks hostUsers hostnameOverride "
    "preemptionPolicy priority runtimeClassName setHostnameAsFQDN shareProcessNamespace terminationGracePeriodSeconds",
    "PortStatus": "error",
    "Preconditions": "resourceVersion uid",
    "Probe": "terminationGracePeriodSeconds",
    "ProjectedVolumeSource": "defaultMode",
    "ReplicaSetSpec": "replicas",
    "ReplicaSetStatus": "terminatingReplicas",
    "Role": "rules",
    "RoleRef": "apiGroup",
    "SeccompProfile": "localhostProfile",
    "Secret": "immutable",
    "SecretEnvSource": "optional",
    "SecretKeySelector": "optional",
    "SecretProjection": "optional",
    "SecretVolumeSource": "defaultMode optional",
    "SecurityContext": "allowPrivilegeEscalation privileged procMount readOnlyRootFilesystem runAsGroup runAsNonRoot "
    "runAsUser",
    "ServiceAccount": "automountServiceAccountToken",
    "ServiceAccountTokenProjection": "expirationSeconds",
    "ServicePort": "appProtocol",
    "ServiceReference": "path port",
    "ServiceSpec": "allocateLoadBalancerNodePorts internalTrafficPolicy ipFamilyPolicy loadBalancerClass "
    "trafficDistribution",
    "SuccessPolicyRule": "succeededCount",
    "TokenRequestSpec": "audiences expirationSeconds",
    "TokenRequestStatus": "token",
    "Toleration": "tolerationSeconds",
    "TopologySpreadConstraint": "minDomains nodeAffinityPolicy nodeTaintsPolicy",
    "TypedLocalObjectReference": "apiGroup",
    "TypedObjectReference": "apiGroup namespace",
    "ValidatingAdmissionPolicySpec": "failurePolicy",
    "Validation": "reason",
    "ValidationRule": "optionalOldSelf reason",
    "VolumeMount": "mountPropagation recursiveReadOnly",
    "VolumeMountStatus": "recursiveReadOnly",
    "WebhookClientConfig": "url",
    "WindowsSecurityContextOptions": "gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName",
}
# Types that decode by rules of their own.
LEAVES = {
    "apimachinery.pkg.api.resource.Quantity": "quantity",
    "apimachinery.pkg.apis.meta.v1.FieldsV1": "fields",
    "apimachinery.pkg.apis.meta.v1.MicroTime": "microtime",
    "apimachinery.pkg.apis.meta.v1.Time": "time",
    "apimachinery.pkg.util.intstr.IntOrString": "intorstring",
    "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
    "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "schemaorarray",
    "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "schemaorbool",
    "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "schemaorstrings",
}
SCALARS = {
    ("string", None): "string", ("string", "byte"): "bytes", ("boolean", None): "boolean",
    ("integer", "int32"): "int32", ("integer", "int64"): "int64", ("number", "double"): "double",
}


def package_of(name):
    return name.rsplit(".", 1)[0]


def type_text(schema, package):
    """The type of a field, list element or map value."""
    if "ref" in schema:
        name = schema["ref"]
        if name in LEAVES:
            return LEAVES[name]
        return name.rsplit(".", 1)[1] if package_of(name) == package else name
    if schema.get("type") == "array":
        return "[]" + type_text(schema["items"], package)
    if schema.get("type") == "object" and "values" in schema:
        return "{}" + type_text(schema["values"], package)
    return SCALARS[schema["type"], schema.get("format")]


def attributes(schema):
    found = []
    inner = schema.get("items") or schema.get("values") or {}
    enum = schema.get("enum") or inner.get("enum")
    if enum:
        found.append("enum=" + "|".join(enum))
    if schema.get("kubernetes-list-type"):
        keys = ",".join(schema.get("kubernetes-list-map-keys", []))
        found.append("list=" + schema["kubernetes-list-type"] + (f"({keys})" if keys else ""))
    if schema.get("kubernetes-map-type"):
        found.append("map=" + schema["kubernetes-map-type"])
    if schema.get("kubernetes-patch-merge-key"):
        found.append("merge=" + schema["kubernetes-patch-merge-key"])
    if schema.get("kubernetes-patch-strategy"):
        found.append("strategy=" + schema["kubernetes-patch-strategy"])
    return found


def describe(types):
    lines = ["# The built-in types of a Kubernetes API server; scripts/generate-types.py says how to read and renew it."]
    current = None
    for name in sorted(types, key=lambda name: (package_of(name), name)):
        if name in LEAVES:
            continue
        schema = types[name]
        package, short = name.rsplit(".", 1)
        if package != current:
            lines += ["", f"package {package}"]
            current = package
        kinds = schema.get("kubernetes-group-version-kind", [])
        words = ["type", short]
        # Kinds that belong to every group (DeleteOptions) are no resources; the core group stands for them.
        for kind in kinds if len(kinds) <= 3 else kinds[:1]:
            words.append(f"gvk={kind['group']}/{kind['version']}/{kind['kind']}")
        lines.append(" ".join(words + attributes({k: v for k, v in schema.items() if k == "kubernetes-map-type"})))
        required = set(schema.get("required", []))
        for field, use in sorted(schema.get("properties", {}).items()):
            mark = "!" if field in required else ""
            words = [field + mark, type_text(use, package)] + attributes(use)
            if (package, short, field) in DEFAULTS:
                words.append("default=" + json.dumps(DEFAULTS[package, short, field]))
            if field in KEPT.get(short, "").split():
                words.append("kept")
            lines.append("  " + " ".join(words))
    return "\n".join(lines) + "\n"


def swift_files(text, added):
    """File name to content: one file for the core group, one for the others, one for what was added."""
    blocks = {}
    parts = [(block, None) for block in text.split("\n\n")[1:]] + [(block, "Added") for block in added.split("\n\n")[1:]]
    for block, key in parts:
        package = block.split("\n", 1)[0].split(" ")[1]
        key = key or ("Core" if package == "api.core.v1" else "Groups")
        blocks.setdefault(key, []).append(block.rstrip("\n"))
    files = {}
    for key, parts in sorted(blocks.items()):
        body = "\n\n".join(parts)
        files[f"BuiltinTypeTable+{key}.swift"] = (
            f"// Generated by scripts/generate-types.py from scripts/{'builtin-types-added' if key == 'Added' else 'builtin-types'}.txt; "
            "do not edit.\n"
            "// swift-format-ignore-file\n\n"
            "extension BuiltinTypeTable {\n"
            f"    static let {key.lower()} = #\"\"\"\n{body}\n\"\"\"#\n"
            "}\n"
        )
    return files


def main(arguments):
    if arguments[:1] == ["--from"] and len(arguments) == 2:
        TEXT.write_text(describe(json.loads(pathlib.Path(arguments[1]).read_text())["types"]))
    elif arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    stale = []
    for name, content in swift_files(TEXT.read_text(), ADDED.read_text()).items():
        path = GENERATED / name
        if path.exists() and path.read_text() == content:
            continue
        stale.append(name)
        if arguments != ["--check"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    if arguments == ["--check"] and stale:
        sys.exit("not current, run scripts/generate-types.py: " + ", ".join(stale))


if __name__ == "__main__":
    main(sys.argv[1:])
