import KubeObjects

/// Named formats (Kubernetes' format library): `format.dns1123Label().validate(name)`, whose result is empty if it is right.
enum CELNamedFormats {
    private static let type = CELType.opaque("kubernetes.NamedFormat")

    static let functions: [String: CELFunction] = {
        var functions: [String: CELFunction] = [
            "format.named": CELFunction([.function([.string], .optional(type))]) {
                guard case .string(let name) = $0[0] else { return nil }
                return .optional(checks[name] == nil ? nil : .format(name))
            },
            "validate": CELFunction(
                [.method([type, .string], .optional(.list(.string)))], cost: { CELCost.reading($0.last) }
            ) {
                guard case .format(let name) = $0[0], case .string(let text) = $0[1], let check = checks[name] else {
                    return nil
                }
                let faults = check(text)
                return .optional(faults.isEmpty ? nil : CELStrings.strings(faults))
            },
        ]
        for name in checks.keys {
            functions["format.\(name)"] = CELFunction([.function([], type)]) { _ in .format(name) }
        }
        return functions
    }()

    private static let checks: [String: @Sendable (String) -> [String]] = [
        "dns1123Label": { NameValidation.dns1123Label($0) },
        "dns1123Subdomain": { NameValidation.dns1123Subdomain($0) },
        "dns1035Label": { NameValidation.dns1035Label($0) },
        "qualifiedName": { NameValidation.qualifiedName($0) },
        "dns1123LabelPrefix": { NameValidation.dns1123Label(completed($0)) },
        "dns1123SubdomainPrefix": { NameValidation.dns1123Subdomain(completed($0)) },
        "dns1035LabelPrefix": { NameValidation.dns1035Label(completed($0)) },
        "labelValue": { NameValidation.labelValue($0) },
        "uri": { text in
            CELURL(text) == nil ? ["parse \(text.quoted): invalid URI for request"] : []
        },
        "uuid": { StringFormat.matches($0, "uuid") ? [] : ["does not match the UUID format"] },
        "byte": { StringFormat.matches($0, "byte") ? [] : ["invalid base64"] },
        "date": { StringFormat.matches($0, "date") ? [] : ["invalid date"] },
        "datetime": { StringFormat.matches($0, "date-time") ? [] : ["invalid datetime"] },
    ]

    /// A prefix may end in a dash, behind which a name would go on.
    private static func completed(_ prefix: String) -> String {
        prefix.hasSuffix("-") && prefix.count > 1 ? prefix.dropLast() + "a" : prefix
    }
}
