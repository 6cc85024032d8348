import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import RunCore

/// Carries out the effects that runs ask for. It has a queue and workers of its own: a receiver that takes its ten
/// seconds holds up no other run.
struct EffectReconciler: Reconciler {
    let runs: RunReconciler
    let effects: RunEffects

    /// How often the outcome of an effect is written onto a run that others keep changing.
    private static let tries = 10

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        // Not from the store: whether the effect is still owed must not be a moment old.
        guard let run = try await runs.read(key), !run.isBeingDeleted else { return .awaitChange }
        guard let jobs = try await runs.jobs(of: run, isRead: true) else {
            return .requeue(after: RunReconciler.recheck)
        }
        let observation = runs.observation(of: jobs)
        let owed = report(run, observation, after: nil)
        guard let effect = owed.effect else { return .awaitChange }
        // What is not stored yet comes first. Whoever stores it may have been here already.
        guard owed.change(of: run) == nil else { return .requeue(after: RunReconciler.recheck) }
        let result = try await effects.perform(effect)
        try await keep(result, of: run, observation)
        return .awaitChange
    }

    private func report(
        _ run: KubeObject, _ observation: RunObservation, after result: RunEffectResult?
    ) -> RunReport {
        runs.family.report(
            ReportInput(
                run: run, outcome: .none, observation: observation, effect: result, now: runs.time.now(),
                settings: runs.settings))
    }

    /// Writes the outcome onto the run, whoever else changes it meanwhile: an outcome that is lost is an effect twice.
    private func keep(_ result: RunEffectResult, of run: KubeObject, _ observation: RunObservation) async throws {
        runs.metrics.carriedOut(result)
        var run = run
        for _ in 1...Self.tries {
            let report = report(run, observation, after: result)
            guard let patch = report.change(of: run) else { return }
            if try await runs.store(patch, of: run) != nil {
                for event in report.events { runs.recorder.record(event, about: run) }
                return
            }
            guard let changed = try await runs.read(run.key), changed.uid == run.uid else { return }
            run = changed
        }
        throw KubeStatus(
            code: 409, reason: .conflict,
            message: "the outcome of an effect could not be written: the run keeps changing")
    }
}

extension RunReport {
    /// What the status says that the run's own does not, as a merge patch; nil if nothing.
    func change(of run: KubeObject) -> JSONObject? {
        status.flatMap { mergePatch(from: run["status"]?.object ?? [:], to: $0) }
    }
}
