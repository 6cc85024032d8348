import KubeClient
import KubeObjects
import KubeWire
import RunCore

extension RunStart {
    private static let attempts = 8

    /// Tells an errand to run and goes with it. Returns the exit code.
    func start(errand name: RunName) async throws -> Int32 {
        if following.remove {
            throw CommandFailure("--rm: an errand stays, to be started again", exitCode: RunExitCode.usage)
        }
        if creation.diff {
            throw CommandFailure("--diff: an errand is started as it stands", exitCode: RunExitCode.usage)
        }
        let found = try await RunLookup(client: client).find(name)
        if creation.dryRun == .client {
            let patched = MergePatch.apply(try Self.patch(found), to: found.object.value)
            try creation.print([KubeObject(patched) ?? found.object], format: following.output, session)
            return RunExitCode.success
        }
        let started = try await tell(found)
        if creation.dryRun == .server {
            try creation.print([started.object], format: following.output, session)
            return RunExitCode.success
        }
        if !following.quiet { session.errors.line("\(started.reference) started") }
        return try await RunEscort(
            client: client, session: session, arguments: following, hint: hint,
            since: RunSince(formerJob: found.status.job?.uid, generation: started.object.generation),
            isLocal: isLocal
        ).accompany(started)
    }

    private static func patch(_ run: FamilyRun) throws -> JSONValue {
        switch run.family.repetition(of: run.object) {
        case .restart(let patch): return patch
        case .refuse(let why): throw CommandFailure("\(run.reference) \(why)")
        case .create: throw CommandFailure("\(run.reference) is no errand")
        }
    }

    /// Changes the errand in the very version that was read: nobody's start is taken for ours, and a request that is
    /// repeated because its answer was lost starts nothing twice.
    private func tell(_ found: FamilyRun) async throws -> FamilyRun {
        var run = found
        var isRepeated = false
        let options = WriteOptions(
            fieldManager: fieldManager, isDryRun: creation.dryRun == .server,
            fieldValidation: creation.validate.fieldValidation)
        for _ in 0..<Self.attempts {
            if isRepeated, run.object.generation > found.object.generation, (try? Self.patch(run)) == nil { return run }
            var patch = try Self.patch(run)
            patch.set(run.object.resourceVersion.map { .string($0) }, at: ["metadata", "resourceVersion"])
            do {
                run.object = try await client.patch(
                    run.resource, namespace: run.namespace, name: run.name, type: .merge, patch, options: options)
                return run
            } catch let error as TransportError where error.code == .connectionLost {
                isRepeated = true
            } catch let status as KubeStatus where status.code == 409 {}
            run = try await RunLookup(client: client).find(RunName(family: run.family, name: run.name))
        }
        throw CommandFailure("\(run.reference) could not be started: it is changed by others all the time")
    }
}
