import KubeWire
import RunCore

extension APIRefusal {
    /// What the server's answer means for a run; nil if it is about the moment only (a conflict, a busy or ailing
    /// server, credentials that have run out), so that the same is simply tried again.
    init?(_ status: KubeStatus) {
        switch status.code {
        case 401, 404, 408, 409, 429: return nil
        case 400..<500: self.init(code: status.code, reason: status.reason.rawValue, message: status.message)
        default: return nil
        }
    }
}

/// A request that the server refuses for now: shown on the run, and tried again after a back-off.
struct RefusedForNow: Error, CustomStringConvertible {
    /// The refusal.
    var refusal: APIRefusal

    var description: String { refusal.message }
}
