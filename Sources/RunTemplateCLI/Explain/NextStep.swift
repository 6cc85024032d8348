import KubeObjects
import RunCore

/// What the user of a run may want to do, as it stands.
struct NextStep {
    let story: RunStory

    private var run: FamilyRun { story.run }
    private var name: String { run.shortName }
    private var isJobRun: Bool { RunTypes.isStandard(run.family) }
    private var pod: String { story.pods.last?.name ?? "POD" }

    /// Sentences and commands, at least one.
    var lines: [String] {
        let status = run.status
        guard run.family.isOurs(run.object) else {
            return ["Next: ask whoever runs the controller of the kind that it names."]
        }
        guard let phase = status.phase else {
            return ["Next: see that the run controller is running; it looks at a run within a second."]
        }
        if let known = advice(status.reason ?? "") { return known }
        switch phase {
        case .succeeded:
            return story.pods.isEmpty
                ? next("nothing is to be done", nil) : next("nothing is to be done; what it said", "logs \(name)")
        case .failed:
            return story.pods.isEmpty
                ? next("run it again", nil) + again : next("read what it said last", "logs \(name) --tail 20") + again
        case .timedOut:
            return next(
                "the run's own limit ended it; see where the time went, then raise the limit", "logs \(name) --tail 20")
                + (isJobRun ? command("rerun \(name) --timeout 1h") : again)
        case .cancelled: return next("somebody ended it; it can be run again", nil) + again
        case .suspended:
            return ["Next: it goes on when it is resumed:"] + ["  \(resume)"]
        case .running: return held ?? next("it runs", "logs -f \(name)") + command("cancel \(name)")
        case .pending, .waiting: return next("wait", "wait \(name)") + command("cancel \(name)")
        }
    }

    // MARK: Reasons

    private func advice(_ reason: String) -> [String]? {
        switch reason {
        case "OOMKilled":
            return next("it needs more memory than its limit", isJobRun ? "rerun \(name) --memory 1Gi" : nil)
        case "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull":
            return next("correct the image's name, or give the pods a pull secret; then run it again", nil)
                + ["  kubectl describe pod \(pod)\(place)"] + command("cancel \(name)") + again
        case "Unschedulable":
            return next("ask for less, make room, or loosen what the pod demands of its node", nil)
                + ["  kubectl describe pod \(pod)\(place)", "  kubectl describe nodes"]
        case "CrashLoopBackOff":
            return next("read why the container fails each time", "logs \(name) --tail 20") + command("cancel \(name)")
        case "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError":
            return next("the container cannot be started as the message says; correct that", nil)
                + ["  kubectl describe pod \(pod)\(place)"]
        case "Evicted", "NodeLost", "NodeShutdown":
            return next("the node needed room or went away, which is not the run's fault; run it again", nil) + again
        default: return RunReason(rawValue: reason).flatMap(advice)
        }
    }

    private func advice(_ reason: RunReason) -> [String]? {
        switch reason {
        case .waitingForTemplate: return next("create the template that it waits for", "list")
        case .waitingForTurn: return next("wait for its turn; \(line)", "wait \(name)") + command("cancel \(name)")
        case .tooManyRuns: return next("run it again when one of the others is over", "runs") + again
        case .templateNotFound:
            return next("create the template, or see what there is; then run it again", "list") + again
        case .targetNotFound:
            return next("create what it refers to, in its own namespace; then run it again", nil) + again
        case .invalidTemplate: return next("correct the template as the message says; then run it again", nil) + again
        case .invalidParameter, .overrideNotAllowed, .containerNotFound:
            let template = run.family.templateName(of: run.object)
            let allowed = next("see what the template allows", template.map { "describe \($0)" })
            switch reason {
            case .invalidParameter: return allowed + command("rerun \(name) -p NAME=VALUE")
            case .containerNotFound: return allowed + command("rerun \(name) --container NAME")
            default: return allowed + (template.map { command("\($0) --help") } ?? [])
            }
        case .invalidRun, .invalidSpec, .unsupported, .badTemplate, .crossNamespaceOutput, .nameRequired,
            .podTemplateNotSupported, .hostPathNotAllowed:
            return ["Next: create another \(run.object.kind), without what the message refuses."]
        case .secretNotFound, .secretKeyNotFound, .waitingForReferences, .namespaceNotFound:
            return ["Next: create what the message names; it starts by itself then."]
        case .jobCreateFailed:
            return [
                "Next: make room as the message says; it is tried again:", "  kubectl describe resourcequota\(place)",
            ]
        case .jobChangeFailed, .jobDeleteFailed, .referenceForbidden:
            return ["Next: give the controller the right that the message names; it is tried again."]
        case .nameConflict:
            return next("delete the Job of that name, which is not the run's; then run it again", nil) + again
        case .waitingForFormerJob:
            return next(
                "wait until its former Job is gone; have whoever put the finalizers on that Job that the message may name "
                    + "take them off", "wait \(name)")
        case .jobLost: return next("somebody deleted its Job; run it again", nil) + again
        case .idle:
            guard case .restart = run.family.repetition(of: run.object) else {
                let field = run.object[path: "spec", "trigger"] == nil ? "spec.triggers" : "spec.trigger"
                return ["Next: nothing; it starts when a pod changes as \(field) says."]
            }
            return ["Next: start it:", "  kubectl run-template \(name)\(hint)"]
        case .resultsTooLarge: return ["Next: leave less in the termination message, or put it where more fits."]
        default: return nil
        }
    }

    /// How many of its template's runs are before a run that waits.
    private var line: String {
        let standings = story.companions.map { (run: $0.object, standing: $0.family.standing(of: $0.object)) }
        let begun = standings.count { $0.standing?.isBegun == true && $0.standing?.isOver == false }
        let older = standings.count {
            $0.standing?.isWaiting == true && ($0.run.made, $0.run.key) < (run.object.made, run.object.key)
        }
        return "\(begun) of the template's runs \(begun == 1 ? "is" : "are") under way, "
            + (older == 0 ? "none goes first" : "\(older) more \(older == 1 ? "goes" : "go") first")
    }

    /// What keeps a run going whose own container has ended: a container beside it, such as a service mesh's proxy.
    private var held: [String]? {
        guard let pod = story.pods.last.map({ ObservedPod($0) }), !pod.isFinished, let target = pod.target,
            !target.isRunning, target.termination?.exitCode == 0
        else { return nil }
        let others = pod.others.filter(\.isRunning).map { "\"\($0.name)\"" }
        guard !others.isEmpty else { return nil }
        return next(
            "its container \"\(target.name)\" has ended, and \(others.joined(separator: ", ")) still "
                + "\(others.count == 1 ? "keeps" : "keep") the pod; end it with the other, or make it an init container "
                + "with restartPolicy: Always", nil) + command("cancel \(name)")
    }

    // MARK: Words

    private func next(_ sentence: String, _ verb: String?) -> [String] {
        let hasCommand = verb != nil
        return ["Next: \(sentence)\(hasCommand ? ":" : ".")"] + (verb.map(command) ?? [])
    }

    private func command(_ words: String) -> [String] { ["  kubectl run-template \(words)\(hint)"] }

    /// The command that does the same again, if there is one.
    private var again: [String] {
        switch run.family.repetition(of: run.object) {
        case .create, .restart: command("rerun \(name)")
        case .refuse: []
        }
    }

    private var resume: String {
        "kubectl patch \(run.reference)\(place) --type merge -p '{\"spec\": {\"suspend\": false}}'"
    }

    /// The namespace of pods, where it is not the usual one.
    private var place: String { run.workNamespace == "default" ? "" : " -n \(run.workNamespace)" }
    private var hint: String { run.namespace.map { $0 == "default" ? "" : " -n \($0)" } ?? "" }
}
