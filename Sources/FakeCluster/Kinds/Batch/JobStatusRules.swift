import KubeObjects
import KubeSchema

/// What a Job's status must be, and how it may change: since other controllers may manage Jobs (KEP-4368), the server holds
/// every writer to what clients expect (Kubernetes v1.36, `validateJobStatus` and `ValidateJobStatusUpdate`).
struct JobStatusRules {
    private static let path = FieldPath("status")
    private static let conditionsPath = path.child("conditions")

    private let spec: JSONValue
    private let new: JSONValue
    private let old: JSONValue

    init(_ job: KubeObject, old: KubeObject) {
        spec = job["spec"] ?? [:]
        new = job["status"] ?? [:]
        self.old = old["status"] ?? [:]
    }

    /// The faults of the changed status.
    func validate() -> [FieldError] {
        validateCounts() + validateUncounted() + validateConditions() + validateFinished() + validateTimes()
            + validateIndexes() + validateTransitions()
    }

    private func isTrue(_ type: String, _ status: JSONValue) -> Bool {
        status.list("conditions").contains { $0.text("type") == type && $0["status"] == "True" }
    }

    private func isFinished(_ status: JSONValue) -> Bool { isTrue("Complete", status) || isTrue("Failed", status) }

    /// Whether what a rule looks at differs from before: what was wrong already is nobody's fault now.
    private func changed(_ fields: String...) -> Bool { fields.contains { new[$0] != old[$0] } }

    private func changed(condition type: String) -> Bool { isTrue(type, new) != isTrue(type, old) }

    private var finishedChanged: Bool { isFinished(new) != isFinished(old) }

    private func validateCounts() -> [FieldError] {
        ["active", "succeeded", "failed", "ready", "terminating"].flatMap {
            NumberRule.nonNegative(new[$0], at: Self.path.child($0))
        }
    }

    private func validateUncounted() -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        let pods = new["uncountedTerminatedPods"] ?? [:]
        for list in ["succeeded", "failed"] {
            for (position, uid) in pods.list(list).enumerated() {
                let place = Self.path.child("uncountedTerminatedPods", list).index(position)
                if uid == "" {
                    errors.append(.invalid(place, uid, "must not be empty"))
                } else if !seen.insert(uid.string ?? "").inserted {
                    errors.append(.duplicate(place, uid))
                }
            }
        }
        return errors
    }

    /// Which conditions exclude and which require one another.
    private func validateConditions() -> [FieldError] {
        let isComplete = isTrue("Complete", new)
        let isFailed = isTrue("Failed", new)
        let isToFail = isTrue("FailureTarget", new)
        let isToSucceed = isTrue("SuccessCriteriaMet", new)
        let rules: [(applies: Bool, message: String)] = [
            (
                isComplete && isFailed && (changed(condition: "Complete") || changed(condition: "Failed")),
                "cannot set Complete=True and Failed=true conditions"
            ),
            (
                isComplete && isToFail && (changed(condition: "Complete") || changed(condition: "FailureTarget")),
                "cannot set Complete=True and FailureTarget=true conditions"
            ),
            (
                isFailed && !isToFail && (changed(condition: "Failed") || changed("failedIndexes")),
                "cannot set Failed=True condition without the FailureTarget=true condition"
            ),
            (
                isComplete && !isToSucceed
                    && (changed(condition: "Complete") || changed(condition: "SuccessCriteriaMet")),
                "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"
            ),
            (isToSucceed && isFailed, "cannot set SuccessCriteriaMet=True and Failed=true conditions"),
            (isToSucceed && isToFail, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"),
            (
                spec["successPolicy"] != nil && !isToSucceed && isComplete,
                "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"
            ),
        ]
        return rules.filter(\.applies).map { .invalid(Self.conditionsPath, nil, $0.message) }
    }

    /// What a finished Job may not have any more.
    private func validateFinished() -> [FieldError] {
        guard isFinished(new) else { return [] }
        var errors: [FieldError] = []
        for key in ["active", "terminating"] where new.number(key) > 0 && (finishedChanged || changed(key)) {
            errors.append(.invalid(Self.path.child(key), new[key], "\(key)>0 is invalid for finished job"))
        }
        if new["startTime"] == nil, finishedChanged || changed("startTime") {
            errors.append(.required(Self.path.child("startTime"), "startTime is required for finished job"))
        }
        let pods = new["uncountedTerminatedPods"] ?? [:]
        if !(pods.list("succeeded") + pods.list("failed")).isEmpty,
            finishedChanged || changed("uncountedTerminatedPods")
        {
            errors.append(
                .invalid(
                    Self.path.child("uncountedTerminatedPods"),
                    shown: InternalForm.text(pods, as: "UncountedTerminatedPods"),
                    "uncountedTerminatedPods needs to be empty for finished job"))
        }
        return errors
    }

    private func validateTimes() -> [FieldError] {
        let place = Self.path.child("completionTime")
        let isComplete = isTrue("Complete", new)
        var errors: [FieldError] = []
        if changed(condition: "Complete") || changed("completionTime") {
            if let time = new["completionTime"], !isComplete {
                errors.append(
                    .invalid(place, time, "cannot set completionTime when there is no Complete=True condition"))
            }
            if new["completionTime"] == nil, isComplete {
                errors.append(.required(place, "completionTime is required for Complete jobs"))
            }
        }
        if changed("startTime", "completionTime"), let start = new["startTime"]?.timestamp,
            let end = new["completionTime"]?.timestamp, end < start
        {
            errors.append(.invalid(place, new["completionTime"], "completionTime cannot be set before startTime"))
        }
        return errors
    }

    private func validateIndexes() -> [FieldError] {
        var errors: [FieldError] = []
        let completed = new.text("completedIndexes")
        let failed = new["failedIndexes"]?.string
        let completedPath = Self.path.child("completedIndexes")
        let failedPath = Self.path.child("failedIndexes")
        if changed("completedIndexes") {
            if let fault = fault(of: completed) {
                errors.append(
                    .invalid(completedPath, .string(completed), "error parsing completedIndexes: \(fault)"))
            }
            if !completed.isEmpty, spec["completionMode"] != "Indexed" {
                errors.append(
                    .invalid(
                        completedPath, .string(completed),
                        "cannot set non-empty completedIndexes when non-indexed completion mode"))
            }
        }
        guard let failed else { return errors }
        if changed("failedIndexes") {
            if spec["backoffLimitPerIndex"] == nil {
                errors.append(
                    .invalid(
                        failedPath, .string(failed),
                        "cannot set non-null failedIndexes when backoffLimitPerIndex is null"))
            } else if let fault = fault(of: failed) {
                errors.append(.invalid(failedPath, .string(failed), "error parsing failedIndexes: \(fault)"))
            }
        }
        if changed("failedIndexes", "completedIndexes"), let completions = spec["completions"]?.integer,
            let first = try? IndexList(completed, completions: completions),
            let second = try? IndexList(failed, completions: completions), let common = first.firstCommon(with: second)
        {
            errors.append(
                .invalid(
                    failedPath, .string(failed), "failedIndexes and completedIndexes overlap at index: \(common)"))
        }
        return errors
    }

    private func fault(of indexes: String) -> String? {
        guard let completions = spec["completions"]?.integer else { return nil }
        do throws(IndexList.Fault) {
            _ = try IndexList(indexes, completions: completions)
            return nil
        } catch {
            return error.description
        }
    }

    private func validateTransitions() -> [FieldError] {
        var errors: [FieldError] = []
        if changed("ready", "active"), let ready = new["ready"], ready.integer ?? 0 > new.number("active") {
            errors.append(.invalid(Self.path.child("ready"), ready, "cannot set more ready pods than active"))
        }
        for type in ["Failed", "Complete", "FailureTarget"] where isTrue(type, old) && !isTrue(type, new) {
            errors.append(
                .invalid(Self.conditionsPath, nil, "cannot disable the terminal \(type)=True condition"))
        }
        // A Job whose completions follow its parallelism may be made smaller.
        let isElastic = spec["completionMode"] == "Indexed" && spec["completions"] == spec["parallelism"]
        for key in isElastic ? ["failed"] : ["failed", "succeeded"] where new.number(key) < old.number(key) {
            errors.append(
                .invalid(
                    Self.path.child(key), .integer(new.number(key)), "cannot decrease the \(key) counter"))
        }
        if let time = new["completionTime"], old["completionTime"] != nil, changed("completionTime") {
            errors.append(.invalid(Self.path.child("completionTime"), time, Immutability.message))
        }
        let isResumed = isTrue("Suspended", old) && !isTrue("Suspended", new)
        if old["startTime"] != nil, changed("startTime"), spec["suspend"] != true, !isResumed {
            errors.append(
                .required(Self.path.child("startTime"), "startTime cannot be removed for unsuspended job"))
        }
        if isTrue("SuccessCriteriaMet", old), !isTrue("SuccessCriteriaMet", new) {
            errors.append(.invalid(Self.conditionsPath, nil, "cannot disable the SuccessCriteriaMet=True condition"))
        }
        if isTrue("Complete", old), !isTrue("SuccessCriteriaMet", old), isTrue("SuccessCriteriaMet", new) {
            errors.append(
                .invalid(
                    Self.conditionsPath, nil,
                    "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions"))
        }
        return errors
    }
}
