package import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What ends a program whose command line is wrong: 2, as with kubectl and most others, and nothing was done.
package let usageExitCode: Int32 = 2

extension AsyncParsableCommand {
    /// Runs the program that this command line names. The parser's own code for a wrong command line would be 64.
    package static func start() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            ErrorOutput.writeLine(fullMessage(for: error))
            exit(withError: ExitCode(usageExitCode))
        }
    }
}

/// Standard error, for what a program says beside its output.
package enum ErrorOutput {
    /// Writes a line. What cannot be written is lost: there is nowhere to say so.
    package static func writeLine(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
