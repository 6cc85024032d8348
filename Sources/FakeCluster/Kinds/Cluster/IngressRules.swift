import KubeObjects
import KubeSchema

/// `networking.k8s.io/v1` Ingresses. They are stored; nothing listens for them.
struct IngressRules: KindRules {
    private static let pathTypes = ["Exact", "ImplementationSpecific", "Prefix"]

    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 0, asChanged: 1) }
    var table: TableConvention { .ingresses }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("status") { $0.setDefault("loadBalancer", [:]) }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = ["loadBalancer": [:]]
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if spec.list("rules").isEmpty, spec["defaultBackend"] == nil {
            errors.append(.invalid(path, spec, "either `defaultBackend` or `rules` must be specified"))
        }
        if let backend = spec["defaultBackend"] { errors += validate(backend, at: path.child("defaultBackend")) }
        for (index, rule) in spec.list("rules").enumerated() {
            let place = path.child("rules").index(index)
            let host = rule.text("host")
            if !host.isEmpty {
                let name = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
                errors += NameValidation.dns1123Subdomain(name).map {
                    .invalid(place.child("host"), .string(host), $0)
                }
            }
            guard let http = rule["http"] else { continue }
            let paths = place.child("http").child("paths")
            if http.list("paths").isEmpty { errors.append(.required(paths)) }
            for (index, entry) in http.list("paths").enumerated() {
                errors += validate(path: entry, at: paths.index(index))
            }
        }
        if let name = spec["ingressClassName"] {
            errors += NameRule.subdomain.validate(name.string ?? "", at: path.child("ingressClassName"))
        }
        return errors
    }

    private func validate(path entry: JSONValue, at place: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let type = entry.text("pathType")
        let path = entry.text("path")
        if type.isEmpty {
            errors.append(.required(place.child("pathType"), "pathType must be specified"))
        } else if !Self.pathTypes.contains(type) {
            errors.append(.notSupported(place.child("pathType"), .string(type), supported: Self.pathTypes))
        } else if type != "ImplementationSpecific" || !path.isEmpty, !path.hasPrefix("/") {
            errors.append(.invalid(place.child("path"), .string(path), "must be an absolute path"))
        }
        return errors + validate(entry["backend"] ?? [:], at: place.child("backend"))
    }

    private func validate(_ backend: JSONValue, at place: FieldPath) -> [FieldError] {
        switch (backend["service"], backend["resource"]) {
        case (nil, nil): return [.required(place, "port name or number is required")]
        case (_?, _?): return [.invalid(place, "", "cannot set both resource and service backends")]
        case (nil, _?): return []
        case (let service?, nil):
            var errors: [FieldError] = []
            let name = service.text("name")
            if name.isEmpty {
                errors.append(.required(place.child("service").child("name")))
            } else {
                errors += NameRule.strictLabel.validate(name, at: place.child("service").child("name"))
            }
            let port = service["port"] ?? [:]
            let number = port["number"]?.integer ?? 0
            if !port.text("name").isEmpty, number != 0 {
                errors.append(.invalid(place, "", "cannot set both port name & port number"))
            } else if port.text("name").isEmpty {
                if number == 0 { return errors + [.required(place, "port name or number is required")] }
                errors += NumberRule.port(
                    port["number"], at: place.child("service").child("port").child("number"))
            }
            return errors
        }
    }
}

/// `networking.k8s.io/v1` IngressClasses.
struct IngressClassRules: KindRules {
    var hasGeneration: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .ingressClasses }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("spec", [:])
        object.edit("spec") { spec in spec.edit("parameters") { $0.setDefault("scope", "Cluster") } }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] =
            spec.text("controller").isEmpty ? [.required(path.child("controller"))] : []
        if let parameters = spec["parameters"] {
            for key in ["kind", "name"] where parameters.text(key).isEmpty {
                errors.append(.required(path.child("parameters", key), "\(key) is required"))
            }
        }
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        Immutability.check(
            "controller", object["spec"] ?? [:], old["spec"] ?? [:], at: FieldPath("spec"))
            + validate(object, context)
    }
}
