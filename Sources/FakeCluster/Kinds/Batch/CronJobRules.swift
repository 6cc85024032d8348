import KubeObjects
import KubeSchema

/// `batch/v1` CronJobs.
struct CronJobRules: KindRules {
    /// A Job's name is this with a suffix of eleven characters, and may have 63.
    private static let maxNameLength = 52

    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .cronJobs }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("concurrencyPolicy", "Allow")
            spec.setDefault("suspend", false)
            spec.setDefault("successfulJobsHistoryLimit", 3)
            spec.setDefault("failedJobsHistoryLimit", 1)
            // The Jobs get their own defaults when they are made; only pods have theirs here already.
            spec.editOrMake("jobTemplate") { template in
                template.setDefault("metadata", [:])
                template.editOrMake("spec", PodSpecDefaults.apply(toTemplateIn:))
            }
        }
        object.setDefault("status", [:])
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors = validateSpec(object["spec"] ?? [:], old: nil)
        if let name = object.name, name.utf8.count > Self.maxNameLength {
            errors.append(
                .invalid(
                    FieldPath("metadata", "name"), .string(name),
                    "must be no more than \(Self.maxNameLength) characters"))
        }
        return errors
    }

    // The length of the name is not checked again: it cannot change.
    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validateSpec(object["spec"] ?? [:], old: old["spec"])
    }

    private func validateSpec(_ spec: JSONValue, old: JSONValue?) -> [FieldError] {
        let path = FieldPath("spec")
        var errors = validateSchedule(spec, old: old, at: path.child("schedule"))
        if let zone = spec["timeZone"]?.string, old == nil || zone != old?["timeZone"]?.string {
            errors += validateTimeZone(zone, at: path.child("timeZone"))
        }
        for key in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
            errors += NumberRule.nonNegative(spec[key], at: path.child(key))
        }
        errors += ChoiceRule.check(
            "concurrencyPolicy", spec, in: ["Allow", "Forbid", "Replace"], isRequired: true, at: path)
        let job = spec["jobTemplate"]?["spec"] ?? [:]
        let jobPath = path.child("jobTemplate", "spec")
        if let selector = job["selector"] {
            errors.append(.invalid(jobPath.child("selector"), selector, "`selector` will be auto-generated"))
        }
        if job["manualSelector"] == true {
            errors.append(.notSupported(jobPath.child("manualSelector"), true, supported: ["nil", "false"]))
        }
        return errors + JobRules.validateSpec(job, at: jobPath)
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        PodWarnings.workload(object, old: old, template: ["spec", "jobTemplate", "spec", "template"])
            + JobRules.warnings(
                ofSpec: object["spec"]?[path: "jobTemplate", "spec"] ?? [:],
                old: old?["spec"]?[path: "jobTemplate", "spec"], at: FieldPath("spec", "jobTemplate", "spec"))
    }

    private func validateSchedule(_ spec: JSONValue, old: JSONValue?, at path: FieldPath) -> [FieldError] {
        let schedule = spec.text("schedule")
        if schedule.isEmpty { return [.required(path)] }
        var errors = CronScheduleSyntax.fault(schedule).map { [FieldError.invalid(path, .string(schedule), $0)] } ?? []
        guard schedule.contains("TZ") else { return errors }
        if old?.text("schedule").contains("TZ") != true {
            errors.append(
                .invalid(
                    path, .string(schedule), "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
        } else if spec["timeZone"] != nil {
            errors.append(
                .invalid(path, .string(schedule), "cannot use both timeZone field and TZ or CRON_TZ in schedule"))
        }
        return errors
    }

    private func validateTimeZone(_ zone: String, at path: FieldPath) -> [FieldError] {
        if zone.isEmpty { return [.invalid(path, "", "timeZone must be nil or non-empty string")] }
        var errors: [FieldError] = []
        if zone.lowercased() == "local" {
            errors.append(
                .invalid(
                    path, .string(zone),
                    "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"))
        }
        if zone != "Local", !TimeZoneName.isKnown(zone) {
            errors.append(.invalid(path, .string(zone), "unknown time zone \(zone)"))
        }
        return errors
    }
}
