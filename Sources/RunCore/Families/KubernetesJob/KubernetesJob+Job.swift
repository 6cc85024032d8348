import KubeObjects

extension KubernetesJob {
    /// What the run itself gives of when and how often pods are started. 0 is what the original cannot tell from absent;
    /// `suspend` is the way to pause.
    var schedule: JSONObject {
        var given = JSONObject()
        for field in ["parallelism", "completions", "activeDeadlineSeconds", "ttlSecondsAfterFinished"] {
            given[field] = positive(field).map { .integer($0) }
        }
        given["backoffLimit"] = spec?["backoffLimit"]?.integer.map { .integer($0) }
        given["suspend"] = spec?["suspend"]?.bool.map { .bool($0) }
        return given
    }

    /// The Job's spec.
    func jobSpec(labels: JSONObject) throws(RunRejection) -> JSONObject {
        let given = schedule
        var job = JSONObject()
        job["parallelism"] = given["parallelism"] ?? 1
        job["completions"] = given["completions"] ?? 1
        job["backoffLimit"] = given["backoffLimit"] ?? 6
        job["activeDeadlineSeconds"] = given["activeDeadlineSeconds"]
        job["ttlSecondsAfterFinished"] = given["ttlSecondsAfterFinished"]
        job["completionMode"] = .string(text("completionMode") ?? "NonIndexed")
        job["suspend"] = given["suspend"] ?? false
        var template: JSONObject = labels.isEmpty ? [:] : ["metadata": ["labels": .object(labels)]]
        template["spec"] = .object(try podSpec())
        job["template"] = .object(template)
        return job
    }

    private func podSpec() throws(RunRejection) -> JSONObject {
        var container: JSONObject = ["name": .string(Self.containerName), "image": .string(image)]
        for field in ["command", "args"] {
            if let words = spec?[field], words.array?.isEmpty == false { container[field] = words }
        }
        container["env"] = .array(try variables())
        container["resources"] = .object(resources)
        let mounts = spec?["volumeMounts"]?.array ?? []
        if !mounts.isEmpty { container["volumeMounts"] = .array(mounts.map(KubernetesJobVolume.mount)) }
        var pod: JSONObject = ["restartPolicy": .string(text("restartPolicy") ?? "Never")]
        if let secret = spec?["image"]?["pullSecretName"]?.string, !secret.isEmpty {
            pod["imagePullSecrets"] = [["name": .string(secret)]]
        }
        pod["containers"] = [.object(container)]
        if !mounts.isEmpty { pod["volumes"] = .array(mounts.map(volume)) }
        return pod
    }

    /// A volume; a ConfigMap that the run brings along under the name that it has.
    private func volume(_ entry: JSONValue) -> JSONValue {
        var entry = entry
        if let name = entry["configMap"]?["name"]?.string, configMaps.contains(where: { $0.name == name }) {
            entry.set(.string(configMapName(name)), at: ["configMap", "name"])
        }
        return KubernetesJobVolume.volume(entry)
    }

    private var image: String {
        let (repository, tag) = (spec?["image"]?["repo"]?.string ?? "", spec?["image"]?["tag"]?.string ?? "")
        return tag.isEmpty ? repository : "\(repository):\(tag)"
    }

    private func text(_ field: String) -> String? { spec?[field]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    private func positive(_ field: String) -> Int64? { spec?[field]?.integer.flatMap { $0 > 0 ? $0 : nil } }

    /// The pod's name, then variables, then secrets, each sorted by name.
    private func variables() throws(RunRejection) -> [JSONValue] {
        let podID = "K8S_POD_ID"
        let plain = spec?["env"]?["variables"]?.object ?? [:]
        let secrets = spec?["env"]?["secrets"]?.object ?? [:]
        var variables: [JSONValue] = []
        if plain[podID] == nil, secrets[podID] == nil {
            variables.append(
                [
                    "name": .string(podID),
                    "valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.name"]],
                ])
        }
        for (name, source) in plain.sortedByName {
            try VariableName.check(name, at: "spec.env.variables")
            variables.append(["name": .string(name), "value": source["value"] ?? ""])
        }
        for (name, source) in secrets.sortedByName {
            try VariableName.check(name, at: "spec.env.secrets")
            let reference = source["secretRef"]
            variables.append(
                [
                    "name": .string(name),
                    "valueFrom": [
                        "secretKeyRef": [
                            "name": reference?["name"] ?? .string(secretName),
                            "key": reference?["key"] ?? .string(name),
                        ]
                    ],
                ])
        }
        return variables
    }

    /// What is missing is what the original's documentation promises, unless that would be a request above its limit: then
    /// it is what is given of the two.
    private var resources: JSONObject {
        var (limits, requests) = (JSONObject(), JSONObject())
        for (name, limit, request) in [("cpu", "1000m", "50m"), ("memory", "1Gi", "100Mi")] {
            let (most, least) = (amount("limits", name), amount("requests", name))
            limits[name] = most ?? .string(limit)
            requests[name] = least ?? .string(request)
            guard let high = limits[name].flatMap(Quantity.init(json:)),
                let low = requests[name].flatMap(Quantity.init(json:)), high < low
            else { continue }
            if least == nil { requests[name] = limits[name] } else if most == nil { limits[name] = requests[name] }
        }
        return ["limits": .object(limits), "requests": .object(requests)]
    }

    /// An amount that is given; it may be written as a number.
    private func amount(_ half: String, _ name: String) -> JSONValue? {
        spec?["resources"]?[half]?[name].flatMap { $0.isNull || $0 == "" ? nil : $0 }
    }
}

/// An entry of `spec.volumeMounts`: a mount and its volume in one.
enum KubernetesJobVolume {
    /// What the container gets.
    static func mount(_ entry: JSONValue) -> JSONValue {
        var mount: JSONObject = ["name": entry["name"] ?? "", "mountPath": entry["mountPath"] ?? ""]
        if entry["readOnly"]?.bool == true { mount["readOnly"] = true }
        let given = entry["subPath"]?.string ?? ""
        if let path = given.isEmpty ? file(of: entry) : given { mount["subPath"] = .string(path) }
        return .object(mount)
    }

    /// A mount of one key at a path that ends in its file's name means the file, not a folder of that name around it.
    private static func file(of entry: JSONValue) -> String? {
        guard let source = entry["configMap"] ?? entry["secret"], let key = nonEmpty(source["key"]) else { return nil }
        let file = nonEmpty(source["path"]) ?? key
        return entry["mountPath"]?.string?.split(separator: "/").last.map(String.init) == file ? file : nil
    }

    /// What the pod gets.
    static func volume(_ entry: JSONValue) -> JSONValue {
        var volume: JSONObject = ["name": entry["name"] ?? ""]
        if let map = entry["configMap"] {
            volume["configMap"] = .object(files(map, name: "name"))
        } else if let secret = entry["secret"] {
            volume["secret"] = .object(files(secret, name: "secretName"))
        } else if let path = entry["hostPath"] {
            volume["hostPath"] = .object(kept(path, ["path", "type"]))
        } else if let folder = entry["emptyDir"] {
            volume["emptyDir"] = .object(kept(folder, ["medium", "sizeLimit"]))
        } else if let claim = entry["pvc"] {
            var source: JSONObject = ["claimName": claim["claimName"] ?? ""]
            if claim["readOnly"]?.bool == true { source["readOnly"] = true }
            volume["persistentVolumeClaim"] = .object(source)
        }
        return .object(volume)
    }

    private static func files(_ source: JSONValue, name: String) -> JSONObject {
        var result: JSONObject = [name: source["name"] ?? ""]
        if let mode = source["defaultMode"]?.integer, mode > 0 { result["defaultMode"] = .integer(mode) }
        if let key = nonEmpty(source["key"]) {
            result["items"] = [["key": .string(key), "path": .string(nonEmpty(source["path"]) ?? key)]]
        }
        return result
    }

    private static func kept(_ source: JSONValue, _ fields: [String]) -> JSONObject {
        var result = JSONObject()
        for field in fields {
            if let value = source[field], value != "", !value.isNull { result[field] = value }
        }
        return result
    }

    private static func nonEmpty(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
}
