import KubeObjects

/// What only the stricter level forbids.
extension PodSecurityChecks {
    private static let volumeTypes: Set<String> = [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
        "secret",
    ]

    static let restricted: [Check] = [
        (
            "allowPrivilegeEscalation", 8,
            { pod in
                if pod.isWindows { return nil }
                let names = pod.names { $1["allowPrivilegeEscalation"] != false }
                if names.isEmpty { return nil }
                return Violation(
                    reason: "allowPrivilegeEscalation != false",
                    detail: "\(containers(names)) must set securityContext.allowPrivilegeEscalation=false")
            }
        ),
        ("capabilities_restricted", 22, { $0.capabilities }),
        (
            "restrictedVolumes", 0,
            { pod in
                let volumes = pod.spec.list("volumes").compactMap { volume -> (name: String, type: String)? in
                    let type = volume.object?.first { $0.key != "name" }?.key ?? "unknown"
                    return volumeTypes.contains(type) ? nil : (volume.text("name"), type)
                }
                if volumes.isEmpty { return nil }
                let types = volumes.map(\.type).sortedOnce
                return Violation(
                    reason: "restricted volume types",
                    detail: "\(plural("volume", volumes)) \(quoted(volumes.map(\.name))) "
                        + "\(volumes.count == 1 ? "uses" : "use") \(plural("restricted volume type", types)) "
                        + quoted(types))
            }
        ),
        ("runAsNonRoot", 0, { $0.runAsNonRoot }),
        (
            "runAsUser", 23,
            { pod in
                let isRoot = { (security: JSONValue) in security["runAsUser"]?.integer == 0 }
                guard let setters = setters(pod: isRoot(pod.security), pod.names { isRoot($1) }) else { return nil }
                return Violation(reason: "runAsUser=0", detail: "\(setters) must not set runAsUser=0")
            }
        ),
        (
            "seccompProfile_restricted", 19,
            { pod in
                if pod.isWindows { return nil }
                if let explicit = pod.explicitSeccomp { return explicit }
                if pod.security["seccompProfile"] != nil { return nil }
                let names = pod.names { $1["seccompProfile"] == nil }
                if names.isEmpty { return nil }
                return Violation(
                    reason: "seccompProfile",
                    detail: "pod or \(containers(names)) must set securityContext.seccompProfile.type to "
                        + "\"RuntimeDefault\" or \"Localhost\"")
            }
        ),
    ]

    private var capabilities: Violation? {
        if isWindows { return nil }
        let keeping = names { !($1["capabilities"]?.list("drop").contains("ALL") ?? false) }
        let added = { (security: JSONValue) in
            security["capabilities"]?.list("add").compactMap(\.string).filter { $0 != "NET_BIND_SERVICE" } ?? []
        }
        let adding = names { !added($1).isEmpty }
        var details: [String] = []
        if !keeping.isEmpty {
            details.append("\(Self.containers(keeping)) must set securityContext.capabilities.drop=[\"ALL\"]")
        }
        if !adding.isEmpty {
            let all = containers.compactMap { $0["securityContext"] }.flatMap(added).sortedOnce
            details.append(
                "\(Self.containers(adding)) must not include \(Self.quoted(all)) in securityContext.capabilities.add")
        }
        if details.isEmpty { return nil }
        return Violation(reason: "unrestricted capabilities", detail: details.joined(separator: "; "))
    }

    private var runAsNonRoot: Violation? {
        let reason = "runAsNonRoot != true"
        let isRoot = { (security: JSONValue) in security["runAsNonRoot"] == false }
        if let setters = Self.setters(pod: isRoot(security), names { isRoot($1) }) {
            return Violation(reason: reason, detail: "\(setters) must not set securityContext.runAsNonRoot=false")
        }
        if security["runAsNonRoot"] == true { return nil }
        let silent = names { $1["runAsNonRoot"] == nil }
        if silent.isEmpty { return nil }
        return Violation(
            reason: reason, detail: "pod or \(Self.containers(silent)) must set securityContext.runAsNonRoot=true")
    }
}
