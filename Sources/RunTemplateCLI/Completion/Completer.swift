import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Finds what may stand under the cursor: verbs, flags, values, and what the server has of templates and runs. One
/// request at most, and no discovery.
struct Completer {
    let request: CompletionRequest
    let session: Session

    /// How long the server may take: somebody waits with a finger on the key.
    private static let patience = Duration.seconds(5)

    /// The candidates that begin with what is there already.
    func answer() async -> CompletionAnswer {
        do {
            return try await found().starting(with: request.current)
        } catch {
            return CompletionAnswer(candidates: [], directive: [.error, .noFiles])
        }
    }

    private func found() async throws -> CompletionAnswer {
        switch request.place {
        case .argument: .files
        case .flag: try await flags()
        case .parameter(let name): try await values(ofParameter: name)
        case .value(let flag): try await values(of: flag)
        case .word: try await words()
        }
    }

    /// The client that the flags so far mean.
    private func client() throws -> KubeClient {
        let known = CommandDescription.arguments(of: ConnectionArguments.self)
        var words: [String] = []
        for flag in request.flags where known.contains(where: { $0.names.contains(flag.name) }) {
            words += [flag.name] + (flag.value.map { [$0] } ?? [])
        }
        var client = try ConnectionArguments.parse(words).client(session)
        client.requestTimeout = min(client.requestTimeout ?? Self.patience, Self.patience)
        client.onWarning = nil
        return client
    }
}

/// Words at places of their own.
extension Completer {
    private func words() async throws -> CompletionAnswer {
        let places = request.command.arguments.filter { $0.kind == .positional && !$0.isBehindTerminator }
        let last = places.indices.last ?? -1
        guard !places.isEmpty, request.words.count <= last || places[last].isRepeated else { return .nothing }
        let place = places[min(request.words.count, last)]
        if !place.values.isEmpty {
            return CompletionAnswer(candidates: place.values.map { CompletionAnswer.Candidate(value: $0) })
        }
        switch place.valueName {
        case "template":
            let verbs = request.isRoot ? Self.verbs : []
            // A verb is worth completing without a server too.
            let templates = (try? await templates()) ?? []
            return CompletionAnswer(candidates: templates + verbs)
        case "run", "runs", "name", "names", "other":
            return try await runs()
        default: return .nothing
        }
    }

    private static var verbs: [CompletionAnswer.Candidate] {
        RunTemplateCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map {
            CompletionAnswer.Candidate(
                value: $0.configuration.commandName ?? "", help: $0.configuration.abstract)
        } + [CompletionAnswer.Candidate(value: LocalRun.verb, help: LocalRun.abstract)]
    }

    /// The templates: of the file or folder that is named, else of the server.
    private func templates() async throws -> [CompletionAnswer.Candidate] {
        let all: [JobTemplate]
        if let file = request.value("-f", "--filename") {
            all = try TemplateFiles.templates(in: file)
        } else {
            let client = try client()
            all = try await client.list(.jobTemplates, namespace: client.defaultNamespace).items.map { JobTemplate($0) }
        }
        return all.map { template in
            let name = template.object.name ?? ""
            let isVerb = request.isRoot && RunTemplate.verbs.contains(name)
            let containers = template.object[path: "spec", "template", "spec", "containers"]?.array ?? []
            return CompletionAnswer.Candidate(
                value: isVerb ? "jt/\(name)" : name,
                help: containers.compactMap { $0["image"]?.string }.joined(separator: ", "))
        }
    }

    /// The JobRuns, or behind `TYPE/` the runs of that type; where nothing fits, the types.
    private func runs() async throws -> CompletionAnswer {
        let typed = request.current.prefix { $0 != "/" }
        let family = request.current.contains("/") ? try RunTypes.family(String(typed)) : RunTypes.standard
        let found = try await RunLookup(client: try client()).list(family, allNamespaces: false)
        let isTyped = request.current.contains("/")
        let runs = found.map { run in
            let age = run.object.creationTimestamp.map { HumanDuration.text(session.time.now() - $0) + " ago" }
            let words = [run.family.templateName(of: run.object), run.status.phase?.rawValue, age]
            return CompletionAnswer.Candidate(
                value: isTyped ? "\(typed)/\(run.name)" : run.name,
                help: words.compactMap(\.self).joined(separator: ", "))
        }.filter { $0.value.hasPrefix(request.current) && !request.words.contains($0.value) }
        guard runs.isEmpty, !isTyped else { return CompletionAnswer(candidates: runs) }
        return CompletionAnswer(
            candidates: RunTypes.names.map { CompletionAnswer.Candidate(value: "\($0)/") },
            directive: [.noSpace, .noFiles])
    }
}

/// Flags and their values.
extension Completer {
    /// The flags of the verb, with those of the template's parameters first. Short ones are offered to whoever has not
    /// begun a long one.
    private func flags() async throws -> CompletionAnswer {
        let parameters = (try? await template()?.parameters) ?? []
        let own = request.command.flags.flatMap { flag in
            flag.names.filter { $0.hasPrefix("--") || !request.current.hasPrefix("--") }.map {
                CompletionAnswer.Candidate(value: $0, help: flag.help)
            }
        }
        let declared = parameters.filter { $0.flagAdvice == nil }.map { parameter in
            let words = [parameter.description, parameter.allowedText].compactMap(\.self).filter { !$0.isEmpty }
            return CompletionAnswer.Candidate(
                value: "--\(parameter.name)", help: words.isEmpty ? "a parameter" : words.joined(separator: " "))
        }
        return CompletionAnswer(candidates: declared + own)
    }

    /// The template that the line names; nil if it names none.
    private func template() async throws -> JobTemplate? {
        guard let word = request.words.first, request.command.arguments.contains(where: { $0.valueName == "template" })
        else { return nil }
        let name = try TemplateLookup.name(word)
        if let file = request.value("-f", "--filename") { return try TemplateFiles.template(name, in: file) }
        let client = try client()
        return JobTemplate(try await client.get(.jobTemplates, namespace: client.defaultNamespace, name: name))
    }

    private func values(ofParameter name: String) async throws -> CompletionAnswer {
        guard let parameter = try await template()?.parameters.first(where: { $0.name == name }) else {
            return .nothing
        }
        return CompletionAnswer(candidates: Self.values(of: parameter))
    }

    private static func values(of parameter: JobParameter) -> [CompletionAnswer.Candidate] {
        let fallback = parameter.defaultValue
        var values = parameter.allowed
        if values.isEmpty, parameter.type == .boolean { values = [true, false] }
        if values.isEmpty, let fallback { values = [fallback] }
        return values.map {
            CompletionAnswer.Candidate(value: $0.parameterText, help: $0 == fallback ? "the default" : "")
        }
    }

    private func values(of flag: CommandDescription.Argument) async throws -> CompletionAnswer {
        if !flag.values.isEmpty {
            return CompletionAnswer(candidates: flag.values.map { CompletionAnswer.Candidate(value: $0) })
        }
        switch flag.name {
        case "--output":
            return CompletionAnswer(candidates: OutputFormat.words.map { CompletionAnswer.Candidate(value: $0) })
        case "--type": return names(RunTypes.names)
        case "--namespace":
            return names(try await client().list(.namespaces).items.compactMap(\.name))
        case "--context", "--cluster", "--user":
            let known = try KubeconfigNames.load(explicit: request.value("--kubeconfig"))
            switch flag.name {
            case "--context": return names(known.contexts)
            case "--cluster": return names(known.clusters)
            default: return names(known.users)
            }
        case "--container", "--exit-code-from": return names(try await template()?.containerNames ?? [])
        case "--param": return try await parameterPairs()
        case "--filename", "--params-file", "--kubeconfig", "--certificate-authority", "--client-certificate",
            "--client-key":
            return .files
        default: return .nothing
        }
    }

    private func names(_ names: [String]) -> CompletionAnswer {
        CompletionAnswer(candidates: names.map { CompletionAnswer.Candidate(value: $0) })
    }

    /// `name=` for each parameter, and `name=value` where the values are known.
    private func parameterPairs() async throws -> CompletionAnswer {
        let parameters = try await template()?.parameters ?? []
        let name = request.current.prefix { $0 != "=" }
        if request.current.contains("="), let parameter = parameters.first(where: { $0.name == name }) {
            let values = Self.values(of: parameter)
            return CompletionAnswer(
                candidates: values.map { CompletionAnswer.Candidate(value: "\(name)=\($0.value)", help: $0.help) })
        }
        return CompletionAnswer(
            candidates: parameters.map {
                CompletionAnswer.Candidate(value: "\($0.name)=", help: $0.description ?? "")
            }, directive: [.noSpace, .noFiles])
    }
}
