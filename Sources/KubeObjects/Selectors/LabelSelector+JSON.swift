extension LabelSelector {
    /// Reads the object form, with `matchLabels` and `matchExpressions` (`metav1.LabelSelector`). An empty object
    /// matches everything; a field of the API that is absent matches nothing, which is the caller's to see.
    ///
    /// - Throws: ``SelectorError`` for an operator that is none, or values that do not go with it.
    public init(_ json: JSONValue) throws(SelectorError) {
        var requirements: [Requirement] = []
        for (key, value) in json["matchLabels"]?.object ?? [:] {
            guard let value = value.string else { throw SelectorError("matchLabels.\(key): must be a string") }
            requirements.append(Requirement(key, .equals, [value]))
        }
        for expression in json["matchExpressions"]?.array ?? [] {
            requirements.append(try Requirement(expression))
        }
        self.init(requirements)
    }

    /// The object form. Requirements that only the text form knows are put as near as it allows.
    public var json: JSONValue {
        var labels = JSONObject()
        var expressions: [JSONValue] = []
        for requirement in requirements {
            switch (requirement.operator, requirement.values.first) {
            case (.equals, let value?) where labels[requirement.key] == nil,
                (.doubleEquals, let value?) where labels[requirement.key] == nil:
                labels[requirement.key] = .string(value)
            default: expressions.append(requirement.json)
            }
        }
        var selector = JSONObject()
        if !labels.isEmpty { selector["matchLabels"] = .object(labels) }
        if !expressions.isEmpty { selector["matchExpressions"] = .array(expressions) }
        return .object(selector)
    }
}

extension LabelSelector.Requirement {
    fileprivate init(_ expression: JSONValue) throws(SelectorError) {
        let key = expression["key"]?.string ?? ""
        let values = expression["values"]?.array?.compactMap(\.string) ?? []
        let name = expression["operator"]?.string ?? ""
        switch name {
        case "In", "NotIn":
            guard !values.isEmpty else { throw SelectorError("for 'in', 'notin' operators, values set can't be empty") }
            self.init(key, name == "In" ? .in : .notIn, values)
        case "Exists", "DoesNotExist":
            guard values.isEmpty else {
                throw SelectorError("values set must be empty for exists and does not exist")
            }
            self.init(key, name == "Exists" ? .exists : .doesNotExist)
        default: throw SelectorError("\"\(name)\" is not a valid label selector operator")
        }
    }

    fileprivate var json: JSONValue {
        let (name, hasValues) =
            switch `operator` {
            case .in, .equals, .doubleEquals: ("In", true)
            case .notIn, .notEquals: ("NotIn", true)
            case .greaterThan: ("Gt", true)
            case .lessThan: ("Lt", true)
            case .exists: ("Exists", false)
            case .doesNotExist: ("DoesNotExist", false)
            }
        var expression: JSONObject = ["key": .string(key), "operator": .string(name)]
        if hasValues { expression["values"] = .array(values.map(JSONValue.string)) }
        return .object(expression)
    }
}
