/// Who to act as (`Impersonate-*` headers).
public struct Impersonation: Sendable, Hashable {
    /// The user's name.
    public var user: String
    /// The groups, in order.
    public var groups: [String]
    /// The user's uid.
    public var uid: String?
    /// Further attributes, each with its values.
    public var extra: [String: [String]]

    /// Somebody else.
    public init(user: String, groups: [String] = [], uid: String? = nil, extra: [String: [String]] = [:]) {
        self.user = user
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }
}
