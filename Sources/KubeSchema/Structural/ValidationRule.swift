import KubeObjects

/// One entry of `x-kubernetes-validations`, as written.
public struct ValidationRule: Sendable, Hashable {
    /// The CEL expression that must be true.
    public var rule: String
    /// What to say if it is not; empty for the standard words.
    public var message: String
    /// A CEL expression that makes the message; empty if there is none.
    public var messageExpression: String
    /// The kind of fault to report: `FieldValueInvalid` (also if empty), `FieldValueForbidden`, `FieldValueRequired` or
    /// `FieldValueDuplicate`.
    public var reason: String
    /// The field to blame, as a path below the node (`.spec.name`); empty for the node.
    public var fieldPath: String
    /// Whether `oldSelf` is an optional, and the rule therefore runs on creation too; nil if nothing is said.
    public var optionalOldSelf: Bool?

    init(_ json: JSONValue) {
        rule = json["rule"]?.string ?? ""
        message = json["message"]?.string ?? ""
        messageExpression = json["messageExpression"]?.string ?? ""
        reason = json["reason"]?.string ?? ""
        fieldPath = json["fieldPath"]?.string ?? ""
        optionalOldSelf = json["optionalOldSelf"]?.bool
    }
}
