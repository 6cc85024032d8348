/// JSON merge patch (RFC 7386): a partial object whose members replace those of the target; `null` removes one, and
/// lists are replaced as a whole.
public enum MergePatch {
    /// The target with the patch merged in.
    public static func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result = target.object ?? [:]
        for (key, change) in changes {
            if change == .null {
                result.removeValue(forKey: key)
            } else {
                result[key] = apply(change, to: result[key] ?? .null)
            }
        }
        return .object(result)
    }

    /// The smallest patch that makes one object into another; empty if they are equal. A member that becomes `null`
    /// is removed, because a merge patch has no word for it.
    public static func make(from original: JSONObject, to modified: JSONObject) -> JSONObject {
        var patch = JSONObject()
        for (key, value) in modified {
            guard let old = original[key] else {
                patch[key] = value
                continue
            }
            if old == value { continue }
            if let old = old.object, let new = value.object {
                patch[key] = .object(make(from: old, to: new))
            } else {
                patch[key] = value
            }
        }
        for (key, _) in original where modified[key] == nil { patch[key] = .null }
        return patch
    }
}
