import KubeObjects

/// A field of a JobRun's spec that changes something of the template's Job, if the template lets it.
public enum JobOverride: String, Sendable, Hashable, CaseIterable {
    case command, args, image, env, envFrom, resources
    case serviceAccountName, nodeSelector, tolerations
    case parallelism, completions, backoffLimit, activeDeadlineSeconds, ttlSecondsAfterFinished
    case labels, annotations
}

extension JobOverride {
    /// Applies the overrides that a run gives.
    /// - Parameters:
    ///   - run: Where the values are from.
    ///   - template: What the run may change.
    ///   - spec: The Job's spec, changed in place.
    ///   - container: The position of the target container.
    /// - Throws: `OverrideNotAllowed`, naming each refused field and the template.
    static func apply(
        _ run: JobRun, of template: JobTemplate, to spec: inout JSONValue, container: Int
    ) throws(RunRejection) {
        try check(run, against: template)
        for field in allCases {
            guard let value = run.override(field.rawValue) else { continue }
            switch field {
            case .command, .args, .image: spec.changeContainer(container) { $0[field.rawValue] = value }
            case .env: spec.changeContainer(container) { $0["env"] = $0["env"].merged(with: value, by: "name") }
            case .envFrom: spec.changeContainer(container) { $0["envFrom"] = $0["envFrom"].appending(value) }
            case .resources: spec.changeContainer(container) { $0["resources"] = $0["resources"].merged(with: value) }
            case .serviceAccountName: spec.changePod { $0["serviceAccountName"] = value }
            case .nodeSelector: spec.changePod { $0["nodeSelector"] = $0["nodeSelector"].merged(with: value) }
            case .tolerations: spec.changePod { $0["tolerations"] = $0["tolerations"].appending(value) }
            case .parallelism, .completions, .backoffLimit, .activeDeadlineSeconds, .ttlSecondsAfterFinished:
                spec[field.rawValue] = value
            case .labels, .annotations:
                break  // They are not the spec's; the planner puts them on Job and pods.
            }
        }
    }

    private static func check(_ run: JobRun, against template: JobTemplate) throws(RunRejection) {
        let given = allCases.map(\.rawValue).filter { run.override($0) != nil }
        let refused = (given + (run.parameters.isEmpty ? [] : ["parameters"])).filter {
            !template.allowsOverride(of: $0)
        }
        guard !refused.isEmpty else { return }
        let fields = refused.map { "spec.\($0)" }.joined(separator: ", ")
        throw RunRejection(
            reason: .overrideNotAllowed,
            message: "\(fields) may not be set: JobTemplate \"\(template.object.name ?? "")\" allows "
                + (template.overridable.isEmpty ? "no overrides" : template.overridable.joined(separator: ", ")))
    }
}

extension JSONValue {
    /// Changes the pod's spec of a Job's spec in place.
    fileprivate mutating func changePod(_ change: (inout JSONValue) -> Void) {
        var template = self["template"] ?? [:]
        self["template"] = nil
        var pod = template["spec"] ?? [:]
        template["spec"] = nil
        change(&pod)
        template["spec"] = pod
        self["template"] = template
    }

    /// Changes a container of a Job's spec in place; the position must be one.
    fileprivate mutating func changeContainer(_ position: Int, _ change: (inout JSONValue) -> Void) {
        changePod { pod in
            guard var containers = pod["containers"]?.array, containers.indices.contains(position) else { return }
            change(&containers[position])
            pod["containers"] = .array(containers)
        }
    }
}

extension JSONValue? {
    /// A list with the elements of another at its end.
    fileprivate func appending(_ other: JSONValue) -> JSONValue {
        .array((self?.array ?? []) + (other.array ?? []))
    }

    /// A list in which the elements of another replace those of the same key, or follow.
    func merged(with other: JSONValue, by key: String) -> JSONValue {
        var elements = self?.array ?? []
        for element in other.array ?? [] {
            if let position = elements.firstIndex(where: { $0[key] == element[key] }) {
                elements[position] = element
            } else {
                elements.append(element)
            }
        }
        return .array(elements)
    }

    /// An object in which the members of another replace or complete its own, at every depth.
    func merged(with other: JSONValue) -> JSONValue {
        guard let members = other.object else { return other }
        var result = self?.object ?? [:]
        for (name, value) in members { result[name] = result[name].merged(with: value) }
        return .object(result)
    }
}
