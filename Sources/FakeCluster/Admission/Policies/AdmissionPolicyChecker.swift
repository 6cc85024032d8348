import KubeObjects
import KubeSchema
import KubeWire
import Logging

/// Checks the expressions of admission policies against the types of the resources that they are about, and tells in the
/// policy's status what does not fit (apiserver, `policy/validating/typechecking.go`; controller manager,
/// `validatingadmissionpolicystatus`).
struct AdmissionPolicyChecker: Sendable {
    private static let policies = APIResource(
        group: "admissionregistration.k8s.io", version: "v1", plural: "validatingadmissionpolicies",
        kind: "ValidatingAdmissionPolicy", isNamespaced: false)
    /// The most types that one rule is checked against.
    private static let typeLimit = 10

    let access: any ClusterAccess
    let registry: ResourceRegistry
    let time: TimeSource
    let logger: Logger

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<String>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            for await change in access.changes(of: [Self.policies]) where change.kind != .deleted {
                queue.add(change.object.name ?? "")
            }
        } reconcile: { name in
            try await reconcile(name)
            return nil
        }
    }

    private func reconcile(_ name: String) async throws {
        guard var policy = try await access.get(Self.policies, ObjectKey(name: name)) else { return }
        var status = policy["status"]?.object ?? [:]
        if policy.generation <= status["observedGeneration"]?.integer ?? 0 { return }
        let warnings = warnings(of: policy["spec"] ?? [:])
        status["observedGeneration"] = .integer(policy.generation)
        status["typeChecking"] = warnings.isEmpty ? [:] : ["expressionWarnings": .array(warnings)]
        policy["status"] = .object(status)
        _ = try await access.updateStatus(Self.policies, policy)
    }

    /// What does not fit, expression by expression.
    func warnings(of spec: JSONValue) -> [JSONValue] {
        let paramKind = spec["paramKind"].map {
            GroupVersionKind(apiVersion: $0.text("apiVersion"), kind: $0.text("kind"))
        }
        let params = paramKind.flatMap(schema)
        var compilers: [(kind: GroupVersionKind, compiler: PolicyCompiler)] = []
        for kind in kinds(of: spec["matchConstraints"] ?? [:]) {
            guard let schema = schema(of: kind) else { continue }
            var compiler = PolicyCompiler(hasParams: params != nil, object: schema, params: params)
            compiler.declareVariables()
            for variable in spec.list("variables") {
                _ = compiler.declare(variable.text("name"), variable.text("expression"))
            }
            compilers.append((kind, compiler))
        }
        var warnings: [JSONValue] = []
        for (position, validation) in spec.list("validations").enumerated() {
            for key in ["expression", "messageExpression"] {
                let expression = validation.text(key)
                if expression.isEmpty { continue }
                let faults = compilers.compactMap { kind, compiler in
                    compiler.typeFault(expression).map {
                        "\(kind.group)/\(kind.version), Kind=\(kind.kind): \($0)\n"
                    }
                }
                if faults.isEmpty { continue }
                warnings.append([
                    "fieldRef": .string("spec.validations[\(position)].\(key)"),
                    "warning": .string(faults.joined(separator: "\n")),
                ])
            }
        }
        return warnings
    }

    private func schema(of kind: GroupVersionKind) -> StructuralSchema? {
        guard let definition = registry.definition(of: kind) else { return nil }
        if let custom = definition.strategy as? CustomResourceStrategy {
            return PolicyCompiler.schema(ofCustomResource: custom.source)
        }
        return PolicyCompiler.schema(of: kind)
    }

    /// The kinds that a policy names without wildcards, in order.
    private func kinds(of match: JSONValue) -> [GroupVersionKind] {
        var found: Set<GroupVersionKind> = []
        for rule in match.list("resourceRules") {
            func texts(_ key: String) -> [String] { rule.list(key).compactMap(\.string).sorted() }
            let resources = texts("resources").filter { !$0.contains("*") && !$0.contains("/") }
            if (texts("apiGroups") + texts("apiVersions")).contains(where: { $0.contains("*") }) { continue }
            var count = 0
            for group in texts("apiGroups") {
                for version in texts("apiVersions") {
                    for resource in resources where count < Self.typeLimit {
                        let place = GroupVersion(group: group, version: version)
                        guard let known = registry.definition(place, plural: resource) else { continue }
                        found.insert(known.resource.groupVersionKind)
                        count += 1
                    }
                }
            }
        }
        return found.sorted { ($0.group, $0.version, $0.kind) < ($1.group, $1.version, $1.kind) }
    }
}
