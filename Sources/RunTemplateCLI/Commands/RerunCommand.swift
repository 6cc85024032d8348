import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Does once more what a run did.
struct RerunCommand: ParameterVerb {
    static let configuration = CommandConfiguration(
        commandName: "rerun", _superCommandName: "kubectl run-template",
        abstract: "Run again what a run ran, maybe with changes, and follow it.",
        usage: "kubectl run-template rerun RUN [--exact] [flags] [-- ARG...]",
        discussion: """
            A JobRun is made again with the same words from the template as it is today; flags change parameters, \
            arguments and overrides. --exact runs what ran, even if the template has changed since: from the Job that is \
            still there. Runs of other kinds are copied, an errand is started again.
            """)

    @Argument(help: "The run: NAME for a JobRun, TYPE/NAME for any.")
    var name: String
    @Flag(help: "Runs what ran, not what the template has become since.")
    var exact = false
    @OptionGroup(title: "Changes") var run: RunArguments
    @OptionGroup(title: "Overrides, as far as the template allows them") var overrides: OverrideArguments
    @OptionGroup(title: "Creating") var creation: CreationArguments
    @OptionGroup(title: "Following") var following: FollowArguments
    @OptionGroup(title: "Server") var connection: ConnectionArguments
    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments of the container.", valueName: "arg"))
    var trailing: [String] = []

    var exitsAsRun: Bool { creation.creates && !following.detach }

    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        try following.check()
        try creation.check()
        let name = try RunName(name)
        let changes = try GivenChanges(run, overrides, trailing, flags)
        if exact { try changes.refuse("--exact runs what ran") }
        let client = try connection.client(session)
        let found = try await RunLookup(client: client).find(name)
        let start = RunStart(
            client: client, session: session, creation: creation, following: following,
            fieldManager: run.fieldManager, hint: connection.namespace)
        switch found.family.repetition(of: found.object) {
        case .refuse(let why): throw CommandFailure("\(found.reference) \(why)")
        case .restart:
            try changes.refuse("an errand is started as it stands")
            return try await start.start(errand: name)
        case .create(let copy):
            guard !RunTypes.isStandard(found.family) else {
                return try await rerun(found, copy, flags, start, session)
            }
            try changes.refuse("a \(found.object.kind) is copied as it stands")
            return try await self.copy(found, copy, start)
        }
    }

    // MARK: JobRuns

    private func rerun(
        _ found: FamilyRun, _ copy: KubeObject, _ flags: ParameterFlags, _ start: RunStart, _ session: Session
    ) async throws -> Int32 {
        var request = try RunRequest(repeating: copy, of: found)
        try run.apply(to: &request, trailing: trailing)
        request.change(try overrides.fields())
        let origin: ExactTemplate =
            exact
            ? try await .asItRan(found, start.client, name: request.chosenName)
            : .today(
                try await TemplateLookup(client: start.client, namespace: request.namespace).find(request.template))
        if case .kept(let template) = origin { request.run(exactly: template) }
        let planned = try request.planned(from: origin.template, flags, now: session.time.now())
        if creation.isOffline { return try creation.show(planned, format: following.output, session) }
        try planned.require(container: following.exitCodeFrom)
        return try await start.start(planned.request.draft, job: planned.job, keeping: origin.toCreate)
    }

    // MARK: Others

    private func copy(_ found: FamilyRun, _ copy: KubeObject, _ start: RunStart) async throws -> Int32 {
        var request = RunRequest(template: "")
        try run.apply(to: &request, trailing: [])
        var object = copy
        object.metadata["namespace"] = found.namespace.map { .string($0) }
        for (key, value) in request.labels {
            object.metadata["labels"] = object.metadata["labels"].with(key, .string(value))
        }
        request.annotations[AnnotationKey.rerunOf] = found.name
        for (key, value) in request.annotations {
            object.metadata["annotations"] = object.metadata["annotations"].with(key, .string(value))
        }
        let draft = RunDraft(
            family: found.family, object: object, name: request.name,
            prefix: request.generateName ?? found.prefixToRunAgain, key: request.idempotencyKey)
        guard !creation.isOffline else {
            if creation.diff { throw CommandFailure("--diff is for JobRuns", exitCode: RunExitCode.usage) }
            try creation.print(
                [draft.named(draft.name ?? DrawnName.random(draft.prefix))], format: following.output, start.session)
            return RunExitCode.success
        }
        return try await start.start(draft, job: nil)
    }
}

extension FamilyRun {
    /// What the name of its repetition begins with: its own name, without the end that was drawn for a repetition.
    var prefixToRunAgain: String {
        guard object.annotations[AnnotationKey.rerunOf] != nil, let dash = name.lastIndex(of: "-") else {
            return name + "-"
        }
        return String(name[...dash])
    }
}

extension RunRequest {
    /// The request that a JobRun was made of.
    init(repeating copy: KubeObject, of run: FamilyRun) throws(CommandFailure) {
        guard let template = JobRun(copy).templateRef else {
            throw CommandFailure("\(run.reference) names no template")
        }
        self.init(namespace: run.object.namespace ?? "default", template: template)
        var spec = copy["spec"]?.object ?? [:]
        spec["templateRef"] = nil
        container = spec.removeValue(forKey: "container")?.string
        command = spec.removeValue(forKey: "command")?.array?.compactMap(\.string) ?? []
        args = spec.removeValue(forKey: "args")?.array?.compactMap(\.string) ?? []
        parameters = JobRun(copy).parameters.map { Parameter(name: $0.name, value: $0.value) }
        spec["parameters"] = nil
        overrides = spec
        labels = copy.labels
        annotations = copy.annotations
        annotations[AnnotationKey.rerunOf] = run.name
    }

    /// Changes overrides: variables one by one, everything else as a whole.
    mutating func change(_ fields: JSONObject) {
        for (name, value) in fields {
            let former = name == "env" ? overrides[name]?.array ?? [] : []
            let given = Set((value.array ?? []).compactMap { $0["name"]?.string })
            let kept = former.filter { !given.contains($0["name"]?.string ?? "") }
            overrides[name] = kept.isEmpty ? value : .array(kept + (value.array ?? []))
        }
    }
}
