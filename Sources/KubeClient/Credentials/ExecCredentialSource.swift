import KubeObjects
import KubeWire
import Subprocess
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Credentials from a program, kept until they expire or the server refuses them. However many requests wait, the
/// program runs once.
actor ExecCredentialSource: CredentialSource {
    private let plugin: ExecPlugin
    private let base: Credentials
    private let time: TimeSource
    private var current: Issued?
    private var running: Task<Issued, any Error>?

    private struct Issued: Sendable {
        var credentials: Credentials
        var expires: Timestamp?
    }

    /// How long before their end credentials are no longer used: a request takes its time.
    private static let margin = Duration.seconds(5)
    private static let outputLimit = 1 << 20

    init(plugin: ExecPlugin, base: Credentials, time: TimeSource = .system) {
        self.plugin = plugin
        self.base = base
        self.time = time
    }

    func credentials() async throws -> Credentials {
        if let current, current.expires.map({ time.now() + Self.margin < $0 }) ?? true { return current.credentials }
        return try await issue()
    }

    func renewed(after refused: Credentials) async throws -> Credentials? {
        // Another request may have renewed them already.
        if let current, current.credentials != refused { return current.credentials }
        let renewed = try await issue()
        return renewed == refused ? nil : renewed
    }

    private func issue() async throws -> Credentials {
        let task = running ?? Task { try await run() }
        running = task
        defer { if running == task { running = nil } }
        let issued = try await task.value
        current = issued
        return issued.credentials
    }

    private func run() async throws -> Issued {
        let isTerminal = isatty(STDIN_FILENO) == 1
        guard isTerminal || !plugin.needsTerminal else {
            throw TransportError(.credentials, "the credential plugin \(plugin.command) needs a terminal to ask at")
        }
        let isInteractive = plugin.isInteractive && isTerminal
        var variables: [Environment.Key: String?] = [
            "KUBERNETES_EXEC_INFO": plugin.information(isInteractive: isInteractive)
        ]
        for (name, value) in plugin.environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        let executable: Executable =
            plugin.command.contains("/") ? .path(FilePath(plugin.command)) : .name(plugin.command)
        let output: (status: TerminationStatus, text: String)
        do {
            output =
                isInteractive
                ? try await Self.run(executable, plugin.arguments, variables, input: .currentStandardInput)
                : try await Self.run(executable, plugin.arguments, variables, input: .none)
        } catch let error as SubprocessError {
            throw failure(to: error)
        }
        guard output.status.isSuccess else {
            throw TransportError(.credentials, "the credential plugin \(plugin.command) failed: \(output.status)")
        }
        return try issued(from: output.text)
    }

    private static func run(
        _ executable: Executable, _ arguments: [String], _ variables: [Environment.Key: String?],
        input: some InputProtocol
    ) async throws -> (TerminationStatus, String) {
        let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: .inherit.updating(variables), input: input,
            output: .string(limit: outputLimit), error: .currentStandardError)
        return (result.terminationStatus, result.standardOutput)
    }

    private func failure(to error: SubprocessError) -> TransportError {
        guard error.code == .executableNotFound || error.code == .spawnFailed else {
            return TransportError(.credentials, "the credential plugin \(plugin.command) failed: \(error)")
        }
        let hint = plugin.installHint.map { ": \($0)" } ?? ""
        return TransportError(.credentials, "the credential plugin \(plugin.command) cannot be started\(hint)")
    }

    /// Reads the `ExecCredential` that the program printed.
    private func issued(from text: String) throws(TransportError) -> Issued {
        func malformed(_ what: String) -> TransportError {
            TransportError(.credentials, "the credential plugin \(plugin.command) printed \(what)")
        }
        guard let json = try? JSONValue(parsing: text), json["kind"]?.string == "ExecCredential" else {
            throw malformed("no ExecCredential")
        }
        guard json["apiVersion"]?.string == plugin.apiVersion else {
            throw malformed(
                "credentials of \(json["apiVersion"]?.string ?? "no version"), not of \(plugin.apiVersion)")
        }
        var credentials = base
        let status = json["status"]
        if let token = status?["token"]?.string, !token.isEmpty {
            guard (try? UserCredentials.clean(token, "")) != nil else { throw malformed("a malformed token") }
            credentials.authorization = "Bearer \(token)"
        }
        if let certificate = status?["clientCertificateData"]?.string, let key = status?["clientKeyData"]?.string {
            credentials.clientCertificate = Array(certificate.utf8)
            credentials.clientKey = Array(key.utf8)
        }
        guard credentials != base else { throw malformed("neither token nor client certificate") }
        return Issued(
            credentials: credentials, expires: status?["expirationTimestamp"]?.string.flatMap(Timestamp.init))
    }
}
