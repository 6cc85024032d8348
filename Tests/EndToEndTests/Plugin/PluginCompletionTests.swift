import Foundation
import Testing

/// Completion as shells ask for it: through kubectl, and through the scripts for the plugin's own name.
@Suite(.timeLimit(.minutes(5)))
struct PluginCompletionTests {
    private static let greet = PluginTemplates.script(
        "greet", "echo $(params.word)",
        parameters: "parameters: [{name: word, enum: [Hello, Goodbye], default: Hello, description: What is said.}]")

    @Test("kubectl's own completion, with the executable that completion install puts in place")
    func throughKubectl() async throws {
        try await RunningCluster.withTemplates(Self.greet) { cluster in
            let folder = cluster.scratch + "/bin"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/kubectl-run_template",
                withDestinationPath: try Program.path(of: "kubectl-run_template"))
            let kubectl = try Program.path(of: "kubectl-1.34")
            func shell(_ script: String) async throws -> ProgramResult {
                try await cluster.run("/bin/sh", "-c", "PATH='\(folder)':/usr/bin:/bin; \(script)")
            }
            let installed = try await shell("kubectl-run_template completion install")
            #expect(
                installed.output
                    == "\(folder)/kubectl_complete-run_template is there; kubectl's completion asks it from now on\n",
                "\(installed)")
            #expect(try await shell("kubectl-run_template completion install").exitCode == 0)
            let templates = try await shell("'\(kubectl)' __complete run-template gre")
            #expect(templates.output == "greet\tbusybox:1.36\n:4\n", "\(templates)")
            let values = try await shell("'\(kubectl)' __complete run-template greet --word ''")
            #expect(values.output == "Hello\tthe default\nGoodbye\n:4\n", "\(values)")
            let flags = try await shell("'\(kubectl)' __complete run-template greet --wo")
            #expect(flags.output == "--word\tWhat is said. Hello|Goodbye\n:4\n", "\(flags)")
        }
    }

    @Test("bash completes the plugin's own name")
    func bash() async throws {
        try await RunningCluster.withTemplates(Self.greet) { cluster in
            // What bash does when Tab is pressed: divides the line as it does, and calls the function.
            let script = """
                source <(kubectl-run_template completion bash)
                compopt() { :; }
                ask() {
                    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
                    _kubectl_run_template
                    printf '%s ' "${COMPREPLY[@]}"; echo
                }
                ask kubectl-run_template gre
                ask kubectl-run_template greet --word G
                ask kubectl-run_template greet --word = H
                ask kubectl-run_template greet --word =
                ask kubectl-run_template greet -p word = G
                ask kubectl-run_template list --output = js
                complete -p kubectl-run_template
                """
            let result = try await cluster.run("/bin/bash", "-c", script)
            #expect(
                result.output == """
                    greet 
                    Goodbye 
                    Hello 
                    Hello Goodbye 
                    Goodbye 
                    json jsonpath jsonpath-as-json jsonpath-file 
                    complete -F _kubectl_run_template kubectl-run_template

                    """, "\(result)")
        }
    }

    @Test("fish completes the plugin's own name")
    func fish() async throws {
        try await RunningCluster.withTemplates(Self.greet) { cluster in
            let script = """
                kubectl-run_template completion fish | source
                complete -C "kubectl-run_template gre"
                complete -C "kubectl-run_template greet --word "
                complete -C "kubectl-run_template greet --word=G"
                complete -C "kubectl-run_template list -o jsonpath-f"
                complete -C "kubectl-run_template list --output=jsonpath-f"
                """
            let result = try await cluster.run(try Self.shell("fish"), "--no-config", "-c", script)
            #expect(
                result.output == """
                    greet\tbusybox:1.36
                    Goodbye
                    Hello\tthe default
                    --word=Goodbye
                    jsonpath-file
                    --output=jsonpath-file

                    """, "\(result)")
        }
    }

    @Test("zsh completes the plugin's own name")
    func zsh() async throws {
        try await RunningCluster.withTemplates(Self.greet) { cluster in
            // A zsh in a terminal of its own, where Tab is pressed; what the line has become is printed in brackets.
            let script = #"""
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell 'autoload -Uz compinit; compinit -u -D; source <(kubectl-run_template completion zsh); echo rea""dy'
                zpty -r shell shown '*ready*'
                for line in gre 'greet --word G' 'greet --word=G' 'list -o jsonpath-f' 'list --output=jsonpath-f'; do
                    zpty -w -n shell "kubectl-run_template $line"$'\t\x01echo "[\x05]"\n'
                    zpty -r shell shown $'*\n\\[*\\]*'
                    print -r -- ${${(M)${(f)shown}:#\[*}%%$'\r'*}
                done
                """#
            let result = try await cluster.run(try Self.shell("zsh"), "-f", "-c", script)
            #expect(
                result.output == """
                    [kubectl-run_template greet]
                    [kubectl-run_template greet --word Goodbye]
                    [kubectl-run_template greet --word=Goodbye]
                    [kubectl-run_template list -o jsonpath-file]
                    [kubectl-run_template list --output=jsonpath-file]

                    """, "\(result)")
        }
    }

    /// Where a shell is.
    private static func shell(_ name: String) throws -> String {
        try #require(
            ["/usr/bin/\(name)", "/bin/\(name)", "/usr/local/bin/\(name)"].first {
                FileManager.default.isExecutableFile(atPath: $0)
            }, "\(name) is missing: `make test-tools` installs it")
    }
}
