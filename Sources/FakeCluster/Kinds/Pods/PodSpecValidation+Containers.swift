import KubeObjects
import KubeSchema

extension PodSpecValidation {
    /// The faults of all containers, init containers included: every name once.
    func validateContainers(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        let containers = spec.list("containers")
        if containers.isEmpty { errors.append(.required(path.child("containers"))) }
        for (list, isInit) in [("containers", false), ("initContainers", true)] {
            for (position, container) in spec.list(list).enumerated() {
                let place = path.child(list).index(position)
                errors += validate(container: container, isInit: isInit, at: place)
                let name = container.text("name")
                if !name.isEmpty, !names.insert(name).inserted {
                    errors.append(.duplicate(place.child("name"), .string(name)))
                }
            }
        }
        return errors
    }

    private func validate(container: JSONValue, isInit: Bool, at path: FieldPath) -> [FieldError] {
        validateCommon(of: container, at: path) + validateProbesAndHooks(container, isInit: isInit, at: path)
            + validateRestarts(container, at: path)
            + validateResizes(container.list("resizePolicy"), at: path.child("resizePolicy"))
    }

    /// What holds for every container, be it an ephemeral one.
    func validateCommon(of container: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let name = container.text("name")
        if name.isEmpty {
            errors.append(.required(path.child("name")))
        } else {
            errors += NameRule.label.validate(name, at: path.child("name"))
        }
        errors += Self.validateImage(container.text("image"), at: path.child("image"))
        errors += ChoiceRule.check(
            "terminationMessagePolicy", container, in: ["File", "FallbackToLogsOnError"], isRequired: true, at: path)
        errors += ChoiceRule.check(
            "imagePullPolicy", container, in: ["Always", "IfNotPresent", "Never"], isRequired: true, at: path)
        errors += validatePorts(container.list("ports"), at: path.child("ports"))
        errors += EnvironmentValidation.validate(container, at: path)
        errors += validateMounts(container, at: path.child("volumeMounts"))
        errors += ResourceValidation.validate(container["resources"] ?? [:], at: path.child("resources"))
        return errors
            + ResourceClaimValidation.validate(
                container["resources"]?.list("claims") ?? [], of: spec.list("resourceClaims"),
                at: path.child("resources", "claims"))
    }

    private func validateRestarts(_ container: JSONValue, at path: FieldPath) -> [FieldError] {
        let rules = container.list("restartPolicyRules")
        var errors: [FieldError] = []
        if !rules.isEmpty, container["restartPolicy"] == nil {
            errors.append(
                .required(
                    path.child("restartPolicy"), "must specify restartPolicy when restart rules are used"))
        }
        errors += ChoiceRule.check("restartPolicy", container, in: ["Always", "Never", "OnFailure"], at: path)
        if rules.count > 20 {
            errors.append(.tooMany(path.child("restartPolicyRules"), count: rules.count, maximum: 20))
        }
        for (position, rule) in rules.enumerated() {
            let place = path.child("restartPolicyRules").index(position)
            errors += requireChoice("action", rule, in: ["Restart", "RestartAllContainers"], at: place)
            if let codes = rule["exitCodes"] {
                errors += requireChoice("operator", codes, in: ["In", "NotIn"], at: place.child("exitCodes"))
            } else {
                errors.append(.required(place.child("exitCodes"), "must be specified"))
            }
        }
        return errors
    }

    /// A fault if a text is none of these, also if it is empty or absent.
    private func requireChoice(
        _ key: String, _ value: JSONValue, in choices: [String], at path: FieldPath
    ) -> [FieldError] {
        let text = value.text(key)
        return choices.contains(text) ? [] : [.notSupported(path.child(key), .string(text), supported: choices)]
    }

    /// What a change of resources does to a container.
    private func validateResizes(_ policies: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, policy) in policies.enumerated() {
            let (name, restart) = (policy.text("resourceName"), policy.text("restartPolicy"))
            if !names.insert(name).inserted { errors.append(.duplicate(path.index(position), .string(name))) }
            for (text, known) in [(name, ["cpu", "memory"]), (restart, ["NotRequired", "RestartContainer"])] {
                if text.isEmpty {
                    errors.append(.required(path))
                } else if !known.contains(text) {
                    errors.append(.notSupported(path, .string(text), supported: known))
                }
            }
            if spec["restartPolicy"] == "Never", restart != "NotRequired" {
                errors.append(
                    .invalid(
                        path, .string(restart), "must be 'NotRequired' when `restartPolicy` is 'Never'"))
            }
        }
        return errors
    }

    /// The faults of the name of an image.
    static func validateImage(_ image: String, at path: FieldPath) -> [FieldError] {
        guard let first = image.first, let last = image.last, !image.allSatisfy(\.isWhitespace) else {
            return [.required(path)]
        }
        guard first.isWhitespace || last.isWhitespace else { return [] }
        return [.invalid(path, .string(image), "must not have leading or trailing whitespace")]
    }

    private func validatePorts(_ ports: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, port) in ports.enumerated() {
            let place = path.index(position)
            let name = port.text("name")
            if !name.isEmpty {
                let faults = NameValidation.portName(name)
                errors += faults.map { .invalid(place.child("name"), .string(name), $0) }
                if faults.isEmpty, !names.insert(name).inserted {
                    errors.append(.duplicate(place.child("name"), .string(name)))
                }
            }
            if port.number("containerPort") == 0 {
                errors.append(.required(place.child("containerPort")))
            } else {
                errors += NumberRule.port(port["containerPort"], at: place.child("containerPort"))
            }
            if port.number("hostPort") != 0 { errors += NumberRule.port(port["hostPort"], at: place.child("hostPort")) }
            errors += ChoiceRule.check("protocol", port, in: ["SCTP", "TCP", "UDP"], isRequired: true, at: place)
        }
        return errors
    }

    private func validateMounts(_ container: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var mountPaths: Set<String> = []
        for (position, mount) in container.list("volumeMounts").enumerated() {
            let place = path.index(position)
            let name = mount.text("name")
            if name.isEmpty { errors.append(.required(place.child("name"))) }
            if !volumes.contains(name) { errors.append(.notFound(place.child("name"), .string(name))) }
            let mountPath = mount.text("mountPath")
            if mountPath.isEmpty { errors.append(.required(place.child("mountPath"))) }
            if !mountPaths.insert(mountPath).inserted {
                errors.append(.invalid(place.child("mountPath"), .string(mountPath), "must be unique"))
            }
            for key in ["subPath", "subPathExpr"] where !mount.text(key).isEmpty {
                errors += PathRule.localDescending(mount.text(key), at: place.child(key))
            }
            if !mount.text("subPath").isEmpty, !mount.text("subPathExpr").isEmpty {
                errors.append(
                    .invalid(
                        place.child("subPathExpr"), mount["subPathExpr"],
                        "subPathExpr and subPath are mutually exclusive"))
            }
            errors += ChoiceRule.check(
                "mountPropagation", mount, in: ["Bidirectional", "HostToContainer", "None"], at: place)
            if mount["mountPropagation"] == "Bidirectional", container[path: "securityContext", "privileged"] != true {
                errors.append(
                    .forbidden(
                        place.child("mountPropagation"),
                        "Bidirectional mount propagation is available only to privileged containers"))
            }
            errors += validateRecursiveReadOnly(mount, at: place.child("recursiveReadOnly"))
        }
        return errors
    }

    private func validateRecursiveReadOnly(_ mount: JSONValue, at path: FieldPath) -> [FieldError] {
        switch mount.text("recursiveReadOnly") {
        case "", "Disabled": return []
        case "Enabled", "IfPossible":
            var errors: [FieldError] = []
            if mount["readOnly"] != true {
                errors.append(.forbidden(path, "may only be specified when readOnly is true"))
            }
            if !["", "None"].contains(mount.text("mountPropagation")) {
                errors.append(
                    .forbidden(path, "may only be specified when mountPropagation is None or not specified"))
            }
            return errors
        case let unknown:
            return [.notSupported(path, .string(unknown), supported: ["Disabled", "Enabled", "IfPossible"])]
        }
    }

    private func validateProbesAndHooks(_ container: JSONValue, isInit: Bool, at path: FieldPath) -> [FieldError] {
        let isSidecar = container["restartPolicy"] == "Always"
        var errors: [FieldError] = []
        for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard let probe = container[key] else { continue }
            if isInit, !isSidecar {
                errors.append(
                    .forbidden(path.child(key), "may not be set for init containers without restartPolicy=Always"))
            } else {
                errors += HandlerValidation.validate(
                    probe: probe, mustSucceedOnce: key != "readinessProbe", at: path.child(key))
            }
        }
        guard let lifecycle = container["lifecycle"] else { return errors }
        if isInit, !isSidecar {
            return errors + [
                .forbidden(path.child("lifecycle"), "may not be set for init containers without restartPolicy=Always")
            ]
        }
        for hook in ["postStart", "preStop"] {
            guard let handler = lifecycle[hook] else { continue }
            errors += HandlerValidation.validate(
                handler: handler, kinds: ["exec", "httpGet", "tcpSocket", "sleep"],
                gracePeriod: spec["terminationGracePeriodSeconds"]?.integer, at: path.child("lifecycle", hook))
        }
        return errors
    }
}
