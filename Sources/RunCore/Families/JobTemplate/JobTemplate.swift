public import KubeObjects

/// A JobTemplate: a Job's spec kept once, and what its runs may change of it.
public struct JobTemplate: Sendable, Hashable {
    /// The whole object.
    public var object: KubeObject

    /// Reads an object as a JobTemplate; nothing is checked.
    public init(_ object: KubeObject) { self.object = object }

    /// `spec`: exactly a `batch/v1` JobSpec.
    public var jobSpec: JSONObject? { object["spec"]?.object }

    /// The names of the containers of its pods, in order; init containers are not among them.
    public var containerNames: [String] {
        containers.compactMap { $0["name"]?.string }
    }

    /// The container that a run means if it names none: the one of the annotation
    /// `kubectl.kubernetes.io/default-container` of the pod template, else the first. Nil if there is no container.
    public var defaultContainer: String? { ObservedPod.mainContainer(ofTemplate: object[path: "spec", "template"]) }

    /// `parameters`, beside `spec`; entries without a name are left out.
    public var parameters: [JobParameter] {
        object["parameters"]?.array?.compactMap(JobParameter.init) ?? []
    }

    /// `overridable`: the fields of a run's spec that a run may set. `*` stands for all.
    public var overridable: [String] {
        object["overridable"]?.array?.compactMap(\.string) ?? Self.defaultOverridable
    }

    /// What a run may set if the template does not say.
    public static let defaultOverridable = ["command", "args", "parameters"]

    /// Whether a run may set this field of its spec.
    public func allowsOverride(of field: String) -> Bool {
        let allowed = overridable
        return allowed.contains(field) || allowed.contains("*")
    }

    /// The template as it is now. The digest covers everything but the metadata.
    public var snapshot: TemplateSnapshot { TemplateSnapshot(of: object) }

    private var containers: [JSONValue] {
        object[path: "spec", "template", "spec", "containers"]?.array ?? []
    }
}
