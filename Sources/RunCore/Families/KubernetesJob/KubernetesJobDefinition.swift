import KubeObjects

extension KubernetesJob {
    /// The CustomResourceDefinition.
    static let definition: KubeObject = KubernetesJobFamily.kubernetesJobs.definition(
        schema: OpenAPISchema.object(
            [
                "spec": OpenAPISchema.object(
                    workFields.appending(countFields).appending(podFields), "What to run, and where.",
                    required: ["namespace", "image"]),
                "status": status,
            ], "A job with its namespace, its secrets and its mounts.", required: ["spec"]),
        columns: [
            ResourceColumn(
                name: "Namespace", type: .string, jsonPath: ".spec.namespace.value", description: "Where the Job runs")
        ] + RunStatus.editableColumns, hasStatus: true, categories: [])

    private static var status: JSONValue {
        var schema = RunStatus.editableSchema(with: [
            "outputs": OpenAPISchema.object(
                ["namespace": OpenAPISchema.string(), "jobName": OpenAPISchema.string()], "Where the Job is."),
            "completedIndexes": OpenAPISchema.string("The indexes that are done, such as 0-4, of an Indexed Job."),
        ])
        schema.set(OpenAPISchema.string(), at: ["properties", "jobRef", "properties", "namespace"])
        return schema
    }

    /// A reference that the system of origin resolves and we do not: named here to be refused in words.
    private static var foreignReference: JSONValue {
        OpenAPISchema.object(
            [
                "kind": OpenAPISchema.string("The kind of the other resource."),
                "env": OpenAPISchema.string("The environment of the other resource."),
                "name": OpenAPISchema.string("The name of the other resource.", minLength: 1),
                "fieldPath": OpenAPISchema.string("The field of the other resource."),
            ],
            "A reference to another resource of Project Planton; not supported.", required: ["name"])
    }

    private static func one(of first: String, _ second: String) -> JSONValue {
        OpenAPISchema.rule(
            "has(self.\(first)) != has(self.\(second))", message: "exactly one of \(first) and \(second) is required")
    }

    private static func map(of items: JSONValue, _ description: String, most: Int64? = nil) -> JSONValue {
        var schema: JSONObject = [
            "description": .string(description), "type": "object", "additionalProperties": items,
        ]
        schema["maxProperties"] = most.map { .integer($0) }
        return .object(schema)
    }

    private static var workFields: JSONObject {
        func words(_ description: String) -> JSONValue {
            OpenAPISchema.array(of: OpenAPISchema.string(), description)
        }
        return [
            "targetCluster": OpenAPISchema.object(
                [
                    "clusterKind": OpenAPISchema.string("The kind of the cluster."),
                    "clusterName": OpenAPISchema.string("The name of the cluster."),
                ],
                "The cluster to deploy to; not supported: a controller works in its own cluster."),
            "namespace": OpenAPISchema.object(
                [
                    "value": OpenAPISchema.string("Its name.", minLength: 1, maxLength: 63),
                    "valueFrom": foreignReference,
                ], "Where the Job runs.", rules: [one(of: "value", "valueFrom")]),
            "createNamespace": OpenAPISchema.boolean(
                "Makes the namespace if there is none. It is never deleted again, and never changed if it exists."),
            "image": OpenAPISchema.object(
                [
                    "repo": OpenAPISchema.string("The repository.", minLength: 1),
                    "tag": OpenAPISchema.string("The tag."),
                    "pullSecretName": OpenAPISchema.string("A Secret with the registry's credentials."),
                ], "The container's image.", required: ["repo"]),
            "command": words("The command instead of the image's, if not empty."),
            "args": words("The arguments instead of the image's, if not empty."), "env": environment,
            "resources": resources,
        ]
    }

    private static var environment: JSONValue {
        OpenAPISchema.object(
            [
                "variables": map(
                    of: OpenAPISchema.object(
                        [
                            "value": OpenAPISchema.string("The value. Numbers and truth values must be quoted."),
                            "valueFrom": foreignReference,
                        ], rules: [one(of: "value", "valueFrom")]), "Variables by name.", most: 1000),
                "secrets": map(
                    of: OpenAPISchema.object(
                        [
                            "value": OpenAPISchema.string("The value in clear text; secretRef is better."),
                            "secretRef": OpenAPISchema.object(
                                [
                                    "namespace": OpenAPISchema.string("The namespace of the Job, or nothing."),
                                    "name": OpenAPISchema.string("The Secret.", minLength: 1),
                                    "key": OpenAPISchema.string("The key in the Secret.", minLength: 1),
                                ], "A key of a Secret.", required: ["name", "key"]),
                        ], rules: [one(of: "value", "secretRef")]), "Secret variables by name.", most: 1000),
            ], "The container's variables.")
    }

    private static var resources: JSONValue {
        func amounts(_ description: String) -> JSONValue {
            func amount(_ description: JSONValue) -> JSONValue {
                [
                    "description": description, "anyOf": [["type": "integer"], ["type": "string"]],
                    "x-kubernetes-int-or-string": true,
                ]
            }
            return OpenAPISchema.object(
                ["cpu": amount("Processors, such as 500m."), "memory": amount("Bytes, such as 1Gi.")], description)
        }
        return OpenAPISchema.object(
            [
                "limits": amounts("What the container may use at most; 1000m and 1Gi if absent."),
                "requests": amounts("What is set aside for the container; 50m and 100Mi if absent."),
            ], "Processor and memory.")
    }

    private static var countFields: JSONObject {
        func count(_ description: String, _ format: String = "int32") -> JSONValue {
            OpenAPISchema.integer(description, format: format, minimum: 0)
        }
        return [
            "parallelism": count("How many pods run at once; 1 if absent or 0."),
            "completions": count("How many pods must succeed; 1 if absent or 0."),
            "backoffLimit": count("How often a failed pod is replaced by another; 6 if absent."),
            "activeDeadlineSeconds": count("After how long the Job is ended; never if absent or 0.", "int64"),
            "ttlSecondsAfterFinished": count("How long after its end the Job is deleted; never if absent or 0."),
            "completionMode": OpenAPISchema.string(
                "Whether each pod has an index of its own.", enumeration: ["NonIndexed", "Indexed"]),
            "restartPolicy": OpenAPISchema.string(
                "Whether a failed container is started again in its pod.", enumeration: ["OnFailure", "Never"]),
            "suspend": OpenAPISchema.boolean("Holds the Job."),
        ]
    }

    private static var podFields: JSONObject {
        [
            "configMaps": map(
                of: OpenAPISchema.string(), "ConfigMaps to make: name and content. The content's key is the name."),
            "volumeMounts": .object(
                (OpenAPISchema.array(of: volumeMount, "What is mounted.", mapKey: "name").object ?? [:])
                    .appending(["maxItems": 100])),
        ]
    }

    private static let volumeKinds = ["configMap", "secret", "hostPath", "emptyDir", "pvc"]

    private static var volumeMount: JSONValue {
        let place: JSONObject = [
            "name": OpenAPISchema.string("The volume's name.", minLength: 1, maxLength: 63),
            "mountPath": OpenAPISchema.string("Where, absolute.", maxLength: 4096, pattern: "^/"),
            "readOnly": OpenAPISchema.boolean("Whether nothing can be written there."),
            "subPath": OpenAPISchema.string("The only part of the volume to mount; all if absent."),
        ]
        return OpenAPISchema.object(
            place.appending(volumes), required: ["name", "mountPath"],
            rules: [
                OpenAPISchema.rule(
                    "[" + volumeKinds.map { "has(self.\($0))" }.joined(separator: ", ") + "].filter(x, x).size() == 1",
                    message: "exactly one of \(volumeKinds.joined(separator: ", ")) is required")
            ])
    }

    private static func files(_ description: String) -> JSONValue {
        OpenAPISchema.object(
            [
                "name": OpenAPISchema.string("Its name.", minLength: 1),
                "key": OpenAPISchema.string("The only key to mount; all if absent."),
                "path": OpenAPISchema.string("The file for that key; the key's name if absent."),
                "defaultMode": .object([
                    "description": "The files' mode, in decimal: 493 is 0755.", "type": "integer", "format": "int32",
                    "minimum": 0, "maximum": 511,
                ]),
            ], description, required: ["name"])
    }

    private static var volumes: JSONObject {
        [
            "configMap": files("A ConfigMap, of the Job's namespace or of configMaps."),
            "secret": files("A Secret of the Job's namespace."),
            "hostPath": OpenAPISchema.object(
                [
                    "path": OpenAPISchema.string("The path.", minLength: 1),
                    "type": OpenAPISchema.string(
                        "What must be there, or is made.",
                        enumeration: [
                            "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice",
                            "BlockDevice",
                        ]),
                ], "A path of the node; only where the controller's operator allows it.", required: ["path"]),
            "emptyDir": OpenAPISchema.object(
                [
                    "medium": OpenAPISchema.string(
                        "Memory, or the node's disk if absent.", enumeration: ["", "Memory"]),
                    "sizeLimit": OpenAPISchema.string("How large it may grow, such as 1Gi."),
                ], "An empty folder that goes with the pod."),
            "pvc": OpenAPISchema.object(
                [
                    "claimName": OpenAPISchema.string("The claim's name.", minLength: 1),
                    "readOnly": OpenAPISchema.boolean("Whether nothing can be written to the volume."),
                ], "A PersistentVolumeClaim of the Job's namespace.", required: ["claimName"]),
        ]
    }
}
