import RunCore

/// A planned request that the server does not carry out.
struct RefusedRequest: Sendable, Hashable {
    /// What was asked for.
    enum Kind: Sendable, Hashable {
        case create, patch, delete, patchRun

        /// Nil if the plan is no request.
        init?(_ outcome: PlanOutcome) {
            switch outcome {
            case .create: self = .create
            case .patch: self = .patch
            case .delete: self = .delete
            case .patchRun: self = .patchRun
            case .wait, .reject, .none: return nil
            }
        }
    }

    var kind: Kind
    var refusal: APIRefusal
}
