/// Optional values (cel-go, `OptionalTypes`).
enum CELOptionals {
    static let functions: [String: CELFunction] = {
        let value = CELType.parameter("A")
        let optional = CELType.optional(value)
        return [
            "optional.of": CELFunction([.function([value], optional)]) { .optional($0[0]) },
            "optional.ofNonZeroValue": CELFunction([.function([value], optional)]) {
                .optional(isZero($0[0]) ? nil : $0[0])
            },
            "optional.none": CELFunction([.function([], optional)]) { _ in .optional(nil) },
            "hasValue": CELFunction([.method([optional], .bool)]) {
                guard case .optional(let value) = $0[0] else { return nil }
                return .bool(value != nil)
            },
            "value": CELFunction([.method([optional], value)]) { arguments throws(CELRuntimeError) in
                guard case .optional(let value) = arguments[0] else { return nil }
                guard let value else { throw CELRuntimeError(message: "optional.none() dereference") }
                return value
            },
            "or": CELFunction([.method([optional, optional], optional)]) {
                guard case .optional(let value) = $0[0] else { return nil }
                return value == nil ? $0[1] : $0[0]
            },
            "orValue": CELFunction([.method([optional, value], value)]) {
                guard case .optional(let value) = $0[0] else { return nil }
                return value ?? $0[1]
            },
        ]
    }()

    private static func isZero(_ value: CELValue) -> Bool {
        switch value {
        case .null: true
        case .bool(let bool): !bool
        case .optional(let inner): inner == nil
        default: value.number.map { $0 == 0 } ?? value.size.map { $0 == 0 } ?? false
        }
    }
}
