// Macros: calls that the parser replaces (cel-spec, "Macros"; ext.TwoVarComprehensions; ext.Bindings).
extension CELParser {
    func macroOrCall(
        _ name: String, target: CELExpression?, _ arguments: [CELExpression], _ position: Int
    ) throws(CELCompilationError) -> CELExpression {
        guard let target else {
            if name == "has", arguments.count == 1 { return try presence(arguments[0], position) }
            return CELExpression(kind: .call(name, target: nil, arguments), position: position)
        }
        if case .identifier("cel") = target.kind, name == "bind", arguments.count == 3 {
            let variable = try identifier(arguments[0], "cel.bind() variable name must be a simple identifier")
            return CELExpression(kind: .bind(variable, arguments[1], arguments[2]), position: position)
        }
        if let optional = try optionalMap(name, target, arguments, position) { return optional }
        if case .identifier(let library) = target.kind, CELFunction.all["\(library).\(name)"] != nil {
            return CELExpression(kind: .call("\(library).\(name)", target: nil, arguments), position: position)
        }
        if let comprehension = try comprehension(name, target, arguments) {
            return CELExpression(kind: .comprehension(comprehension), position: position)
        }
        return CELExpression(kind: .call(name, target: target, arguments), position: position)
    }

    /// `a.optMap(x, f(x))` is `a.hasValue() ? optional.of(f(a.value())) : optional.none()`; `optFlatMap` is without the
    /// `of`.
    private func optionalMap(
        _ name: String, _ target: CELExpression, _ arguments: [CELExpression], _ position: Int
    ) throws(CELCompilationError) -> CELExpression? {
        guard name == "optMap" || name == "optFlatMap", arguments.count == 2 else { return nil }
        let variable = try identifier(arguments[0], "\(name)() variable name must be a simple identifier")
        func call(_ name: String, _ target: CELExpression?, _ arguments: [CELExpression]) -> CELExpression {
            CELExpression(kind: .call(name, target: target, arguments), position: position)
        }
        let held = CELExpression(kind: .identifier("@target"), position: position)
        let body = CELExpression(kind: .bind(variable, call("value", held, []), arguments[1]), position: position)
        let found = name == "optMap" ? call("optional.of", nil, [body]) : body
        let choice = call("_?_:_", nil, [call("hasValue", held, []), found, call("optional.none", nil, [])])
        return CELExpression(kind: .bind("@target", target, choice), position: position)
    }

    private func presence(_ argument: CELExpression, _ position: Int) throws(CELCompilationError) -> CELExpression {
        guard case .select(let operand, let field, isOptional: false) = argument.kind else {
            throw fail(argument.position, "invalid argument to has() macro")
        }
        return CELExpression(kind: .test(operand, field: field), position: position)
    }

    private func identifier(_ expression: CELExpression, _ words: String) throws(CELCompilationError) -> String {
        guard case .identifier(let name) = expression.kind else { throw fail(expression.position, words) }
        return name
    }

    private func comprehension(
        _ name: String, _ range: CELExpression, _ arguments: [CELExpression]
    ) throws(CELCompilationError) -> CELComprehension? {
        let macro: CELComprehension.Macro
        switch (name, arguments.count) {
        case ("all", 2), ("all", 3): macro = .all
        case ("exists", 2), ("exists", 3): macro = .exists
        case ("exists_one", 2), ("existsOne", 2), ("existsOne", 3), ("exists_one", 3): macro = .existsOne
        case ("filter", 2): macro = .filter
        case ("map", 2), ("map", 3): macro = .map
        case ("transformList", 3), ("transformList", 4): macro = .transformList
        case ("transformMap", 3), ("transformMap", 4): macro = .transformMap
        default: return nil
        }
        let words = "argument must be a simple name"
        var result = CELComprehension(macro: macro, range: range, variable: try identifier(arguments[0], words))
        var rest = arguments.dropFirst()
        switch macro {
        case .all, .exists, .existsOne, .filter:
            if rest.count == 2, let second = rest.popFirst() { result.secondVariable = try identifier(second, words) }
            result.predicate = rest.first
        case .map:
            if rest.count == 2 { result.predicate = rest.popFirst() }
            result.transform = rest.first
        case .transformList, .transformMap:
            if let second = rest.popFirst() { result.secondVariable = try identifier(second, words) }
            if rest.count == 2 { result.predicate = rest.popFirst() }
            result.transform = rest.first
        }
        return result
    }
}
