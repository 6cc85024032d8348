import FoundationEssentials
import Synchronization
import Testing

@testable import FakeCluster

/// Images made of this machine's own programs, since tests reach no registry.
enum PodmanImages {
    /// Its entrypoint is `echo from the image`, its command `as it is`; it has a variable and a folder to work in.
    static let plain = "localhost/fake-cluster-tests:plain"
    /// It wants SIGUSR1 when it is to end, and runs as a user with a number.
    static let careful = "localhost/fake-cluster-tests:careful"

    private static let script = """
        set -eu
        programs=
        for name in sh cat echo sleep id test hostname seq; do
            if [ -x /usr/bin/$name ]; then programs="$programs /usr/bin/$name"; else programs="$programs /bin/$name"; fi
        done
        libraries=$(ldd $programs 2>/dev/null | grep -o '/[^ ]*' | grep -v ':$' | sort -u)
        pack() { tar --create --dereference --file - $programs $libraries 2>/dev/null; }
        podman rmi --force \(plain) \(careful) >/dev/null 2>&1 || true
        pack | podman import --quiet --change 'ENTRYPOINT ["echo", "from the image"]' --change 'CMD ["as", "it", "is"]' \\
            --change 'ENV OF_IMAGE=yes' --change 'WORKDIR /place' - \(plain)
        pack | podman import --quiet --change 'STOPSIGNAL SIGUSR1' --change 'USER 1234' --change 'CMD ["id", "-u"]' - \(careful)
        podman run --rm --pull never --network host $1 \(plain) >/dev/null
        """

    /// Made once for all tests; why they cannot be, or cannot be run, where that is so.
    static let failure = Task { () -> String? in
        do {
            try await Podman().check()
            return try await run(script + "\n", PodmanArguments.limits.joined(separator: " "))
        } catch {
            return "\(error)"
        }
    }

    /// Runs a shell's script; returns what it said if it failed.
    @discardableResult
    static func run(_ script: String, _ argument: String = "") async throws -> String? {
        let said = Mutex("")
        let environment = ProcessInfo.processInfo.environment.map { EnvironmentVariable(name: $0, value: $1) }
        let process = ProcessSpecification(
            arguments: ["sh", "-c", script, "sh", argument], environment: environment, workingDirectory: "/")
        let exit = try await PlainLauncher().run(process) { _, bytes in
            said.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
        } started: { _ in
        }
        return exit == .exited(0) ? nil : said.withLock { $0 }
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs a test only where podman is there and can run containers.
    static var imagesRun: Self {
        .enabled("podman is not installed or cannot run containers here") { await PodmanImages.failure.value == nil }
    }
}
