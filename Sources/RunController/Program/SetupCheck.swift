package import KubeClient
package import KubeObjects
import KubeWire
package import RunCore

/// Looks whether a controller can work where it is installed: whether its resources are served, whether everything is
/// allowed that it does, and whether the lease is held by a controller that lives.
package struct SetupCheck: Sendable {
    /// One answer.
    package struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// How it is.
        package enum Verdict: String, Sendable, Hashable {
            /// As it has to be.
            case good = "ok"
            /// Something is not there that need not be.
            case note
            /// The controller cannot work.
            case bad = "missing"
        }

        /// How it is.
        package var verdict: Verdict
        /// What was looked at, and what would be right.
        package var text: String

        /// A line for the user.
        package var description: String { "\(verdict.rawValue): \(text)" }
    }

    /// How the API server is reached, with the controller's own rights.
    package var client: KubeClient
    /// The families that are to work.
    package var families: [any RunFamily]
    /// The namespaces that are watched; empty for all.
    package var namespaces: [String]
    /// Where the lease is, and its name; nil if controllers work without.
    package var lease: ObjectKey?
    /// The current moment.
    package var time = TimeSource.system

    /// A check.
    package init(client: KubeClient, families: [any RunFamily], namespaces: [String], lease: ObjectKey?) {
        self.client = client
        self.families = families
        self.namespaces = namespaces
        self.lease = lease
    }

    /// Looks at everything, once.
    /// - Throws: `TransportError` or `KubeStatus` if the server does not answer questions at all.
    package func findings() async throws -> [Finding] {
        var findings: [Finding] = []
        for family in families {
            findings += try await resources(of: family)
            findings += try await rights(of: family)
        }
        guard let lease else { return findings }
        findings += try await rights(ControllerRole.leaseRules, for: "leader election", in: [lease.namespace])
        return findings + [try await holder(of: lease)]
    }

    // MARK: Resources

    private func resources(of family: any RunFamily) async throws -> [Finding] {
        var findings: [Finding] = []
        for resource in [family.runResource] + (family.templateResource.map { [$0] } ?? []) {
            let name = "\(resource.definitionName) \(resource.version)"
            let version = GroupVersion(group: resource.group, version: resource.version)
            let served = try await client.servedResources(of: version)
            if served.contains(resource.plural), resource == family.runResource,
                !served.contains("\(resource.plural)/status")
            {
                findings.append(
                    Finding(
                        verdict: .bad,
                        text: "\(family.name): \(name) is served without the subresource status, which the controller "
                            + "writes; its definition needs subresources: {status: {}}"))
            } else if served.contains(resource.plural) {
                findings.append(Finding(verdict: .good, text: "\(family.name): \(name) is served"))
            } else if Definitions.ours.contains(where: { $0.name == resource.definitionName }) {
                findings.append(
                    Finding(
                        verdict: .bad,
                        text: "\(family.name): \(name) is not served; apply its definition: "
                            + "run-controller crds | kubectl apply --server-side -f -"))
            } else {
                findings.append(
                    Finding(verdict: .note, text: "\(family.name): \(name) is not served; it will be used once it is"))
            }
        }
        return findings
    }

    // MARK: Rights

    private func rights(of family: any RunFamily) async throws -> [Finding] {
        let cluster = ControllerRole.clusterRules(for: family)
        let namespaced = ControllerRole.rules(for: [family]).filter { !cluster.contains($0) }
        return try await rights(namespaced, for: family.name, in: namespaces.isEmpty ? [""] : namespaces)
            + rights(cluster, for: family.name, in: [""])
    }

    /// One finding for all rights that are there, and one for each that is not.
    private func rights(_ rules: [AccessRule], for what: String, in namespaces: [String]) async throws -> [Finding] {
        var missing: [Finding] = []
        var count = 0
        for namespace in namespaces {
            for rule in rules {
                for verb in rule.verbs {
                    count += 1
                    guard try await !isAllowed(verb, rule, in: namespace) else { continue }
                    let resource = rule.group.isEmpty ? rule.resource : "\(rule.resource).\(rule.group)"
                    let place = namespace.isEmpty ? "in the whole cluster" : "in the namespace \(namespace)"
                    missing.append(
                        Finding(verdict: .bad, text: "\(what): the right to \(verb) \(resource) \(place)"))
                }
            }
        }
        guard missing.isEmpty else { return missing }
        return count == 0 ? [] : [Finding(verdict: .good, text: "\(what): all \(count) rights are there")]
    }

    private func isAllowed(_ verb: String, _ rule: AccessRule, in namespace: String) async throws -> Bool {
        let parts = rule.resource.split(separator: "/", maxSplits: 1).map(String.init)
        var attributes: JSONObject = [
            "group": .string(rule.group), "resource": .string(parts[0]), "verb": .string(verb),
        ]
        if parts.count > 1 { attributes["subresource"] = .string(parts[1]) }
        if !namespace.isEmpty { attributes["namespace"] = .string(namespace) }
        let resource = APIResource.selfSubjectAccessReviews
        let review: JSONObject = [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "spec": ["resourceAttributes": .object(attributes)],
        ]
        return try await client.create(resource, KubeObject(review))[path: "status", "allowed"]?.bool ?? false
    }

    // MARK: The lease

    private func holder(of key: ObjectKey) async throws -> Finding {
        let lease: KubeObject
        do {
            lease = try await client.get(.leases, namespace: key.namespace, name: key.name)
        } catch let status as KubeStatus where status.isNotFound || status.isForbidden {
            return Finding(verdict: .bad, text: "lease \(key): \(status.message)")
        }
        let holder = lease[path: "spec", "holderIdentity"]?.string ?? ""
        let seconds = lease[path: "spec", "leaseDurationSeconds"]?.integer ?? 0
        guard !holder.isEmpty, let renewed = lease[path: "spec", "renewTime"]?.string.flatMap({ Timestamp($0) }) else {
            return Finding(verdict: .bad, text: "lease \(key): no controller holds it")
        }
        guard renewed + .seconds(seconds) > time.now() else {
            return Finding(verdict: .bad, text: "lease \(key): \(holder) has not renewed it since \(renewed.rfc3339)")
        }
        return Finding(verdict: .good, text: "lease \(key): \(holder) holds it")
    }
}

extension APIResource {
    /// Questions of what the asker may do.
    fileprivate static let selfSubjectAccessReviews = APIResource(
        group: "authorization.k8s.io", version: "v1", plural: "selfsubjectaccessreviews",
        kind: "SelfSubjectAccessReview", isNamespaced: false)
}
