/// Who owns fields of an object: a name, and through what the fields were set (apiserver, `fieldmanager`).
public struct FieldManager: Sendable, Hashable {
    /// How fields come to be owned.
    public enum Operation: String, Sendable, Hashable {
        /// By server-side apply: the manager owns what its last configuration held.
        case apply = "Apply"
        /// By any other write: the manager owns what it changed.
        case update = "Update"
    }

    /// The name, such as `kubectl`; at most 128 bytes.
    public var name: String
    /// How the fields came to be owned.
    public var operation: Operation
    /// The API version of the writes. Writers of two versions are two managers; for appliers it does not count.
    public var apiVersion: String
    /// The subresource through which the writes came, such as `status`; empty for none.
    public var subresource: String

    /// A manager.
    public init(_ name: String, _ operation: Operation, apiVersion: String, subresource: String = "") {
        self.name = name
        self.operation = operation
        self.apiVersion = apiVersion
        self.subresource = subresource
    }

    /// The manager who owns all that an object held before it was applied for the first time, if nobody is known to.
    static func beforeFirstApply(_ apiVersion: String) -> FieldManager {
        FieldManager("before-first-apply", .update, apiVersion: apiVersion)
    }

    /// Equal if their fields are kept together.
    public static func == (left: FieldManager, right: FieldManager) -> Bool {
        left.name == right.name && left.operation == right.operation && left.subresource == right.subresource
            && (left.operation == .apply || left.apiVersion == right.apiVersion)
    }

    /// By what makes managers equal.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(operation)
        hasher.combine(subresource)
    }

    /// As conflicts name the manager: `"kubectl" using apps/v1`.
    var conflictText: String {
        let through = subresource.isEmpty ? "" : " with subresource \(subresource.quoted)"
        return name.quoted + through + (operation == .update ? " using \(apiVersion)" : "")
    }
}
