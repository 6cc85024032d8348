public import KubeObjects

/// A run of `acme.com/v1`; all its fields are at the root.
public struct PlainRun: Sendable, Hashable {
    /// The whole object.
    public var object: KubeObject

    /// Reads an object as a run; nothing is checked.
    public init(_ object: KubeObject) { self.object = object }

    /// The name of the only container.
    static let containerName = "main"
    /// What runs if the run does not say.
    static let standardImage = "busybox"
    /// How often a failed pod is replaced if the run does not say.
    static let standardRetries: Int64 = 10

    /// `retries`.
    var retries: Int64 { object["retries"]?.integer ?? Self.standardRetries }

    /// The pod's spec.
    func podSpec() throws(RunRejection) -> JSONObject {
        ["restartPolicy": "Never", "containers": [.object(try container())]]
    }

    private func container() throws(RunRejection) -> JSONObject {
        let image = object["image"]?.string ?? ""
        var container: JSONObject = [
            "name": .string(Self.containerName), "image": .string(image.isEmpty ? Self.standardImage : image),
        ]
        if let command = words("command") { container["command"] = command }
        let variables = try variables()
        if !variables.isEmpty { container["env"] = .array(variables) }
        if let command = words("readiness") {
            container["readinessProbe"] = ["exec": ["command": command], "failureThreshold": 3]
        }
        return container
    }

    private func words(_ field: String) -> JSONValue? {
        guard let words = object[field], words.array?.isEmpty == false else { return nil }
        return words
    }

    /// `env`, then `envSecrets`, each sorted by name. Of a name in both, the Secret counts.
    private func variables() throws(RunRejection) -> [JSONValue] {
        let secrets = object["envSecrets"]?.object ?? [:]
        var variables: [JSONValue] = []
        for (name, value) in (object["env"]?.object ?? [:]).sortedByName where secrets[name] == nil {
            try VariableName.check(name, at: "env")
            variables.append(["name": .string(name), "value": value])
        }
        for (name, source) in secrets.sortedByName {
            try VariableName.check(name, at: "envSecrets")
            variables.append(
                [
                    "name": .string(name),
                    "valueFrom": [
                        "secretKeyRef": ["name": source["name"] ?? .null, "key": source["key"] ?? .null]
                    ],
                ])
        }
        return variables
    }
}

/// Names of variables, as the API server wants them.
enum VariableName {
    /// Refuses a name that no pod could have.
    static func check(_ name: String, at path: String) throws(RunRejection) {
        guard let fault = NameValidation.environmentVariable(name).first else { return }
        throw RunRejection(reason: .invalidRun, message: "\(path): \"\(name)\" names no variable: \(fault)")
    }
}

extension JSONObject {
    /// The members in the order of their names.
    var sortedByName: [(key: String, value: JSONValue)] { map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 } }
}
