public import KubeObjects

/// A KubernetesJob.
public struct KubernetesJob: Sendable, Hashable {
    /// The whole object.
    public var object: KubeObject

    /// The run of somebody else that uses the object as a template; nil if it is run itself.
    let borrower: KubeObject?

    /// Reads an object as a KubernetesJob; nothing is checked.
    public init(_ object: KubeObject) {
        self.object = object
        borrower = nil
    }

    /// Reads an object as a template for a run: what it brings along is made for that run, in its namespace, under
    /// names of its own.
    init(_ object: KubeObject, borrowedBy run: KubeObject) {
        self.object = object
        borrower = run
    }

    /// The name of the only container.
    static let containerName = "job-container"

    var spec: JSONValue? { object["spec"] }
    var name: String { object.name ?? "" }

    /// `spec.namespace.value`: where the Job runs; nil if absent or empty.
    var namespace: String? { spec?["namespace"]?["value"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// `spec.createNamespace`.
    var createsNamespace: Bool { spec?["createNamespace"]?.bool ?? false }

    /// The run's own name if a Job may have it, with room for the index of a pod; else as much of it as fits.
    var jobName: String {
        let fits = name.utf8.count <= JobName.maximumLength && NameValidation.dns1123Label(name).isEmpty
        return fits ? name : JobName.name(run: name, uid: object.uid ?? "")
    }

    /// The Secret for values that stand in the run itself.
    var secretName: String {
        let suffix = "-env-secrets"
        if let borrower { return JobName.name(run: borrower.name ?? "", uid: borrower.uid ?? "") + suffix }
        return (name.utf8.count + suffix.utf8.count <= 253 ? name : jobName) + suffix
    }

    /// What stands on all objects of the run.
    var labels: JSONObject {
        var labels: JSONObject = [
            LabelKey.managedBy: .string(LabelKey.managedByValue),
            LabelKey.kubernetesJob: .string(LabelValue.name(name)), "planton.ai/resource": "true",
            "planton.ai/name": .string(LabelValue.name(name)), "planton.ai/kind": "KubernetesJob",
        ]
        for key in ["planton.ai/id", "planton.ai/organization", "planton.ai/environment"] {
            labels[key] = object.labels[key].map { .string($0) }
        }
        return labels
    }

    /// The variables whose values stand in the run itself but belong into a Secret.
    var literalSecrets: [(name: String, value: String)] {
        (spec?["env"]?["secrets"]?.object ?? [:]).sortedByName.compactMap { name, source in
            source["value"]?.string.map { (name, $0) }
        }
    }

    /// The ConfigMaps that the run brings along: name and content.
    var configMaps: [(name: String, content: String)] {
        (spec?["configMaps"]?.object ?? [:]).sortedByName.map { ($0.key, $0.value.string ?? "") }
    }

    /// The name of a ConfigMap that the run brings along.
    func configMapName(_ name: String) -> String {
        borrower.map { JobName.name(run: name, uid: "\($0.uid ?? "")/\(name)") } ?? name
    }

    /// What tells apart the contents that do not stand in the Job's spec.
    ///
    /// Of a secret's value only sixteen bits: enough to see nearly every change, too little to find the value out.
    var contentDigests: JSONObject {
        var digests = JSONObject()
        for map in configMaps { digests["configMap/\(map.name)"] = .string(Digest.short(map.content)) }
        for secret in literalSecrets {
            digests["secret/\(secret.name)"] = .string(String(Digest.short(secret.value).prefix(4)))
        }
        return digests
    }

    /// What has to exist before the Job: the namespace, which nobody owns; Secret and ConfigMaps, which the run owns.
    func dependents(in namespace: String, labels: JSONObject) -> [RunDependent] {
        var dependents: [RunDependent] = []
        if createsNamespace, borrower == nil {
            var object = KubeObject(apiVersion: "v1", kind: "Namespace", name: namespace)
            object.metadata["labels"] = .object(labels)
            dependents.append(RunDependent(object, .createIfMissing))
        }
        func own(_ kind: String, _ name: String, _ content: JSONObject) {
            var object = KubeObject(apiVersion: "v1", kind: kind, namespace: namespace, name: name)
            object.metadata["labels"] = .object(labels)
            if let owner = OwnerReference(controllerOf: borrower ?? self.object) {
                object.metadata["ownerReferences"] = [owner.json]
            }
            for (key, value) in content { object[key] = value }
            dependents.append(RunDependent(object, .apply))
        }
        if !literalSecrets.isEmpty {
            let data = literalSecrets.map { ($0.name, JSONValue.string(Base64.encode(Array($0.value.utf8)))) }
            own("Secret", secretName, ["type": "Opaque", "data": .object(JSONObject(data))])
        }
        for map in configMaps {
            own("ConfigMap", configMapName(map.name), ["data": .object(JSONObject([(map.name, .string(map.content))]))])
        }
        return dependents
    }
}
