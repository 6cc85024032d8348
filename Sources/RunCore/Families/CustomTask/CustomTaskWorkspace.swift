import KubeObjects

/// A workspace that is bound: a volume that all containers of the pods find at the same path.
struct CustomTaskWorkspace {
    let name: String
    let subPath: String?
    /// The volume without its name.
    let source: JSONObject
    let isReadOnly: Bool
    /// The claim that the run brings along; nil if the volume is there without it.
    let claim: KubeObject?

    /// Where containers find it.
    var path: String { "/workspace/\(name)" }

    /// What the volume is called in the pod: a claim that is bound twice is one volume.
    var volume: String {
        "ws-" + Digest.short(claimName.map { "claim/\($0)/\(isReadOnly)" } ?? "name/\(name)")
    }

    /// The claim that is mounted, if one is.
    var claimName: String? { source["persistentVolumeClaim"]?["claimName"]?.string }

    /// Adds volume and mounts to a pod's spec. A container that mounts something of its own there keeps it.
    func mount(in pod: inout JSONObject) {
        var volumes = pod["volumes"]?.array ?? []
        if !volumes.contains(where: { $0["name"]?.string == volume }) {
            var whole: JSONObject = ["name": .string(volume)]
            for (key, value) in source { whole[key] = value }
            volumes.append(.object(whole))
        }
        pod["volumes"] = .array(volumes)
        pod.changeContainers { container in
            let mounts = container["volumeMounts"]?.array ?? []
            guard !mounts.contains(where: { $0["mountPath"]?.string == path }) else { return }
            var mount: JSONObject = ["name": .string(volume), "mountPath": .string(path)]
            mount["subPath"] = subPath.map(JSONValue.string)
            if isReadOnly { mount["readOnly"] = true }
            container["volumeMounts"] = .array(mounts + [.object(mount)])
        }
    }
}

extension [CustomTaskWorkspace] {
    /// What `$(workspaces.NAME.path)` and its like stand for.
    var references: [String: String] {
        var references: [String: String] = [:]
        for workspace in self {
            let prefix = "workspaces.\(workspace.name)."
            references[prefix + "path"] = workspace.path
            references[prefix + "bound"] = "true"
            references[prefix + "volume"] = workspace.volume
            references[prefix + "claim"] = workspace.claimName ?? ""
        }
        return references
    }
}

extension CustomTask {
    /// What a workspace can be bound to, and what each needs.
    private static let sources: [(field: String, required: String?, isReadOnly: Bool)] = [
        ("persistentVolumeClaim", "claimName", false), ("volumeClaimTemplate", "spec", false), ("emptyDir", nil, false),
        ("configMap", "name", true), ("secret", "secretName", true), ("projected", "sources", true),
        ("csi", "driver", false),
    ]

    /// `spec.workspaces`.
    /// - Throws: `InvalidSpec` for what Tekton's webhook refuses.
    func workspaces() throws(RunRejection) -> [CustomTaskWorkspace] {
        var workspaces: [CustomTaskWorkspace] = []
        for (index, entry) in try entries("workspaces").enumerated() {
            let place = "spec.workspaces[\(index)]"
            let workspace = try workspace(entry, at: place)
            guard !workspaces.contains(where: { $0.name == workspace.name }) else {
                throw Self.invalid("\(place).name: workspace \"\(workspace.name)\" is there twice")
            }
            workspaces.append(workspace)
        }
        return workspaces
    }

    private func workspace(_ entry: JSONValue, at place: String) throws(RunRejection) -> CustomTaskWorkspace {
        guard let name = entry["name"]?.string, !name.isEmpty else { throw Self.invalid("\(place).name: required") }
        guard !name.contains("/"), !name.contains(":"), name != "..", name != "." else {
            throw Self.invalid("\(place).name: \"\(name)\" cannot be the last part of a path")
        }
        let bound = Self.sources.filter { entry[$0.field].nonNull != nil }
        guard let kind = bound.first, bound.count == 1, let value = entry[kind.field].nonNull else {
            throw Self.invalid(
                "\(place): expected exactly one of \(Self.sources.map(\.field).joined(separator: ", ")), got "
                    + (bound.isEmpty ? "neither" : bound.map(\.field).joined(separator: ", ")))
        }
        if let required = kind.required {
            let field = value[required].nonNull
            guard let field, field.string?.isEmpty != true, field.array?.isEmpty != true else {
                throw Self.invalid("\(place).\(kind.field).\(required): required")
            }
        }
        let subPath = entry["subPath"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let isReadOnly = kind.isReadOnly || value["readOnly"]?.bool == true
        guard kind.field == "volumeClaimTemplate" else {
            return CustomTaskWorkspace(
                name: name, subPath: subPath, source: [kind.field: value], isReadOnly: isReadOnly, claim: nil)
        }
        let claim = claim(value, workspace: name)
        return CustomTaskWorkspace(
            name: name, subPath: subPath,
            source: ["persistentVolumeClaim": ["claimName": .string(claim.name ?? "")]], isReadOnly: false,
            claim: claim)
    }

    /// The claim of a template: the run's own, one for all its attempts.
    private func claim(_ template: JSONValue, workspace: String) -> KubeObject {
        let prefix = template["metadata"]?["name"]?.string ?? "pvc"
        let name = JobName.name(run: prefix, uid: "\(object.uid ?? "")/\(workspace)")
        var claim = KubeObject(
            apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: object.namespace, name: name)
        var metadata = claim.metadata
        let labels = JSONValue.object(ownLabels)
        metadata["labels"] = template["metadata"]?["labels"].merged(with: labels) ?? labels
        if let annotations = template["metadata"]?["annotations"].nonNull { metadata["annotations"] = annotations }
        if let owner = OwnerReference(controllerOf: object) { metadata["ownerReferences"] = [owner.json] }
        claim.metadata = metadata
        claim["spec"] = template["spec"]
        return claim
    }
}
