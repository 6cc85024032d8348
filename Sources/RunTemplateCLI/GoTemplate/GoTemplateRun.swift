import KubeObjects

/// A template that is being filled.
///
/// Nil is what is not there, which prints like null but has nothing in it either.
struct GoTemplateRun {
    typealias Node = GoTemplate.Node

    private var variables: [(name: String, value: JSONValue?)]
    private let root: JSONValue

    /// What is done after a node.
    private enum Course {
        case onwards
        case leave(again: Bool)
    }

    init(root: JSONValue) {
        self.root = root
        variables = [("$", root)]
    }

    /// Fills a whole template.
    mutating func fill(_ nodes: [Node]) throws(GoTemplateFailure) -> String {
        var text = ""
        _ = try walk(nodes, root, &text)
        return text
    }

    private mutating func walk(
        _ nodes: [Node], _ dot: JSONValue?, _ text: inout String
    ) throws(GoTemplateFailure) -> Course {
        for node in nodes {
            let course: Course
            switch node {
            case .text(let piece):
                text += piece
                course = .onwards
            case .output(let pipeline):
                let value = try evaluate(pipeline, dot)
                if pipeline.variables.isEmpty { text += Self.printed(value) }
                course = .onwards
            case .choice(let branch): course = try choose(branch, dot, &text, movesDot: false)
            case .with(let branch): course = try choose(branch, dot, &text, movesDot: true)
            case .range(let branch): course = try range(branch, dot, &text)
            case .leave(let again): course = .leave(again: again)
            }
            guard case .onwards = course else { return course }
        }
        return .onwards
    }

    private static func printed(_ value: JSONValue?) -> String {
        guard let value, !value.isNull else { return "<no value>" }
        return value.goText
    }

    private mutating func choose(
        _ branch: GoTemplate.Branch, _ dot: JSONValue?, _ text: inout String, movesDot: Bool
    ) throws(GoTemplateFailure) -> Course {
        let known = variables.count
        defer { variables.removeLast(variables.count - known) }
        let value = try evaluate(branch.pipeline, dot)
        guard GoTemplateFunctions.isTrue(value) else { return try walk(branch.otherwise, dot, &text) }
        return try walk(branch.body, movesDot ? value : dot, &text)
    }

    private mutating func range(
        _ branch: GoTemplate.Branch, _ dot: JSONValue?, _ text: inout String
    ) throws(GoTemplateFailure) -> Course {
        let known = variables.count
        defer { variables.removeLast(variables.count - known) }
        var pipeline = branch.pipeline
        pipeline.variables = []
        let elements = try Self.elements(try evaluate(pipeline, dot), branch.pipeline)
        guard !elements.isEmpty else { return try walk(branch.otherwise, dot, &text) }
        for (key, element) in elements {
            let values = branch.pipeline.variables.count == 2 ? [key, element] : [element]
            for (name, value) in zip(branch.pipeline.variables, values) {
                set(name, value, isAssignment: branch.pipeline.isAssignment)
            }
            let course = try walk(branch.body, element, &text)
            variables.removeLast(variables.count - known)
            if case .leave(again: false) = course { break }
        }
        return .onwards
    }

    /// What a range goes through: a list, a map in the order of its names, or the numbers below one.
    private static func elements(
        _ value: JSONValue?, _ pipeline: GoTemplate.Pipeline
    ) throws(GoTemplateFailure) -> [(JSONValue, JSONValue)] {
        switch value {
        case nil, .null?: return []
        case .array(let elements)?: return elements.enumerated().map { (.integer(Int64($0)), $1) }
        case .object(let members)?: return members.sortedByKey.map { (.string($0.key), $0.value) }
        case .integer(let count)? where count <= 1 << 20:
            return (0..<max(0, count)).map { (.integer($0), .integer($0)) }
        case let other?:
            throw GoTemplateFailure(
                message: "range can't iterate over \(other.goText)",
                place: pipeline.commands[0].operands[0].place)
        }
    }

    private mutating func set(_ name: String, _ value: JSONValue?, isAssignment: Bool) {
        if isAssignment, let position = variables.lastIndex(where: { $0.name == name }) {
            variables[position].value = value
        } else {
            variables.append((name, value))
        }
    }
}

/// Values.
extension GoTemplateRun {
    private mutating func evaluate(
        _ pipeline: GoTemplate.Pipeline, _ dot: JSONValue?
    ) throws(GoTemplateFailure) -> JSONValue? {
        var value: JSONValue?
        for (position, command) in pipeline.commands.enumerated() {
            value = try evaluate(command, dot, last: position == 0 ? nil : .some(value))
        }
        for name in pipeline.variables { set(name, value, isAssignment: pipeline.isAssignment) }
        return value
    }

    /// - Parameter last: what the command before this one gave; nil for the first one.
    private mutating func evaluate(
        _ command: GoTemplate.Command, _ dot: JSONValue?, last: JSONValue??
    ) throws(GoTemplateFailure) -> JSONValue? {
        let first = command.operands[0]
        if case .function(let name) = first.value {
            let value = try call(name, command, dot, last: last)
            return try follow(first, value)
        }
        guard command.operands.count == 1, last == nil else {
            let message =
                first.path.last.map { "\($0) is not a method but has arguments" }
                ?? "can't give argument to non-function \(first.place.text)"
            throw GoTemplateFailure(message: message, place: first.place)
        }
        if first.value == .constant(.null), first.path.isEmpty {
            throw GoTemplateFailure(message: "nil is not a command", place: first.place)
        }
        return try evaluate(first, dot)
    }

    private mutating func call(
        _ name: String, _ command: GoTemplate.Command, _ dot: JSONValue?, last: JSONValue??
    ) throws(GoTemplateFailure) -> JSONValue? {
        var arguments: [JSONValue] = []
        let operands = command.operands.dropFirst()
        for operand in operands {
            let value = try evaluate(operand, dot) ?? .null
            arguments.append(value)
            // The first argument that decides is the answer; what follows is not even looked at.
            if name == "and", !GoTemplateFunctions.isTrue(value) { return value }
            if name == "or", GoTemplateFunctions.isTrue(value) { return value }
        }
        if let last { arguments.append(last ?? .null) }
        do {
            return try GoTemplateFunctions.call(name, arguments)
        } catch {
            let message = error.isOfCall ? "error calling \(name): \(error.message)" : error.message
            throw GoTemplateFailure(message: message, place: command.place)
        }
    }

    private mutating func evaluate(
        _ operand: GoTemplate.Operand, _ dot: JSONValue?
    ) throws(GoTemplateFailure) -> JSONValue? {
        let value: JSONValue?
        switch operand.value {
        case .dot: value = dot
        case .constant(let constant): value = constant
        case .variable(let name): value = variables.last { $0.name == name }?.value
        case .group(let pipeline): value = try evaluate(pipeline, dot)
        case .function(let name):
            let command = GoTemplate.Command(operands: [operand], place: operand.place)
            value = try call(name, command, dot, last: nil)
        }
        return try follow(operand, value)
    }

    private func follow(
        _ operand: GoTemplate.Operand, _ start: JSONValue?
    ) throws(GoTemplateFailure) -> JSONValue? {
        var value = start
        for name in operand.path {
            switch value {
            case nil: return nil
            case .object(let members)?: value = members[name]
            case .null?:
                throw GoTemplateFailure(
                    message: "nil pointer evaluating interface {}.\(name)", place: operand.place)
            default:
                throw GoTemplateFailure(
                    message: "can't evaluate field \(name) in type interface {}", place: operand.place)
            }
        }
        return value
    }
}
