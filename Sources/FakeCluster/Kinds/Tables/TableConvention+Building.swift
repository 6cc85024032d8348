import KubeObjects

/// The pieces of which the tables of the built-in kinds are made; the words are those of kubectl's server-side printers.
extension TableConvention {
    /// Name and age: what is shown of a kind that has nothing else to show.
    static let nameAndAge = TableConvention(columns: [.name, Column(name: "Age")]) { object, now in
        [.name(of: object), .age(of: object, now)]
    }

    /// Name and time of creation: kinds that the server has no printer for.
    static let nameAndCreation = TableConvention(columns: [.name, Column(name: "Created At", type: "date")]) {
        object, _ in [.name(of: object), .creation(of: object)]
    }

    /// A table of these columns.
    init(_ columns: [Column], _ cells: @escaping @Sendable (_ object: KubeObject, _ now: Timestamp) -> [JSONValue]) {
        self.init(columns: [.name] + columns, cells: cells)
    }
}

extension TableConvention.Column {
    /// The first column of nearly every table.
    static let name = TableConvention.Column(name: "Name", type: "string", format: "name")
    /// The last narrow column of nearly every table.
    static let age = TableConvention.Column(name: "Age")

    /// A column that only `-o wide` shows.
    static func wide(_ name: String, type: String = "string") -> TableConvention.Column {
        TableConvention.Column(name: name, type: type, priority: 1)
    }
    /// A column that is always shown.
    static func narrow(_ name: String, type: String = "string") -> TableConvention.Column {
        TableConvention.Column(name: name, type: type)
    }
}

extension JSONValue {
    /// The cell of an object's name.
    static func name(of object: KubeObject) -> JSONValue { .string(object.name ?? "") }

    /// The cell of an object's age.
    static func age(of object: KubeObject, _ now: Timestamp) -> JSONValue { since(object.creationTimestamp, now) }

    /// The cell of an object's time of creation.
    static func creation(of object: KubeObject) -> JSONValue {
        .string(object.creationTimestamp?.rfc3339 ?? "<unknown>")
    }

    /// How long ago a moment was: `3m12s`.
    static func since(_ moment: Timestamp?, _ now: Timestamp) -> JSONValue {
        guard let moment else { return "<unknown>" }
        return .string(HumanDuration.text(now - moment))
    }

    /// A text, or `<none>` for an empty one.
    static func orNone(_ text: String) -> JSONValue { text.isEmpty ? "<none>" : .string(text) }

    /// Texts with commas between them, or `<none>`.
    static func joined(_ texts: some Sequence<String>) -> JSONValue { orNone(texts.joined(separator: ",")) }

    /// A moment that the value states.
    var timestamp: Timestamp? { string.flatMap(Timestamp.init) }
}
