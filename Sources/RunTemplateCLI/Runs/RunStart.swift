import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Creates a run and goes with it, as the command line says.
struct RunStart {
    let client: KubeClient
    let session: Session
    let creation: CreationArguments
    let following: FollowArguments
    /// Who writes, for the server's records.
    let fieldManager: String
    /// The namespace as the user gave it, for commands to try next.
    let hint: String?
    /// Whether the cluster ends with this command.
    var isLocal = false

    /// Creates the run, or asks the server whether it would. Returns the exit code.
    /// - Parameters:
    ///   - job: The Job that the controller will make, if that is known.
    ///   - created: Told of the run before it is followed.
    ///   - failed: Told that there is none.
    func start(
        _ draft: RunDraft, job: KubeObject?, created tell: (FamilyRun) async throws -> Void = { _ in },
        failed: () async -> Void = {}
    ) async throws -> Int32 {
        let options = WriteOptions(
            fieldManager: fieldManager, isDryRun: creation.dryRun == .server,
            fieldValidation: creation.validate.fieldValidation)
        let created: RunCreation.Result
        do {
            created = try await RunCreation(client: client, options: options).create(draft)
        } catch {
            await failed()
            throw error
        }
        try await tell(created.run)
        if creation.dryRun == .server {
            try creation.print([created.run.object] + [job].compactMap(\.self), format: following.output, session)
            return RunExitCode.success
        }
        if !following.quiet {
            session.errors.line(
                "\(created.run.reference) "
                    + (created.isOld ? "exists already; it was started with the same --idempotency-key" : "created"))
        }
        return try await RunEscort(
            client: client, session: session, arguments: following, hint: hint, expected: job.flatMap(\.expectedPods),
            isLocal: isLocal
        ).accompany(created.run)
    }
}

extension KubeObject {
    /// How many pods of a Job must succeed; nil if the Job does not say.
    var expectedPods: Int64? {
        self[path: "spec", "completions"]?.integer ?? self[path: "spec", "parallelism"]?.integer
    }
}
