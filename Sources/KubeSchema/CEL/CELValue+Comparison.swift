import KubeObjects

extension CELValue {
    /// CEL's `==`: numbers of different types are equal if their values are; values of different kinds are not.
    func isEqual(to other: CELValue) -> Bool {
        switch (self, other) {
        case (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.string(let left), .string(let right)): return left.unicodeScalars.elementsEqual(right.unicodeScalars)
        case (.bytes(let left), .bytes(let right)): return left == right
        case (.timestamp(let left), .timestamp(let right)): return left == right
        case (.duration(let left), .duration(let right)): return left == right
        case (.quantity(let left), .quantity(let right)): return left == right
        case (.ip(let left), .ip(let right)): return left == right
        case (.cidr(let left), .cidr(let right)): return left == right
        case (.url(let left), .url(let right)): return left == right
        case (.type(let left), .type(let right)): return left == right
        case (.optional(let left), .optional(let right)):
            guard let left, let right else { return left == nil && right == nil }
            return left.isEqual(to: right)
        case (.list(let left), .list(let right)): return left.isEqual(to: right)
        default:
            if let order = compareNumbers(other) { return order == 0 }
            return isEqualMap(to: other)
        }
    }

    private func isEqualMap(to other: CELValue) -> Bool {
        guard size == other.size, isMapLike, other.isMapLike, let members else { return false }
        return members.allSatisfy { member in
            CELKey(member.key).flatMap { other.member($0) }?.isEqual(to: member.value) ?? false
        }
    }

    var isMapLike: Bool {
        switch self {
        case .map, .object: true
        default: false
        }
    }

    /// The value of a map's key or an object's field.
    func member(_ key: CELKey) -> CELValue? {
        switch self {
        case .map(let map): return map[key]
        case .object(let members, let schema):
            guard case .string(let name) = key, let value = members[name] else { return nil }
            return CELValue(value, schema?.schema(ofMember: name))
        default: return nil
        }
    }

    /// The value behind a dot. Of an object a null field counts as absent; a null of a map or list is a value.
    func member(_ field: CELFieldName) -> CELValue? {
        guard case .object(let members, let schema?) = self, schema.hasFields else {
            return member(.string(field.text))
        }
        guard let property = field.property, let value = members[property], !value.isNull else { return nil }
        return CELValue(value, schema.properties[property])
    }

    /// How many characters, bytes, elements or entries there are.
    var size: Int? {
        switch self {
        case .string(let text): text.unicodeScalars.count
        case .bytes(let bytes): bytes.count
        case .list(let list): list.elements.count
        case .map(let map): map.entries.count
        case .object(let members, _): members.count
        default: nil
        }
    }

    /// Below, at or above zero as the first of two values comes before, with or after the second; nil if they have no
    /// order.
    func compare(_ other: CELValue) -> Int? {
        switch (self, other) {
        case (.bool(let left), .bool(let right)): return (left ? 1 : 0) - (right ? 1 : 0)
        case (.string(let left), .string(let right)): return Self.order(left.unicodeScalars, right.unicodeScalars)
        case (.bytes(let left), .bytes(let right)): return Self.order(left, right)
        case (.timestamp(let left), .timestamp(let right)): return left == right ? 0 : left < right ? -1 : 1
        case (.duration(let left), .duration(let right)): return left == right ? 0 : left < right ? -1 : 1
        default: return compareNumbers(other)
        }
    }

    private static func order<T: Comparable>(_ left: some Sequence<T>, _ right: some Sequence<T>) -> Int {
        left.elementsEqual(right) ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }

    /// Nil unless both are numbers; for NaN, which is equal to nothing, nil too.
    private func compareNumbers(_ other: CELValue) -> Int? {
        func order<T: Comparable>(_ left: T, _ right: T) -> Int { left == right ? 0 : left < right ? -1 : 1 }
        switch (self, other) {
        case (.int(let left), .int(let right)): return order(left, right)
        case (.uint(let left), .uint(let right)): return order(left, right)
        case (.int(let left), .uint(let right)): return left < 0 ? -1 : order(UInt64(left), right)
        case (.uint(let left), .int(let right)): return right < 0 ? 1 : order(left, UInt64(right))
        default:
            guard let left = number, let right = other.number, !left.isNaN, !right.isNaN else { return nil }
            return order(left, right)
        }
    }
}

extension CELList {
    /// Equality by order, by content or by key, as the schema of the left side says.
    func isEqual(to other: CELList) -> Bool {
        guard elements.count == other.elements.count else { return false }
        switch kind {
        case .ordered: return zip(elements, other.elements).allSatisfy { $0.isEqual(to: $1) }
        case .set, .keyed:
            return elements.allSatisfy { element in other.elements.contains { element.isEqual(to: $0) } }
        }
    }

    func contains(_ value: CELValue) -> Bool { elements.contains { $0.isEqual(to: value) } }

    /// The concatenation; of sets and map lists the union, in which the right side's elements replace those of the same
    /// key.
    static func + (left: CELList, right: CELList) -> CELList {
        var result = left
        switch left.kind {
        case .ordered: result.elements += right.elements
        case .set:
            for element in right.elements where !result.contains(element) { result.elements.append(element) }
        case .keyed(let keys):
            for element in right.elements {
                let twin = result.elements.firstIndex { candidate in
                    keys.allSatisfy { key in
                        switch (candidate.member(.string(key)), element.member(.string(key))) {
                        case (let left?, let right?): left.isEqual(to: right)
                        case (nil, nil): true
                        default: false
                        }
                    }
                }
                if let twin { result.elements[twin] = element } else { result.elements.append(element) }
            }
        }
        return result
    }
}
