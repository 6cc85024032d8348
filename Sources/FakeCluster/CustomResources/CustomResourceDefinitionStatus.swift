import KubeObjects

/// The status of a CustomResourceDefinition: conditions, accepted names, stored versions.
struct CustomResourceDefinitionStatus {
    /// The finalizer that keeps a definition until its objects are gone.
    static let cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    private(set) var json: JSONValue
    private let now: Timestamp

    /// A status as it is, changed at a moment.
    init(_ json: JSONValue, now: Timestamp) {
        self.json = json
        self.now = now
    }

    /// Accepts the names of a definition, or says which of them another one has.
    mutating func accept(_ wanted: CustomResourceNames, _ inUse: CustomResourceNames, names: JSONValue) {
        let conflict = wanted.ordered.first { ($0.isKind ? inUse.kinds : inUse.resources).contains($0.name) }
        if let conflict {
            set("NamesAccepted", "False", "\(conflict.label)Conflict", "\"\(conflict.name)\" is already in use")
            if condition("Established")?["status"] != "True" {
                set("Established", "False", "NotAccepted", "not all names are accepted")
            }
            return
        }
        json["acceptedNames"] = names
        set("NamesAccepted", "True", "NoConflicts", "no conflicts found")
        set("Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
    }

    /// Notes that objects are stored in a version.
    mutating func store(version: String) {
        var versions = json.list("storedVersions")
        if !versions.contains(.string(version)) { versions.append(.string(version)) }
        json["storedVersions"] = .array(versions)
    }

    /// Whether the resource is served.
    var isEstablished: Bool { condition("Established")?["status"] == "True" }

    /// A condition by its type.
    func condition(_ type: String) -> JSONValue? {
        json.list("conditions").first { $0["type"] == .string(type) }
    }

    /// Sets a condition; its time changes with its status only.
    mutating func set(_ type: String, _ status: String, _ reason: String, _ message: String) {
        var conditions = json.list("conditions")
        let place = conditions.firstIndex { $0["type"] == .string(type) }
        let old = place.map { conditions[$0] }
        let isSame = old?["status"] == .string(status)
        let condition: JSONValue = [
            "type": .string(type), "status": .string(status),
            "lastTransitionTime": isSame ? old?["lastTransitionTime"] ?? .null : .string(now.rfc3339),
            "reason": .string(reason), "message": .string(message),
        ]
        if let place { conditions[place] = condition } else { conditions.append(condition) }
        json["conditions"] = .array(conditions)
    }
}
