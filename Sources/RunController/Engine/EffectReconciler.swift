import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import RunCore
import Synchronization

/// Carries out the effects that runs ask for. It has a queue and workers of its own: a receiver that takes its ten
/// seconds holds up no other run.
struct EffectReconciler: Reconciler {
    let runs: RunReconciler
    let effects: RunEffects
    private let outcomes = EffectOutcomes()

    init(runs: RunReconciler, effects: RunEffects) {
        self.runs = runs
        self.effects = effects
    }

    /// How often the outcome of an effect is written onto a run that others keep changing.
    private static let tries = 10

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        // Not from the store: whether the effect is still owed must not be a moment old.
        guard let run = try await runs.read(key), !run.isBeingDeleted else {
            outcomes.forget(key)
            return .awaitChange
        }
        guard let jobs = try await runs.jobs(of: run, isRead: true) else {
            return .requeue(after: RunReconciler.recheck)
        }
        let (owed, input) = try await runs.report(input(run, runs.observation(of: jobs), after: nil))
        runs.tellAnswered(by: run, input.observation)
        guard let effect = owed.effect else {
            outcomes.forget(key)
            return .awaitChange
        }
        // What is not stored yet comes first. Whoever stores it may have been here already.
        guard owed.change(of: run) == nil else { return .requeue(after: RunReconciler.recheck) }
        let result: RunEffectResult
        if let known = outcomes.outcome(of: effect, for: key) {
            // It was carried out, and could not be written down.
            result = known
        } else {
            result = try await effects.perform(effect)
            outcomes.note(result, for: key)
            runs.metrics.carriedOut(result)
        }
        try await keep(result, of: run, input.observation)
        outcomes.forget(key)
        return .awaitChange
    }

    private func input(
        _ run: KubeObject, _ observation: RunObservation, after result: RunEffectResult?
    ) -> ReportInput {
        ReportInput(
            run: run, outcome: .none, observation: observation, effect: result, now: runs.time.now(),
            settings: runs.settings)
    }

    /// Writes the outcome onto the run, whoever else changes it meanwhile: an outcome that is lost is an effect twice.
    private func keep(_ result: RunEffectResult, of run: KubeObject, _ observation: RunObservation) async throws {
        var run = run
        for _ in 1...Self.tries {
            let report = runs.family.report(input(run, observation, after: result))
            guard let status = report.status, report.change(of: run) != nil else { return }
            if try await store(report, status, of: run) {
                runs.tell(report, of: run, observation)
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

extension EffectReconciler {
    /// Returns whether it is stored; it is not if somebody else has changed the run.
    private func store(_ report: RunReport, _ status: JSONObject, of run: KubeObject) async throws -> Bool {
        do {
            return try await runs.store(status, of: run) != nil
        } catch {
            // It may be written all the same, and the next one who looks at the run tells of it then.
            runs.memory.withLock { $0.statusSent(report, refused: nil, of: run) }
            throw error
        }
    }
}

/// What became of effects whose outcome is not on their runs yet: the server may refuse to write it for a while, and
/// nobody is told the same again and again for that.
private final class EffectOutcomes: Sendable {
    private let outcomes = Mutex<[ObjectKey: RunEffectResult]>([:])

    /// The outcome of an effect that was carried out.
    func outcome(of effect: RunEffect, for run: ObjectKey) -> RunEffectResult? {
        outcomes.withLock { $0[run] }.flatMap { $0.effect == effect ? $0 : nil }
    }

    func note(_ result: RunEffectResult, for run: ObjectKey) { outcomes.withLock { $0[run] = result } }

    func forget(_ run: ObjectKey) { outcomes.withLock { $0[run] = nil } }
}
