import KubeObjects
import KubeSchema

/// A column that a CustomResourceDefinition adds to its tables.
struct PrinterColumn: Sendable {
    private let column: TableConvention.Column
    private let path: JSONPathTemplate

    /// Reads a column; nil if its path cannot be read, which validation has refused before.
    init?(_ definition: JSONValue) {
        guard let path = try? JSONPathTemplate(path: definition.text("jsonPath")) else { return nil }
        self.path = path
        column = TableConvention.Column(
            name: definition.text("name"), type: definition.text("type"), format: definition.text("format"),
            description: definition.text("description"), priority: Int(definition.number("priority")))
    }

    /// How the table shows the column.
    var definition: TableConvention.Column { column }

    /// The cell of one object; null where the path leads nowhere or to a value of another type.
    func cell(_ object: KubeObject, _ now: Timestamp) -> JSONValue {
        guard let value = try? path.values(in: object.value).first, !value.isNull else { return .null }
        switch column.type {
        case "integer": return value.double.map { .integer(Int64($0)) } ?? .null
        case "number": return value.double == nil ? .null : value
        case "boolean": return value.bool == nil ? .null : value
        case "date":
            guard let text = value.string else { return .null }
            return Timestamp(text).map { .since($0, now) } ?? "<invalid>"
        default: return .string(value.string ?? value.compactText)
        }
    }
}

extension TableConvention {
    /// The table of a custom resource: its name and these columns; the age if there are none.
    static func custom(_ columns: [PrinterColumn]) -> TableConvention {
        guard !columns.isEmpty else {
            return TableConvention([.narrow("Age", type: "date")]) { object, now in
                [.name(of: object), .age(of: object, now)]
            }
        }
        return TableConvention(columns.map(\.definition)) { object, now in
            [.name(of: object)] + columns.map { $0.cell(object, now) }
        }
    }
}
