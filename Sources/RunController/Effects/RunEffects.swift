import KubeClient
import KubeObjects
import RunCore

/// Carries out what runs ask for beside their Jobs: one performer for each kind of effect.
struct RunEffects: Sendable {
    private var callbacks: CallbackPerformer
    private var output: OutputPerformer

    init(callbacks: CallbackPerformer, output: OutputPerformer) {
        self.callbacks = callbacks
        self.output = output
    }

    /// The same over another way to the server.
    func over(_ client: KubeClient) -> RunEffects {
        var effects = self
        effects.callbacks.client = client
        effects.output.client = client
        return effects
    }

    /// Carries an effect out.
    /// - Throws: `CancellationError` only: what can be said of an effect is in its outcome.
    func perform(_ effect: RunEffect) async throws -> RunEffectResult {
        let result =
            switch effect {
            case .callback(let request):
                RunEffectResult(effect: effect, outcome: try await callbacks.perform(request))
            case .output(let request): await output.perform(request)
            }
        // An effect cut off is not a failed one: nothing is noted, and the next leader does it again.
        try Task.checkCancellation()
        return result
    }
}
