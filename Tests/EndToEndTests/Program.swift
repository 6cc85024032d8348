import Foundation
import Subprocess
import SystemPackage
import Testing

/// What a program printed and how it ended.
struct ProgramResult: Sendable, CustomStringConvertible {
    var exitCode: Int32
    var output: String
    var error: String

    var description: String { "exit code \(exitCode)\n--- output\n\(output)--- error\n\(error)" }
}

/// The programs that the tests run: ours as they were just built, the clients as `make test-tools` fetched them.
enum Program {
    /// The folder of the test runner itself, where the package's programs are built too.
    static let buildFolder: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (own as NSString).deletingLastPathComponent
    }()

    /// The repository's root.
    static let root: String = {
        var path = #filePath as NSString
        for _ in 0..<3 { path = path.deletingLastPathComponent as NSString }
        return path as String
    }()

    /// Runs a program to its end.
    /// - Parameters:
    ///   - name: a program of ours, a fetched client (`kubectl-1.34`), or a path.
    ///   - environment: variables beside the inherited ones.
    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) async throws -> ProgramResult {
        var environment = environment
        environment["PATH"] = "\(buildFolder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        environment["NO_COLOR"] = "1"
        let keyed = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), Optional($1)) })
        let result = try await Subprocess.run(
            .path(FilePath(try path(of: name))), arguments: Arguments(arguments),
            environment: .inherit.updating(keyed), input: .string(input),
            output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 22))
        let code: Int32
        switch result.terminationStatus {
        case .exited(let exit): code = exit
        case .signaled(let signal): code = 128 + signal
        }
        return ProgramResult(
            exitCode: code, output: result.standardOutput, error: result.standardError)
    }

    /// Waits until something holds. Returns false if the process ends before.
    static func wait(for process: pid_t, until holds: () throws -> Bool) async throws -> Bool {
        while try !holds() {
            if isGone(process) { return false }
            await Task.yield()
        }
        return true
    }

    /// Whether a process has ended, also where nobody has asked yet how.
    static func isGone(_ process: pid_t) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return text.contains(") Z ")
    }

    /// Where a program is.
    static func path(of name: String) throws -> String {
        if name.hasPrefix("/") { return name }
        let candidates = ["\(buildFolder)/\(name)", "\(root)/.build/tools/\(name)"]
        return try #require(
            candidates.first { FileManager.default.isExecutableFile(atPath: $0) },
            "\(name) is missing: `swift build` makes our programs, `make test-tools` fetches the clients")
    }
}
