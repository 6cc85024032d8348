import KubeObjects

extension FaultPlan {
    /// Reads a plan's YAML or JSON.
    /// - Parameter file: the text's name, for messages.
    /// - Throws: ``FieldFileError`` with file, line and field.
    public init(parsing text: [UInt8], file: String) throws(FieldFileError) {
        self = try FieldReader.read(text, file: file, what: "a fault plan") { reader throws(FieldFault) in
            try reader.only(["seed", "rules"])
            let rules = try reader.elements("rules").enumerated()
            var read: [Rule] = []
            for (index, rule) in rules { read.append(try Rule(rule, number: index + 1)) }
            return FaultPlan(seed: UInt64(try reader.integer("seed", from: 0) ?? 0), rules: read)
        }
    }
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
