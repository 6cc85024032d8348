import KubeWire
import RunCore

extension APIRefusal {
    /// What the server's answer means for a run; nil if it is about the moment only (a conflict, a busy or ailing
    /// server, credentials that have run out), so that the same is simply tried again.
    init?(_ status: KubeStatus) {
        switch status.code {
        case 401, 404, 408, 409, 429: return nil
        case 400..<500: break
        // Nothing ails the server itself: an admission webhook, or another part of admission, does not answer it.
        case 500 where ["webhook", "admission plugin"].contains(where: status.message.contains): break
        default: return nil
        }
        self.init(code: status.code, reason: status.reason.rawValue, message: status.message)
    }
}

/// A request that the server refuses for now: shown on the run, and tried again after a back-off.
struct RefusedForNow: Error, CustomStringConvertible {
    /// The refusal.
    var refusal: APIRefusal

    var description: String { refusal.message }
}
