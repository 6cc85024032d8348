public import KubeObjects

extension StructuralSchema {
    /// Fills in the schema's defaults. A `null` where none is allowed counts as absent: it takes the default, or goes.
    public func applyDefaults(to value: inout JSONValue) {
        dropNulls(in: &value)
        if hasDefaults { fillDefaults(in: &value) }
    }

    /// Whether a null is here by mistake and no default takes its place.
    private var dropsNull: Bool { !isNullable && defaultValue == nil }

    private func dropNulls(in value: inout JSONValue) {
        switch value {
        case .object(var members):
            value = .null
            for key in members.keys {
                guard let child = schema(ofMember: key), let current = members[key] else { continue }
                switch current {
                case .null: if child.dropsNull { members[key] = nil }
                case .object, .array: child.dropNulls(in: &members[key, default: .null])
                default: break
                }
            }
            value = .object(members)
        case .array(var elements):
            guard let items else { return }
            value = .null
            for index in elements.indices { items.dropNulls(in: &elements[index]) }
            value = .array(elements)
        default: break
        }
    }

    private func fillDefaults(in value: inout JSONValue) {
        switch value {
        case .object(var members):
            value = .null
            for name in propertyNames {
                guard let property = properties[name], let fallback = property.defaultValue else { continue }
                let current = members[name]
                if current == nil || (current == .null && !property.isNullable) { members[name] = fallback }
            }
            for key in members.keys {
                guard let child = schema(ofMember: key), child.hasDefaults else { continue }
                child.fillDefaultOrNull(&members[key, default: .null], isMapValue: properties[key] == nil)
            }
            value = .object(members)
        case .array(var elements):
            guard let items, items.hasDefaults else { return }
            value = .null
            for index in elements.indices { items.fillDefaultOrNull(&elements[index], isMapValue: true) }
            value = .array(elements)
        default: break
        }
    }

    private func fillDefaultOrNull(_ value: inout JSONValue, isMapValue: Bool) {
        if isMapValue, value == .null, !isNullable, let defaultValue { value = defaultValue }
        fillDefaults(in: &value)
    }
}
