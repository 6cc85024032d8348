import KubeObjects
import KubeSchema

/// `batch/v1` CronJobs.
struct CronJobRules: KindRules {
    /// A Job's name is this with a suffix of eleven characters, and may have 63.
    private static let maxNameLength = 52

    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
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
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if let name = object.name, name.utf8.count > Self.maxNameLength {
            errors.append(
                .invalid(
                    FieldPath("metadata", "name"), .string(name),
                    "must be no more than \(Self.maxNameLength) characters"))
        }
        errors += validateSchedule(spec.text("schedule"), at: path.child("schedule"))
        if let zone = spec["timeZone"]?.string { errors += validateTimeZone(zone, at: path.child("timeZone")) }
        for key in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
            errors += NumberRule.nonNegative(spec[key], at: path.child(key))
        }
        errors += ChoiceRule.check(
            "concurrencyPolicy", spec, in: ["Allow", "Forbid", "Replace"], isRequired: true, at: path)
        let template = spec["jobTemplate"] ?? [:]
        let templatePath = path.child("jobTemplate")
        errors += ObjectMetaValidation.validateLabels(
            template["metadata"]?["labels"], at: templatePath.child("labels"))
        errors += ObjectMetaValidation.validateAnnotations(
            template["metadata"]?["annotations"], at: templatePath.child("annotations"))
        let job = template["spec"] ?? [:]
        if job["manualSelector"] == true {
            errors.append(
                .notSupported(
                    templatePath.child("spec", "manualSelector"), true, supported: ["nil", "false"]))
        } else if let selector = job["selector"] {
            errors.append(
                .invalid(templatePath.child("spec", "selector"), selector, "`selector` will be auto-generated"))
        }
        return errors + JobRules.validateSpec(job, at: templatePath.child("spec"))
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        PodWarnings.workload(object, old: old, template: ["spec", "jobTemplate", "spec", "template", "spec"])
    }

    private func validateSchedule(_ schedule: String, at path: FieldPath) -> [FieldError] {
        if schedule.isEmpty { return [.required(path)] }
        if schedule.contains("TZ=") {
            return [
                .invalid(
                    path, .string(schedule),
                    "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
            ]
        }
        return CronScheduleSyntax.fault(schedule).map { [.invalid(path, .string(schedule), $0)] } ?? []
    }

    private func validateTimeZone(_ zone: String, at path: FieldPath) -> [FieldError] {
        if zone.isEmpty { return [.invalid(path, "", "timeZone must be nil or non-empty string")] }
        if zone.lowercased() == "local" {
            return [
                .invalid(
                    path, .string(zone),
                    "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
            ]
        }
        return TimeZoneName.isKnown(zone) ? [] : [.invalid(path, .string(zone), "unknown time zone \(zone)")]
    }
}
