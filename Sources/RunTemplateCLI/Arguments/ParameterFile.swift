import KubeClient
import KubeObjects

/// `--params-file`: parameters as the members of an object in YAML or JSON.
enum ParameterFile {
    /// The parameters in a file, or of standard input for `-`.
    /// - Throws: a failure of usage with file and line.
    static func read(_ path: String) throws(CommandFailure) -> [RunRequest.Parameter] {
        let documents: [YAMLDocument]
        do {
            documents = try YAML.parse(try FileContents.read(path))
        } catch let error as YAMLError {
            throw CommandFailure("--params-file \(path): \(error)", exitCode: RunExitCode.usage)
        } catch {
            throw CommandFailure("--params-file: \(error)", exitCode: RunExitCode.usage)
        }
        guard !documents.isEmpty else { return [] }
        guard documents.count == 1, let members = documents[0].value.object else {
            throw CommandFailure(
                "--params-file \(path): one object of parameters is expected, such as \"database: orders\"",
                exitCode: RunExitCode.usage)
        }
        return members.map { RunRequest.Parameter(name: $0.key, value: $0.value) }
    }
}
