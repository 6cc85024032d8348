import KubeObjects
import RunCore

/// Carries out what runs ask for beside their Jobs: one performer for each kind of effect.
struct RunEffects: Sendable {
    let callbacks: CallbackPerformer

    /// Carries an effect out.
    /// - Throws: `CancellationError` only: what can be said of an effect is in its outcome.
    func perform(_ effect: RunEffect) async throws -> RunEffectResult {
        let outcome =
            switch effect {
            case .callback(let request): try await callbacks.perform(request)
            }
        // An effect cut off is not a failed one: nothing is noted, and the next leader does it again.
        try Task.checkCancellation()
        return RunEffectResult(effect: effect, outcome: outcome)
    }
}
