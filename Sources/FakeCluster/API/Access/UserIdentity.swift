/// Who sends a request: what authentication found out, and what authorization decides on.
public struct UserIdentity: Sendable, Hashable {
    /// The user name, such as `system:serviceaccount:demo:default`.
    public var name: String
    /// The groups, such as `system:masters`.
    public var groups: [String]
    /// The uid, if the authenticator knows one.
    public var uid: String?
    /// Further attributes.
    public var extra: [String: [String]]

    /// A user.
    public init(name: String, groups: [String] = [], uid: String? = nil, extra: [String: [String]] = [:]) {
        self.name = name
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }

    /// The user of the generated kubeconfig, who may do everything.
    public static let admin = UserIdentity(
        name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"])
    /// Who sends no credentials.
    public static let anonymous = UserIdentity(name: "system:anonymous", groups: ["system:unauthenticated"])
}
