import KubeObjects
import KubeSchema

/// `v1` Secrets.
struct SecretRules: KindRules {
    private static let maxBytes = 1024 * 1024
    /// What a Secret of a known type must hold.
    private static let requiredKeys = [
        "kubernetes.io/dockercfg": [".dockercfg"], "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
        "kubernetes.io/ssh-auth": ["ssh-privatekey"], "kubernetes.io/tls": ["tls.crt", "tls.key"],
    ]

    var table: TableConvention { .secrets }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("type", "Opaque")
        // stringData is write-only: it ends up in data.
        guard let plain = object.removeValue(forKey: "stringData")?.object, !plain.isEmpty else { return }
        object.editOrMake("data") { data in
            for (key, value) in plain { data[key] = .string(Base64.encode((value.string ?? "").utf8)) }
        }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let data = object.value.map("data")
        let type = object.value.text("type")
        var errors: [FieldError] = []
        var size = 0
        for (key, value) in data {
            errors += NameValidation.configMapKey(key).map {
                .invalid(FieldPath("data").key(key), .string(key), $0)
            }
            size += (value.string?.utf8.count ?? 0) / 4 * 3
        }
        if size > Self.maxBytes { errors.append(.tooLong(FieldPath("data"), maximum: Self.maxBytes)) }
        // A key of no bytes opens nothing; of a certificate the server only asks that there is one.
        let isKey = type == "kubernetes.io/ssh-auth"
        for key in Self.requiredKeys[type] ?? [] where data[key] == nil || isKey && data[key] == "" {
            errors.append(.required(FieldPath("data").key(key)))
        }
        if type == "kubernetes.io/dockercfg" || type == "kubernetes.io/dockerconfigjson" {
            errors += data.flatMap { validate(registryLogins: $0.value, key: $0.key, type) }
        }
        if type == "kubernetes.io/basic-auth", data["username"] == nil, data["password"] == nil {
            errors.append(.required(FieldPath("data").key("username")))
            errors.append(.required(FieldPath("data").key("password")))
        }
        let account = "kubernetes.io/service-account.name"
        if type == "kubernetes.io/service-account-token", object.annotations[account]?.isEmpty ?? true {
            errors.append(.required(FieldPath("metadata", "annotations").key(account)))
        }
        return errors
    }

    /// The logins to registries must be a JSON object; what it holds instead is not told.
    private func validate(registryLogins value: JSONValue, key: String, _ type: String) -> [FieldError] {
        guard Self.requiredKeys[type] == [key] else { return [] }
        func fault(_ why: String) -> [FieldError] {
            [.invalid(FieldPath("data").key(key), "<secret contents redacted>", why)]
        }
        do throws(JSONError) {
            let logins = try JSONValue(parsing: Base64.decode(value.string ?? "") ?? [])
            if logins.object != nil || logins.isNull { return [] }
            return fault(
                "json: cannot unmarshal \(logins.goTypeName) into Go value of type map[string]interface {}")
        } catch {
            return fault(error.message)
        }
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        Immutability.check("type", object.value, old.value, at: .root)
            + ImmutableDataRule.check(object, old: old, fields: ["data"]) + validate(object, context)
    }

    func selectableFields(_ object: KubeObject) -> [String: String] { ["type": object.value.text("type")] }
}
