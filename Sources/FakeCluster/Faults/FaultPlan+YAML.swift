import KubeObjects

/// A fault plan that cannot be used: what is wrong, where, and what would be right.
public struct FaultPlanError: Error, Sendable, CustomStringConvertible {
    /// `FILE:LINE: FIELD: what is wrong`.
    public let description: String
}

extension FaultPlan {
    /// Reads a plan's YAML or JSON.
    /// - Parameter file: the text's name, for messages.
    /// - Throws: ``FaultPlanError`` with file, line and field.
    public init(parsing text: [UInt8], file: String) throws(FaultPlanError) {
        let documents: [YAMLDocument]
        do throws(YAMLError) {
            documents = try YAML.parse(text)
        } catch {
            throw FaultPlanError(description: "\(file):\(error.line): \(error.message)")
        }
        guard let document = documents.first, documents.count == 1 else {
            throw FaultPlanError(description: "\(file): a fault plan is one document with the field rules")
        }
        do throws(FieldFault) {
            let reader = FieldReader(value: document.value, path: [])
            try reader.only(["seed", "rules"])
            let rules = try reader.elements("rules").enumerated()
            var read: [Rule] = []
            for (index, rule) in rules { read.append(try Rule(rule, number: index + 1)) }
            self.init(seed: UInt64(try reader.integer("seed", from: 0) ?? 0), rules: read)
        } catch {
            let place = "\(file):\(document.line(of: error.path))"
            let field = error.path.fieldPath
            throw FaultPlanError(description: "\(place): \(field.isEmpty ? "" : "\(field): ")\(error.message)")
        }
    }
}

private struct FieldFault: Error {
    var path: [JSONPathElement]
    var message: String
}

extension FaultPlan.Rule {
    fileprivate init(_ reader: FieldReader, number: Int) throws(FieldFault) {
        try reader.only(["name", "match", "when", "fault"])
        guard let fault = try reader.member("fault") else {
            throw FieldFault(path: reader.path, message: "the field fault is missing: it says what goes wrong")
        }
        let schedule = try reader.member("when")
        self.init(
            try reader.string("name") ?? "rule \(number)", try FaultPlan.Fault(fault),
            match: try reader.member("match").map(FaultPlan.Match.init) ?? FaultPlan.Match(),
            schedule: try schedule.map(FaultPlan.Schedule.init) ?? FaultPlan.Schedule())
        // A partition is a time, not something that happens to one request or the next.
        if self.fault == .partition { try schedule?.only(["after", "until"]) }
    }
}

extension FaultPlan.Match {
    private static let knownVerbs = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
    ]

    fileprivate init(_ reader: FieldReader) throws(FieldFault) {
        self.init()
        try reader.only(["verbs", "resources", "namespaces", "names", "users", "userAgents"])
        verbs = try reader.strings("verbs")
        for (index, verb) in verbs.enumerated() where !Self.knownVerbs.contains(verb) && verb != "*" {
            throw FieldFault(
                path: reader.path + ["verbs", .index(index)],
                message: "\(verb) is no verb; it is one of \(Self.knownVerbs.joined(separator: ", ")) or *")
        }
        resources = try reader.strings("resources")
        namespaces = try reader.strings("namespaces")
        names = try reader.strings("names")
        users = try reader.strings("users")
        userAgents = try reader.strings("userAgents")
    }
}

extension FaultPlan.Schedule {
    fileprivate init(_ reader: FieldReader) throws(FieldFault) {
        self.init()
        try reader.only(["nth", "every", "probability", "limit", "after", "until"])
        nth = try reader.integer("nth", from: 1)
        every = try reader.integer("every", from: 1)
        limit = try reader.integer("limit", from: 0)
        probability = try reader.fraction("probability") ?? 1
        after = try reader.duration("after") ?? .zero
        until = try reader.duration("until")
    }
}

extension FaultPlan.Fault {
    private static let kinds = [
        "latency", "conflict", "tooManyRequests", "internalError", "unavailable", "timeout", "expired", "cut",
        "cutStream", "expireWatch", "staleList", "partition",
    ]

    fileprivate init(_ reader: FieldReader) throws(FieldFault) {
        let kind = try reader.string("type") ?? ""
        guard Self.kinds.contains(kind) else {
            throw FieldFault(
                path: reader.path + ["type"],
                message: "\(kind.isEmpty ? "a type is missing" : "there is no fault \(kind)"); it is one of "
                    + Self.kinds.joined(separator: ", "))
        }
        var fields = ["type"]
        switch kind {
        case "latency":
            fields += ["delay", "jitter"]
            self = .latency(try reader.duration("delay") ?? .zero, jitter: try reader.duration("jitter") ?? .zero)
        case "cutStream", "expireWatch":
            fields += ["lines"]
            let lines = try reader.integer("lines", from: 0) ?? 0
            self = kind == "cutStream" ? .cutStream(lines: lines) : .expireWatch(lines: lines)
        case "staleList":
            fields += ["behind"]
            self = .staleList(behind: try reader.integer("behind", from: 1) ?? 1)
        case "partition": self = .partition
        default:
            fields +=
                ["tooManyRequests", "unavailable"].contains(kind) ? ["carriedOut", "retryAfter"] : ["carriedOut"]
            let carriedOut = try reader.bool("carriedOut") ?? false
            let retryAfter = try reader.integer("retryAfter", from: 0)
            let answers: [String: FaultPlan.ErrorAnswer] = [
                "conflict": .conflict, "tooManyRequests": .tooManyRequests(retryAfter: retryAfter ?? 1),
                "internalError": .internalError, "unavailable": .unavailable(retryAfter: retryAfter ?? 5),
                "timeout": .timeout, "expired": .expired,
            ]
            self = answers[kind].map { .error($0, carriedOut: carriedOut) } ?? .cut(carriedOut: carriedOut)
        }
        try reader.only(fields)
    }
}

/// Reads the fields of a map and says where one is wrong.
private struct FieldReader {
    let value: JSONValue
    let path: [JSONPathElement]

    /// Refuses fields of other names.
    func only(_ names: [String]) throws(FieldFault) {
        guard let object = value.object else { throw FieldFault(path: path, message: "this must be a map") }
        for name in object.keys where !names.contains(name) {
            throw FieldFault(
                path: path + [.key(name)], message: "there is no such field; known are \(names.joined(separator: ", "))"
            )
        }
    }

    func member(_ name: String) throws(FieldFault) -> FieldReader? {
        value[name].map { FieldReader(value: $0, path: path + [.key(name)]) }
    }

    func elements(_ name: String) throws(FieldFault) -> [FieldReader] {
        guard let member = value[name] else { return [] }
        guard let array = member.array else { throw wrong(name, "a list") }
        return array.enumerated().map { FieldReader(value: $1, path: path + [.key(name), .index($0)]) }
    }

    func string(_ name: String) throws(FieldFault) -> String? {
        guard let member = value[name] else { return nil }
        guard let text = member.string else { throw wrong(name, "a text") }
        return text
    }

    func strings(_ name: String) throws(FieldFault) -> [String] {
        var texts: [String] = []
        for element in try elements(name) {
            guard let text = element.value.string else {
                throw FieldFault(path: element.path, message: "this must be a text")
            }
            texts.append(text)
        }
        return texts
    }

    func bool(_ name: String) throws(FieldFault) -> Bool? {
        guard let member = value[name] else { return nil }
        guard let flag = member.bool else { throw wrong(name, "true or false") }
        return flag
    }

    func integer(_ name: String, from minimum: Int64) throws(FieldFault) -> Int? {
        guard let member = value[name] else { return nil }
        guard case .integer(let number) = member, number >= minimum else {
            throw wrong(name, "a whole number from \(minimum)")
        }
        return Int(number)
    }

    func fraction(_ name: String) throws(FieldFault) -> Double? {
        guard let member = value[name] else { return nil }
        let number: Double? =
            switch member {
            case .integer(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        guard let number, (0...1).contains(number) else { throw wrong(name, "a number from 0 to 1") }
        return number
    }

    func duration(_ name: String) throws(FieldFault) -> Duration? {
        guard let text = try string(name) else { return nil }
        guard let duration = try? GoDuration.parse(text), duration >= .zero else {
            throw wrong(name, "a duration such as 250ms or 1m30s")
        }
        return duration
    }

    private func wrong(_ name: String, _ right: String) -> FieldFault {
        FieldFault(path: path + [.key(name)], message: "this must be \(right)")
    }
}
