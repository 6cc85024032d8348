import KubeObjects

/// The values of all parameters of one run.
struct ParameterValues {
    private var values: [String: JSONValue] = [:]
    /// What `$(workspaces.NAME.path)` and its like stand for, by what is in the brackets. Nil leaves such texts as they
    /// are.
    var workspaces: [String: String]?

    /// No parameters.
    init() {}

    /// Values of which nothing is declared: texts, lists of texts, or maps of texts.
    init(_ given: [(name: String, value: JSONValue)]) {
        for (name, value) in given { values[name] = value }
    }

    /// What a run gives, completed by the template's defaults, each value checked.
    /// - Throws: All faults in one message.
    init(declared: [JobParameter], given: [(name: String, value: JSONValue)]) throws(RunRejection) {
        var faults: [String] = []
        let names = Set(declared.map(\.name))
        for (name, _) in given where !names.contains(name) {
            faults.append(JobParameter.unknown(name, among: declared))
        }
        for parameter in declared {
            let own = given.last { $0.name == parameter.name }?.value
            guard let value = own ?? parameter.defaultValue else {
                if parameter.isRequired { faults.append("parameter \"\(parameter.name)\" needs a value") }
                values[parameter.name] = parameter.type == .array ? [] : ""
                continue
            }
            do {
                values[parameter.name] = try parameter.checked(value)
            } catch  where own == nil {
                throw RunRejection(
                    reason: .invalidTemplate, message: "parameters: the default of \"\(parameter.name)\": \(error)")
            } catch {
                faults.append("parameter \"\(parameter.name)\": \(error)")
            }
        }
        guard faults.isEmpty else {
            throw RunRejection(reason: .invalidParameter, message: faults.joined(separator: "; "))
        }
    }

    /// A value tree with every `$(params.NAME)` replaced.
    ///
    /// `$(params.NAME[*])` alone in an element of a list becomes as many elements as the parameter has,
    /// `$(params.NAME[2])` one element of it, `$(params.NAME.KEY)` a member of a map. `$$(` stays as it is, as Kubernetes' own `$(VAR)` has it.
    /// - Throws: `InvalidTemplate` for a name that is not declared, with the path of the text.
    func expanding(_ value: JSONValue, path: String) throws(RunRejection) -> JSONValue {
        switch value {
        case .string(let text):
            return .string(try expanding(text, path: path))
        case .array(let elements):
            var result: [JSONValue] = []
            result.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                if let list = try spread(element, path: path) {
                    result += list
                } else {
                    result.append(try expanding(element, path: "\(path)[\(index)]"))
                }
            }
            return .array(result)
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members { result[key] = try expanding(member, path: "\(path).\(key)") }
            return .object(result)
        default: return value
        }
    }

    private func spread(_ element: JSONValue, path: String) throws(RunRejection) -> [JSONValue]? {
        guard let text = element.string, text.hasPrefix(Self.opening), text.hasSuffix("[*])") else { return nil }
        let name = String(text.dropFirst(Self.opening.count).dropLast(4))
        guard !name.contains(")") else { return nil }
        let value = try self.value(name, path: path)
        return value.array ?? [.string(value.parameterText)]
    }

    private static let opening = "$(params."
    private static let workspaceOpening = "$(workspaces."

    /// What stands between `$(params.` and `)` anywhere in a tree.
    static func references(in value: JSONValue) -> Set<String> {
        switch value {
        case .string(let text): return references(in: text)
        case .array(let elements): return elements.reduce(into: []) { $0.formUnion(references(in: $1)) }
        case .object(let members): return members.values.reduce(into: []) { $0.formUnion(references(in: $1)) }
        default: return []
        }
    }

    private static func references(in text: String) -> Set<String> {
        var found: Set<String> = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            rest = rest[dollar...]
            if rest.hasPrefix(opening), let end = rest.firstIndex(of: ")") {
                found.insert(String(rest.dropFirst(opening.count)[..<end]))
                rest = rest[end...]
            } else {
                rest = rest.dropFirst(rest.hasPrefix("$$") ? 2 : 1)
            }
        }
        return found
    }

    private func expanding(_ text: String, path: String) throws(RunRejection) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$$") {
                result += "$$"
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix(Self.opening), let end = rest.firstIndex(of: ")") {
                result += try self.text(of: rest.dropFirst(Self.opening.count)[..<end], path: path)
                rest = rest[rest.index(after: end)...]
            } else if let workspaces, rest.hasPrefix(Self.workspaceOpening), let end = rest.firstIndex(of: ")") {
                let reference = String(rest.dropFirst(2)[..<end])
                guard let text = workspaces[reference] else {
                    throw RunRejection(
                        reason: .invalidTemplate,
                        message: "\(path): $(\(reference)) is not known; there are "
                            + (workspaces.isEmpty ? "no workspaces" : workspaces.keys.sorted().quotedList))
                }
                result += text
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// The text of what stands between `$(params.` and `)`.
    private func text(of reference: Substring, path: String) throws(RunRejection) -> String {
        guard reference.hasSuffix("]"), let bracket = reference.lastIndex(of: "[") else {
            if let member = try member(reference, path: path) { return member }
            let value = try self.value(String(reference), path: path)
            return value.array.map { $0.map(\.parameterText).joined(separator: " ") } ?? value.parameterText
        }
        let name = String(reference[..<bracket])
        let subscripted = reference[reference.index(after: bracket)...].dropLast()
        let elements = try value(name, path: path).array ?? []
        if subscripted == "*" { return elements.map(\.parameterText).joined(separator: " ") }
        guard let index = Int(subscripted), elements.indices.contains(index) else {
            throw RunRejection(
                reason: .invalidTemplate,
                message: "\(path): $(params.\(reference)) is beyond the \(elements.count) elements of the parameter")
        }
        return elements[index].parameterText
    }

    /// The member that `NAME.KEY` means; nil if no parameter of that name is a map.
    private func member(_ reference: Substring, path: String) throws(RunRejection) -> String? {
        guard values[String(reference)] == nil, let dot = reference.firstIndex(of: "."),
            let members = values[String(reference[..<dot])]?.object
        else { return nil }
        let key = String(reference[reference.index(after: dot)...])
        guard let value = members[key] else {
            throw RunRejection(
                reason: .invalidTemplate,
                message: "\(path): $(params.\(reference)) is not known; the parameter has "
                    + members.keys.sorted().quotedList)
        }
        return value.parameterText
    }

    private func value(_ name: String, path: String) throws(RunRejection) -> JSONValue {
        if let value = values[name] { return value }
        let known = values.isEmpty ? "the template declares none" : "declared are " + values.keys.sorted().quotedList
        throw RunRejection(
            reason: .invalidTemplate, message: "\(path): parameter \"\(name)\" is not declared; \(known)")
    }
}

extension JobTemplate {
    /// The names of the parameters that its pod template speaks of.
    package var parametersInText: Set<String> {
        let text = object[path: "spec", "template"] ?? .null
        return Set(ParameterValues.references(in: text).map { String($0.prefix { $0 != "[" }) })
    }
}

extension [String] {
    /// `"a", "b"`.
    var quotedList: String { map { "\"\($0)\"" }.joined(separator: ", ") }
}
