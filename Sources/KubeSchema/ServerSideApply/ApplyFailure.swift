/// Why a configuration was not applied.
public enum ApplyFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Other managers own fields that the configuration would change (status 409); `force` takes them over.
    case conflicts([Conflict])
    /// The configuration cannot be applied (status 400).
    case invalid(String)
    /// The configuration is not of its type: fields that it does not declare, values of another kind, list elements that
    /// have no keys or the same (status 500, of all things).
    case untyped(String)

    /// A field that another manager owns with another value.
    public struct Conflict: Sendable, Hashable {
        /// The manager as the message names it: `"kubectl" using apps/v1`.
        public var manager: String
        /// The field's path: `.spec.containers[name="a"].image`.
        public var field: String

        /// The conflict as it stands in a cause with the reason `FieldManagerConflict`.
        public var message: String { "conflict with \(manager)" }
    }

    /// The message of the API server.
    public var description: String {
        switch self {
        case .invalid(let message), .untyped(let message): return message
        case .conflicts(let conflicts):
            if conflicts.count == 1, let conflict = conflicts.first {
                return "Apply failed with 1 conflict: \(conflict.message): \(conflict.field)"
            }
            var lines: [String] = []
            for manager in Set(conflicts.map(\.manager)).sorted() {
                lines.append("conflicts with \(manager):")
                lines += conflicts.filter { $0.manager == manager }.map { "- \($0.field)" }
            }
            return "Apply failed with \(conflicts.count) conflicts: \(lines.joined(separator: "\n"))"
        }
    }
}
