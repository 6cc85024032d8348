import KubeObjects

/// The merge patch (RFC 7386) that turns one object into another; nil if they are equal. A wanted `null` cannot be
/// expressed and counts as absent.
func mergePatch(from old: JSONObject, to new: JSONObject) -> JSONObject? {
    var patch = JSONObject()
    for (name, value) in new {
        switch (old[name], value) {
        case (let before, .null):
            if before != nil { patch[name] = JSONValue.null }
        case (.object(let before)?, .object(let after)):
            if let inner = mergePatch(from: before, to: after) { patch[name] = .object(inner) }
        case (let before, _):
            if before != value { patch[name] = value }
        }
    }
    for name in old.keys where new[name] == nil { patch[name] = JSONValue.null }
    return patch.isEmpty ? nil : patch
}
