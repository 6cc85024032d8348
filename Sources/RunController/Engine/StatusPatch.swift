import KubeObjects
import RunCore

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

extension RunReport {
    /// What the status says that the run's own does not, as a merge patch; nil if nothing.
    func change(of run: KubeObject) -> JSONObject? {
        status.flatMap { mergePatch(from: run["status"]?.object ?? [:], to: $0) }
    }

    /// Whether the run says this, as far as it is kept of a run that is over for good.
    func isWritten(in run: KubeObject) -> Bool {
        var written = run
        written["status"] = status.map { .object($0) }
        return [written, Trimming.settledRun(written)].contains {
            mergePatch(from: run["status"]?.object ?? [:], to: $0["status"]?.object ?? [:]) == nil
        }
    }
}
