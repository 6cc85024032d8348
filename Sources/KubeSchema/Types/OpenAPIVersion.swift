/// The versions of OpenAPI in which a server describes its types.
public enum OpenAPIVersion: Sendable, Hashable {
    /// Swagger 2.0: one document at `/openapi/v2`.
    case v2
    /// OpenAPI 3.0: one document for each group and version at `/openapi/v3/...`.
    case v3

    /// What stands before a type's name in a reference.
    public var referencePrefix: String {
        switch self {
        case .v2: "#/definitions/"
        case .v3: "#/components/schemas/"
        }
    }
}
