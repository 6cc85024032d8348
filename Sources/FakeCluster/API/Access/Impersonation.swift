import HTTPTypes
import KubeWire

/// A request in another user's name (API reference, "User impersonation").
struct Impersonation: Sendable {
    /// In whose name.
    let user: UserIdentity
    private let requestedGroups: [String]

    /// Reads the `Impersonate-` headers; nil if there are none.
    /// - Throws: 500, as the real server does, if something but the user is named.
    init?(_ headers: HTTPFields) throws(KubeStatus) {
        var groups: [String] = []
        var extra: [String: [String]] = [:]
        let extraPrefix = "impersonate-extra-"
        for field in headers {
            let name = field.name.rawName.lowercased()
            if name == "impersonate-group" { groups.append(field.value) }
            if name.hasPrefix(extraPrefix) {
                let key = PercentEncoding.decode(String(name.dropFirst(extraPrefix.count)))
                extra[key, default: []].append(field.value)
            }
        }
        let uid = headers.value("Impersonate-Uid")
        guard let name = headers.value("Impersonate-User"), !name.isEmpty else {
            guard groups.isEmpty, extra.isEmpty, uid == nil else {
                throw KubeStatus.internalError(
                    "requested impersonation without impersonating a user")
            }
            return nil
        }
        requestedGroups = groups
        var allGroups = groups
        if groups.isEmpty, let account = ServiceAccountName(user: name) { allGroups = account.groups }
        let general = name == UserIdentity.anonymous.name ? "system:unauthenticated" : "system:authenticated"
        if !allGroups.contains(general) { allGroups.append(general) }
        user = UserIdentity(name: name, groups: allGroups, uid: uid, extra: extra)
    }

    /// What the caller must be allowed for this: `impersonate` on the user, on each group, on each value of an extra key and
    /// on the uid.
    func accessRequests(by caller: UserIdentity) -> [AccessRequest] {
        var first = AccessRequest(user: caller, verb: "impersonate", resource: "users", name: user.name)
        if let account = ServiceAccountName(user: user.name) {
            first.resource = "serviceaccounts"
            first.namespace = account.namespace
            first.name = account.name
        }
        return [first]
            + requestedGroups.map {
                AccessRequest(user: caller, verb: "impersonate", resource: "groups", name: $0)
            } + extraRequests(by: caller)
    }

    private func extraRequests(by caller: UserIdentity) -> [AccessRequest] {
        let group = "authentication.k8s.io"
        var requests: [AccessRequest] = []
        for (key, values) in user.extra.sorted(by: { $0.key < $1.key }) {
            for value in values {
                var request = AccessRequest(
                    user: caller, verb: "impersonate", group: group, resource: "userextras", name: value)
                request.subresource = key
                requests.append(request)
            }
        }
        guard let uid = user.uid else { return requests }
        return requests + [
            AccessRequest(user: caller, verb: "impersonate", group: group, resource: "uids", name: uid)
        ]
    }
}

/// A service account, as user names and groups speak of it.
struct ServiceAccountName: Sendable, Hashable {
    /// The account's namespace.
    let namespace: String
    /// The account's name.
    let name: String

    /// A service account.
    init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// Reads `system:serviceaccount:NAMESPACE:NAME`; nil for other users.
    init?(user: String) {
        let parts = user.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return nil }
        self.init(namespace: parts[2], name: parts[3])
    }

    /// The account's user name.
    var userName: String { "system:serviceaccount:\(namespace):\(name)" }
    /// The groups that every service account is in.
    var groups: [String] { ["system:serviceaccounts", "system:serviceaccounts:\(namespace)"] }
}
