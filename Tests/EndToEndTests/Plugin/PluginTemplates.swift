import Testing

/// Templates for tests of the built plugin.
enum PluginTemplates {
    /// A template whose only container runs a shell's script.
    /// - Parameters:
    ///   - spec: More fields of the Job's spec, one a line.
    ///   - container: More fields of the container, one a line.
    ///   - parameters: The template's parameters, as a line of its own.
    static func script(
        _ name: String, _ script: String, spec: [String] = [], container: [String] = [], parameters: String = ""
    ) -> String {
        let lines = script.split(separator: "\n").map { "            \($0)\n" }.joined()
        return """
            apiVersion: cellbytes.io/v1
            kind: JobTemplate
            metadata: {name: \(name)}
            overridable: ["*"]
            \(parameters)
            spec:
              backoffLimit: 0
              \(spec.joined(separator: "\n  "))
              template:
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: main
                    image: busybox:1.36
                    \(container.joined(separator: "\n        "))
                    command: [sh, -c]
                    args:
                    - |
            \(lines)

            """
    }
}

extension RunningCluster {
    /// Starts a cluster that has templates, and does the work.
    static func withTemplates<Value: Sendable>(
        _ templates: String..., faults: String? = nil, _ work: (RunningCluster) async throws -> Value
    ) async throws -> Value {
        try await with(faults: faults) { cluster in
            try await cluster.output(
                "kubectl-1.34", "apply", "-f", "-", input: templates.joined(separator: "---\n"))
            return try await work(cluster)
        }
    }

    /// Runs the plugin in pipes.
    func plugin(_ arguments: String...) async throws -> ProgramResult {
        try await Program.run("kubectl-run_template", arguments, environment: ["KUBECONFIG": kubeconfig])
    }

    /// Runs the plugin at a terminal.
    func pluginAtTerminal(
        _ arguments: String..., environment: [String: String] = [:], outputFile: String? = nil,
        _ person: @escaping @Sendable (PseudoTerminal) async throws -> Void = { _ in }
    ) async throws -> TerminalResult {
        var environment = environment
        environment["KUBECONFIG"] = kubeconfig
        return try await PseudoTerminal.run(
            "kubectl-run_template", arguments, environment: environment, outputFile: outputFile, person)
    }
}
