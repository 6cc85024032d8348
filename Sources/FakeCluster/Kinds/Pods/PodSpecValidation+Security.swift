import KubeObjects
import KubeSchema

// What a pod's processes may do, and how they find other hosts.
extension PodSpecValidation {
    /// The ids of users and groups (`IsValidUserID`).
    private static let ids: ClosedRange<Int64> = 0...Int64(Int32.max)

    func validateSecurity(at path: FieldPath) -> [FieldError] {
        let context = spec["securityContext"] ?? [:]
        let place = path.child("securityContext")
        var errors = validateIDs(context, ["fsGroup", "runAsUser", "runAsGroup"], at: place)
        for (position, group) in context.list("supplementalGroups").enumerated() {
            errors += NumberRule.within(Self.ids, group, at: place.child("supplementalGroups").index(position))
        }
        if spec["shareProcessNamespace"] == true, spec["hostPID"] == true {
            errors.append(
                .invalid(
                    place.child("shareProcessNamespace"), true,
                    "ShareProcessNamespace and HostPID cannot both be enabled"))
        }
        errors += SysctlValidation.validate(spec, at: place.child("sysctls"))
        errors += ChoiceRule.check("fsGroupChangePolicy", context, in: ["Always", "OnRootMismatch"], at: place)
        errors += SecurityProfileValidation.seccomp(context["seccompProfile"], at: place.child("seccompProfile"))
        errors += SecurityProfileValidation.appArmor(context["appArmorProfile"], at: place.child("appArmorProfile"))
        errors += ChoiceRule.check("supplementalGroupsPolicy", context, in: ["Merge", "Strict"], at: place)
        errors += ChoiceRule.check("seLinuxChangePolicy", context, in: ["MountOption", "Recursive"], at: place)
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            for (position, container) in spec.list(list).enumerated() {
                guard let context = container["securityContext"] else { continue }
                errors += validate(
                    security: context, at: path.child(list).index(position).child("securityContext"))
            }
        }
        return errors + validateHostPorts(at: path)
    }

    private func validateIDs(_ context: JSONValue, _ keys: [String], at path: FieldPath) -> [FieldError] {
        keys.flatMap { NumberRule.within(Self.ids, context[$0], at: path.child($0)) }
    }

    private func validate(security context: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = validateIDs(context, ["runAsUser", "runAsGroup"], at: path)
        errors += validateProcesses(context, at: path.child("procMount"))
        errors += SecurityProfileValidation.seccomp(context["seccompProfile"], at: path.child("seccompProfile"))
        errors += validateEscalation(context, at: path)
        return errors
            + SecurityProfileValidation.appArmor(context["appArmorProfile"], at: path.child("appArmorProfile"))
    }

    /// What may do everything cannot be kept from gaining rights.
    private func validateEscalation(_ context: JSONValue, at path: FieldPath) -> [FieldError] {
        guard context["allowPrivilegeEscalation"] == false else { return [] }
        var errors: [FieldError] = []
        let shown = InternalForm.text(context, as: "SecurityContext")
        if context["privileged"] == true {
            errors.append(
                .invalid(
                    path, shown: shown, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
        }
        if context["capabilities"]?.list("add").contains("CAP_SYS_ADMIN") == true {
            errors.append(
                .invalid(
                    path, shown: shown,
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
        }
        return errors
    }

    /// What a container sees of `/proc`.
    private func validateProcesses(_ context: JSONValue, at path: FieldPath) -> [FieldError] {
        guard let kind = context["procMount"] else { return [] }
        let known = ["Default", "Unmasked"]
        if !known.contains(kind.string ?? "") { return [.notSupported(path, kind, supported: known)] }
        guard kind == "Unmasked", spec["hostUsers"] != false else { return [] }
        return [.invalid(path, kind, "`hostUsers` must be false to use `Unmasked`")]
    }

    /// A port of the node belongs to one container.
    private func validateHostPorts(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var taken: Set<String> = []
        for (position, container) in spec.list("containers").enumerated() {
            for (index, port) in container.list("ports").enumerated() where port.number("hostPort") != 0 {
                if spec["hostNetwork"] == true, port.number("hostPort") != port.number("containerPort") {
                    let place = path.child("containers").index(position).child("ports").index(index)
                    errors.append(
                        .invalid(
                            place.child("hostPort"), port["hostPort"],
                            "must match `containerPort` when `hostNetwork` is true"))
                }
                let name = "\(port.text("protocol"))/\(port.text("hostIP"))/\(port.number("hostPort"))"
                if taken.insert(name).inserted { continue }
                let place = path.child("containers").index(position).child("ports").index(index)
                errors.append(.duplicate(place.child("hostPort"), .string(name)))
            }
        }
        return errors
    }

    func validateNameResolution(at path: FieldPath) -> [FieldError] {
        var errors = validateDNS(at: path.child("dnsConfig"))
        for (position, alias) in spec.list("hostAliases").enumerated() {
            let place = path.child("hostAliases").index(position)
            errors += Self.validate(address: alias.text("ip"), at: place.child("ip"))
            for (index, name) in alias.list("hostnames").enumerated() {
                errors += NameRule.subdomain.validate(
                    name.string ?? "", at: place.child("hostnames").index(index))
            }
        }
        return errors
    }

    private func validateDNS(at path: FieldPath) -> [FieldError] {
        let config = spec["dnsConfig"]
        let servers = config?.list("nameservers") ?? []
        if spec["dnsPolicy"] == "None" {
            if config == nil { return [.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")] }
            if servers.isEmpty {
                return [
                    .required(
                        path.child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None")
                ]
            }
        }
        guard let config else { return [] }
        var errors: [FieldError] = []
        if servers.count > 3 {
            errors.append(
                .invalid(path.child("nameservers"), config["nameservers"], "must not have more than 3 nameservers"))
        }
        for (position, server) in servers.enumerated() {
            errors += Self.validate(address: server.string ?? "", at: path.child("nameservers").index(position))
        }
        errors += validate(searches: config.list("searches"), at: path.child("searches"))
        for (position, option) in config.list("options").enumerated() where option.text("name").isEmpty {
            errors.append(.required(path.child("options").index(position), "must not be empty"))
        }
        return errors
    }

    private func validate(searches: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let domains = searches.map { $0.string ?? "" }
        if domains.count > 32 {
            errors.append(.invalid(path, .array(searches), "must not have more than 32 search paths"))
        }
        if domains.joined(separator: " ").utf8.count > 2048 {
            errors.append(
                .invalid(
                    path, .array(searches),
                    "must not have more than 2048 characters (including spaces) in the search list"
                ))
        }
        // A dot alone is the root: names are searched as they are.
        for (position, domain) in domains.enumerated() where domain != "." {
            let name = domain.hasSuffix(".") ? String(domain.dropLast()) : domain
            errors += NameValidation.searchDomain(name).map { .invalid(path.index(position), .string(name), $0) }
        }
        return errors
    }

    private static func validate(address: String, at path: FieldPath) -> [FieldError] {
        if NetworkAddress.isIPv4(address) || NetworkAddress.isIPv6(address) { return [] }
        return [
            .invalid(path, .string(address), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
        ]
    }
}
