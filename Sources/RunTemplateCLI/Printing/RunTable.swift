import KubeObjects
import RunCore

extension Table {
    /// Runs, in the order given.
    init(runs: [FamilyRun], withNamespace: Bool, isWide: Bool, now: Timestamp) {
        var headings = ["NAME", "TEMPLATE", "PHASE", "EXIT", "DURATION", "AGE"]
        if isWide { headings += ["REASON", "JOB"] }
        self.init(rows: [(withNamespace ? ["NAMESPACE"] : []) + headings])
        for run in runs {
            let status = run.status
            var cells = [
                run.shortName, run.family.templateName(of: run.object) ?? "", status.phase?.rawValue ?? "",
                status.exitCode.map { String($0) } ?? "", status.duration ?? "", Self.age(run.object, now),
            ]
            if isWide { cells += [status.reason ?? "", status.job?.key.name ?? ""] }
            add((withNamespace ? [run.workNamespace] : []) + cells)
        }
    }

    /// Templates by name.
    init(templates: [KubeObject], withNamespace: Bool, now: Timestamp) {
        self.init(rows: [(withNamespace ? ["NAMESPACE"] : []) + ["NAME", "CONTAINERS", "PARAMETERS", "AGE"]])
        for object in templates {
            let template = JobTemplate(object)
            let cells = [
                object.name ?? "", template.containerNames.joined(separator: ","),
                template.parameters.map(\.name).joined(separator: ","), Self.age(object, now),
            ]
            add((withNamespace ? [object.namespace ?? ""] : []) + cells)
        }
    }

    /// Runs in the order of their creation.
    static func byAge(_ runs: [FamilyRun]) -> [FamilyRun] { runs.sorted { isOlder($0.object, $1.object) } }

    private static func isOlder(_ left: KubeObject, _ right: KubeObject) -> Bool {
        guard let first = left.creationTimestamp, let second = right.creationTimestamp, first != second else {
            return left.key < right.key
        }
        return first < second
    }

    private static func age(_ object: KubeObject, _ now: Timestamp) -> String {
        object.creationTimestamp.map { HumanDuration.text(now - $0) } ?? "<unknown>"
    }
}
