import KubeObjects
import KubeSchema

/// What the name of an object, or a name within one, must look like.
enum NameRule: Sendable {
    /// A DNS subdomain (RFC 1123): most objects.
    case subdomain
    /// A DNS label (RFC 1123): namespaces, containers, volumes.
    case label
    /// A DNS label that begins with a letter (RFC 1035): services.
    case strictLabel
    /// Whatever can be a segment of a path: RBAC objects.
    case pathSegment

    /// What is wrong with a name, in the words of the API server.
    func faults(_ name: String) -> [String] {
        switch self {
        case .subdomain: NameValidation.dns1123Subdomain(name)
        case .label: NameValidation.dns1123Label(name)
        case .strictLabel: NameValidation.dns1035Label(name)
        case .pathSegment: NameValidation.pathSegmentName(name)
        }
    }

    /// The faults of a name at a path.
    func validate(_ name: String, at path: FieldPath) -> [FieldError] {
        faults(name).map { .invalid(path, .string(name), $0) }
    }
}
