import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Tells what there is to know about a template before it is run.
struct DescribeCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "describe", _superCommandName: "kubectl run-template",
        abstract: "Show a template: containers, parameters, what a run may change, its latest runs.",
        discussion: "A run, named as TYPE/NAME, is explained.")

    @Argument(help: "The JobTemplate, or a run as TYPE/NAME.")
    var template: String
    @OptionGroup(title: "Template and server") var source: TemplateSource

    /// How many runs are shown.
    private static let runLimit = 5

    func execute(_ session: Session) async throws -> Int32 {
        if template.contains("/"), let run = try? RunName(template) {
            let client = try source.connection.client(session)
            let story = try await RunStory.read(try await RunLookup(client: client).find(run), client)
            session.output.text(story.text(now: session.time.now()))
            return RunExitCode.success
        }
        let found = try await source.template(try TemplateLookup.name(template), session)
        session.output.text(TemplateDescription(template: found, now: session.time.now()).text)
        if source.file == nil { session.output.text(try await runs(of: found, session)) }
        for warning in TemplateDescription.warnings(found) { session.errors.line("Warning: \(warning)") }
        return RunExitCode.success
    }

    private func runs(of template: JobTemplate, _ session: Session) async throws -> String {
        let client = try source.connection.client(session)
        let all: [FamilyRun]
        do {
            all = try await RunLookup(client: client).list(RunTypes.standard, allNamespaces: false)
        } catch let status as KubeStatus where status.code == 403 {
            return "Runs:          (not yours to see)\n"
        }
        let own = all.filter { $0.family.templateName(of: $0.object) == template.object.name }
        guard !own.isEmpty else { return "Runs:          none\n" }
        let latest = Table.byAge(own).suffix(Self.runLimit)
        let table = Table(runs: Array(latest), withNamespace: false, isWide: false, now: session.time.now())
        let rest = own.count > latest.count ? "  (\(own.count) in all)" : ""
        return "Runs:\(rest)\n" + table.text.split(separator: "\n").map { "  \($0)\n" }.joined()
    }
}

/// A template in words.
struct TemplateDescription {
    let template: JobTemplate
    let now: Timestamp

    /// Several lines.
    var text: String {
        var lines = [
            "Name:          \(template.object.name ?? "")", "Namespace:     \(template.object.namespace ?? "default")",
        ]
        if let created = template.object.creationTimestamp {
            lines.append("Created:       \(created.rfc3339) (\(HumanDuration.text(now - created)) ago)")
        }
        if template.object.generation > 0 { lines.append("Generation:    \(template.object.generation)") }
        lines.append("Digest:        \(template.snapshot.digest)")
        lines.append("Containers:")
        for container in template.object[path: "spec", "template", "spec", "containers"]?.array ?? [] {
            let name = container["name"]?.string ?? ""
            let mark = name == template.defaultContainer && template.containerNames.count > 1 ? " (default)" : ""
            lines.append("  \(name)\(mark): \(container["image"]?.string ?? "")")
            for field in ["command", "args"] {
                if let words = container[field] { lines.append("    \(field): \(words.encodedString())") }
            }
        }
        let overridable = template.overridable.joined(separator: ", ")
        lines.append("A run may set: \(overridable.isEmpty ? "nothing" : overridable)")
        lines += limits
        lines.append("Parameters:" + (template.parameters.isEmpty ? "    none" : ""))
        lines += template.parameters.map(\.helpLine)
        return lines.map { $0 + "\n" }.joined()
    }

    /// What the template says about its runs as a whole.
    private var limits: [String] {
        var lines: [String] = []
        if let (limit, policy) = template.concurrency {
            let more = policy == .queue ? "more wait for their turn" : "more are refused"
            lines.append("At once:       \(limit) \(limit == 1 ? "run" : "runs"), \(more)")
        }
        if let retention = template.retention {
            let rules = [("succeeded", retention.succeeded), ("failed", retention.failed)].compactMap { end, rule in
                Self.words(rule).map { "\(end): \($0)" }
            }
            lines.append("Kept:          \(rules.isEmpty ? "all runs" : rules.joined(separator: "; "))")
        }
        return lines
    }

    /// How long runs of one end are kept; nil if nothing ends it.
    private static func words(_ rule: RunRetention.Rule) -> String? {
        let parts = [
            rule.limit.map { $0 == 0 ? "none" : "the latest \($0)" },
            rule.timeToLive.map { "for \(HumanDuration.text($0))" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Says how a template is run whose name means something else; nil for all others.
    static func reservedName(_ name: String) -> String? {
        RunTemplate.verbs.contains(name) ? ReservedName.advice(name) : nil
    }

    /// What will not work as its author may think.
    static func warnings(_ template: JobTemplate) -> [String] {
        var warnings: [String] = []
        if let reserved = reservedName(template.object.name ?? "") { warnings.append(reserved) }
        return warnings + template.parameters.compactMap(\.flagAdvice)
    }
}
