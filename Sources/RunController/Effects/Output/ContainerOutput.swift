import KubeClient
import KubeWire
import RunCore

/// The end of what a container wrote to one stream.
struct ContainerOutput: Sendable, Hashable {
    /// The text, as bytes.
    var bytes: [UInt8] = []
    /// Whether more was written before.
    var isTruncated = false
}

/// Reads what containers wrote, each stream apart where the server can tell them apart.
struct ContainerOutputReader: Sendable {
    let client: KubeClient
    let namespace: String
    let pod: String
    /// How many bytes of a stream are kept: its last.
    let limit: Int
    /// Whether containers that have not ended are read until they have.
    let follows: Bool

    /// What a container wrote, and whether its streams could not be told apart.
    typealias Output = (streams: [OutputTarget.Stream: ContainerOutput], isMerged: Bool)

    /// Both streams of a container.
    ///
    /// A server that does not know the question answers with everything or refuses. Streams that are equal and not empty
    /// are either one log twice, or happen to be equal: then the whole log is another one.
    func read(container: String) async throws -> Output {
        do {
            async let stdout = read(container, .stdout)
            async let stderr = read(container, .stderr)
            let (out, err) = try await (stdout, stderr)
            guard out == err, !out.bytes.isEmpty else { return ([.stdout: out, .stderr: err], false) }
            return ([.stdout: out, .stderr: err], try await isWhole(out, of: container))
        } catch let status as KubeStatus where status.code == 400 || status.code == 422 {
            let all = try await read(container, nil)
            return ([.stdout: all, .stderr: all], true)
        }
    }

    private func isWhole(_ output: ContainerOutput, of container: String) async throws -> Bool {
        do {
            return try await read(container, nil) == output
        } catch let status as KubeStatus where status.isNotFound {
            // It went meanwhile. Few servers know streams, and few containers write the same to both.
            return true
        }
    }

    private func read(_ container: String, _ stream: OutputTarget.Stream?) async throws -> ContainerOutput {
        var options = LogOptions(container: container, follow: follows)
        options.stream = stream.map { $0 == .stdout ? .stdout : .stderr }
        var output = ContainerOutput()
        for try await chunk in try await client.logs(namespace: namespace, pod: pod, options: options) {
            output.bytes += chunk
            // Not for each chunk: removing from the front moves the rest.
            if output.bytes.count > 2 * limit { output.cut(to: limit) }
        }
        if output.bytes.count > limit { output.cut(to: limit) }
        return output
    }
}

extension ContainerOutput {
    /// Leaves the last bytes, from the beginning of a character.
    mutating func cut(to limit: Int) {
        var begin = bytes.count - limit
        while begin < bytes.count, bytes[begin] & 0xC0 == 0x80 { begin += 1 }
        bytes.removeFirst(begin)
        isTruncated = true
    }
}
