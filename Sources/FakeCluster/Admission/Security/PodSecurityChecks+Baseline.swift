import KubeObjects

/// What both levels forbid.
extension PodSecurityChecks {
    private static let allowedCapabilities: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    static let baseline: [Check] = [
        (
            "appArmorProfile", 0,
            { pod in
                let prefix = "container.apparmor.security.beta.kubernetes.io/"
                let forbidden = pod.annotations.filter { key, value in
                    key.hasPrefix(prefix) && !value.isEmpty && value != "runtime/default"
                        && !value.hasPrefix("localhost/")
                }.map { "\($0.key)=\"\($0.value)\"" }.sorted()
                let isSet = pod.security["appArmorProfile"]?["type"] == "Unconfined"
                let names = pod.names { $1["appArmorProfile"]?["type"] == "Unconfined" }
                let set = setters(pod: isSet, names).map {
                    ["\($0) must not set AppArmor profile type to \"Unconfined\""]
                }
                let details = (set ?? []) + forbidden
                if details.isEmpty { return nil }
                return Violation(
                    reason: plural("forbidden AppArmor profile", details), detail: details.joined(separator: ", "))
            }
        ),
        (
            "hostNamespaces", 0,
            { pod in
                let set = ["hostNetwork", "hostPID", "hostIPC"].filter { pod.spec[$0] == true }.map { "\($0)=true" }
                return set.isEmpty ? nil : Violation(reason: "host namespaces", detail: set.joined(separator: ", "))
            }
        ),
        (
            "hostPorts", 0,
            { pod in
                let names = pod.names { container, _ in
                    container.list("ports").contains { $0.number("hostPort") != 0 }
                }
                if names.isEmpty { return nil }
                let ports = pod.containers.flatMap { $0.list("ports") }.map { $0.number("hostPort") }.filter { $0 != 0 }
                let texts = ports.map(String.init).sortedOnce
                return Violation(
                    reason: "hostPort",
                    detail: "\(containers(names)) \(names.count == 1 ? "uses" : "use") \(plural("hostPort", texts)) "
                        + texts.joined(separator: ", "))
            }
        ),
        ("hostProbesAndHostLifecycle", 34, { $0.hostsOfHandlers }),
        (
            "privileged", 0,
            { pod in
                let names = pod.names { $1["privileged"] == true }
                if names.isEmpty { return nil }
                return Violation(
                    reason: "privileged", detail: "\(containers(names)) must not set securityContext.privileged=true")
            }
        ),
        (
            "procMount", 0,
            { pod in
                let isOther = { (security: JSONValue) in !["", "Default"].contains(security.text("procMount")) }
                let names = pod.names { isOther($1) }
                if names.isEmpty { return nil }
                let values = pod.containers.compactMap { $0["securityContext"] }.filter(isOther).map {
                    $0.text("procMount")
                }
                return Violation(
                    reason: "procMount",
                    detail:
                        "\(containers(names)) must not set securityContext.procMount to \(quoted(values.sortedOnce))")
            }
        ),
        ("seLinuxOptions", 0, { $0.labelsOfSELinux }),
        (
            "sysctls", 0,
            { pod in
                let allowed: Set<String> = [
                    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
                    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
                    "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
                    "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
                ]
                let names = pod.security.list("sysctls").map { $0.text("name") }.filter { !allowed.contains($0) }
                return names.isEmpty
                    ? nil : Violation(reason: "forbidden sysctls", detail: names.joined(separator: ", "))
            }
        ),
        (
            "windowsHostProcess", 0,
            { pod in
                let isHost = { (security: JSONValue) in security["windowsOptions"]?["hostProcess"] == true }
                guard let setters = setters(pod: isHost(pod.security), pod.names { isHost($1) }) else { return nil }
                return Violation(
                    reason: "hostProcess",
                    detail: "\(setters) must not set securityContext.windowsOptions.hostProcess=true")
            }
        ),
    ]

    /// What the stricter level forbids in other words.
    static let onlyBaseline: [Check] = [
        (
            "capabilities_baseline", 0,
            { pod in
                let isForbidden = { (name: JSONValue) in !allowedCapabilities.contains(name.string ?? "") }
                let added = { (security: JSONValue) in
                    security["capabilities"]?.list("add").filter(isForbidden).compactMap(\.string) ?? []
                }
                let names = pod.names { !added($1).isEmpty }
                if names.isEmpty { return nil }
                let all = pod.containers.compactMap { $0["securityContext"] }.flatMap(added).sortedOnce
                return Violation(
                    reason: "non-default capabilities",
                    detail: "\(containers(names)) must not include \(quoted(all)) in securityContext.capabilities.add")
            }
        ),
        (
            "hostPathVolumes", 0,
            { pod in
                let names = pod.spec.list("volumes").filter { $0["hostPath"] != nil }.map { $0.text("name") }
                if names.isEmpty { return nil }
                return Violation(reason: "hostPath volumes", detail: "\(plural("volume", names)) \(quoted(names))")
            }
        ),
        ("seccompProfile_baseline", 19, { $0.explicitSeccomp }),
    ]

    /// A seccomp profile that is set and not one of those allowed.
    var explicitSeccomp: Violation? {
        let isBad = { (security: JSONValue) in
            security["seccompProfile"].map { !["RuntimeDefault", "Localhost"].contains($0.text("type")) } ?? false
        }
        guard let setters = Self.setters(pod: isBad(security), names { isBad($1) }) else { return nil }
        let all = [security] + containers.compactMap { $0["securityContext"] }
        let values = all.filter(isBad).map { $0["seccompProfile"]?.text("type") ?? "" }
        return Violation(
            reason: "seccompProfile",
            detail: "\(setters) must not set securityContext.seccompProfile.type to \(Self.quoted(values.sortedOnce))")
    }

    private var hostsOfHandlers: Violation? {
        func hosts(_ container: JSONValue) -> [String] {
            let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map { container[$0] }
            let hooks = ["postStart", "preStop"].map { container["lifecycle"]?[$0] }
            return (probes + hooks).flatMap { handler in
                ["httpGet", "tcpSocket"].map { handler?[$0]?.text("host") ?? "" }
            }.filter { !$0.isEmpty }
        }
        let names = names { container, _ in !hosts(container).isEmpty }.sortedOnce
        if names.isEmpty { return nil }
        let found = containers.flatMap(hosts).sortedOnce
        return Violation(
            reason: "probe or lifecycle host",
            detail: "\(Self.containers(names)) \(names.count == 1 ? "uses" : "use") "
                + "\(Self.plural("probe or lifecycle host", found)) \(Self.quoted(found))")
    }

    private var labelsOfSELinux: Violation? {
        let types: Set<String> = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]
        let isBad = { (security: JSONValue) in
            guard let options = security["seLinuxOptions"] else { return false }
            return !types.contains(options.text("type")) || !options.text("user").isEmpty
                || !options.text("role").isEmpty
        }
        guard let setters = Self.setters(pod: isBad(security), names { isBad($1) }) else { return nil }
        let all = ([security] + containers.compactMap { $0["securityContext"] }).compactMap { $0["seLinuxOptions"] }
        let badTypes = all.map { $0.text("type") }.filter { !types.contains($0) }.sortedOnce
        var data = badTypes.isEmpty ? [] : ["\(Self.plural("type", badTypes)) \(Self.quoted(badTypes))"]
        if all.contains(where: { !$0.text("user").isEmpty }) { data.append("user may not be set") }
        if all.contains(where: { !$0.text("role").isEmpty }) { data.append("role may not be set") }
        return Violation(
            reason: "seLinuxOptions",
            detail: "\(setters) set forbidden securityContext.seLinuxOptions: \(data.joined(separator: "; "))")
    }
}
