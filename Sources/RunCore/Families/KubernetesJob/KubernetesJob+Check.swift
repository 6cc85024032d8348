import KubeObjects

extension KubernetesJob {
    /// What no schema can say: what only the system of origin can do, what the operator forbids, what contradicts itself.
    func check(_ settings: RunSettings) throws(RunRejection) {
        if spec?["targetCluster"] != nil {
            throw unsupported("spec.targetCluster", "a controller works in its own cluster; leave it out")
        }
        let plain = spec?["env"]?["variables"]?.object ?? [:]
        for (name, source) in plain.sortedByName where source["valueFrom"] != nil {
            throw unsupported(
                "spec.env.variables.\(name).valueFrom",
                "nothing here resolves references to other resources; give a value")
        }
        for (name, source) in (spec?["env"]?["secrets"]?.object ?? [:]).sortedByName {
            let path = "spec.env.secrets.\(name)"
            if plain[name] != nil { throw invalid(path, "spec.env.variables has a variable of the same name") }
            if let other = source["secretRef"]?["namespace"]?.string, !other.isEmpty,
                other != namespace ?? borrower?.namespace
            {
                throw invalid(
                    "\(path).secretRef.namespace",
                    "a pod can only use Secrets of its own namespace, \"\(namespace ?? borrower?.namespace ?? "")\", not of \"\(other)\""
                )
            }
        }
        for map in configMaps {
            if let fault = NameValidation.dns1123Subdomain(map.name).first {
                throw invalid("spec.configMaps", "\"\(map.name)\" names no ConfigMap: \(fault)")
            }
        }
        for entry in spec?["volumeMounts"]?.array ?? [] where entry["hostPath"] != nil {
            guard !settings.allowsHostPath else { continue }
            throw RunRejection(
                reason: .hostPathNotAllowed,
                message:
                    "spec.volumeMounts[\(entry["name"]?.string ?? "")].hostPath: paths of the node are not mounted, "
                    + "unless the controller was started with --allow-host-path true")
        }
    }

    /// What a template for another run must not ask for either. Its namespace is no matter of choice: what it says of
    /// another one, its secrets above all, is for that one.
    func checkBorrowing(_ settings: RunSettings) throws(RunRejection) {
        if spec?["namespace"]?["valueFrom"] != nil {
            throw unsupported("spec.namespace.valueFrom", "nothing here resolves references to other resources")
        }
        if let namespace, namespace != borrower?.namespace {
            throw RunRejection(
                reason: .invalidTemplate,
                message:
                    "KubernetesJob \"\(name)\": spec.namespace.value: \"\(namespace)\" is not the run's namespace, "
                    + "\"\(borrower?.namespace ?? "")\"")
        }
        try check(settings)
    }

    private func invalid(_ path: String, _ fault: String) -> RunRejection {
        RunRejection(reason: .invalidRun, message: "\(path): \(fault)")
    }

    private func unsupported(_ path: String, _ advice: String) -> RunRejection {
        RunRejection(reason: .unsupported, message: "\(path): \(advice)")
    }
}
