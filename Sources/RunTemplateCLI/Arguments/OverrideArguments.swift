import ArgumentParser
import KubeObjects
import RunCore

/// What a run changes of its template, as far as the template allows it: the flags that become fields of the JobRun's
/// spec beside command and arguments.
struct OverrideArguments: ParsableArguments {
    @Option(help: "The container's image.")
    var image: String?
    @Option(
        name: [.customShort("e"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A variable of the container; may be repeated.", valueName: "name=value"))
    var env: [String] = []
    @Option(
        help: ArgumentHelp(
            "All variables of a ConfigMap or Secret; may be repeated.", valueName: "configmap/NAME|secret/NAME"))
    var envFrom: [String] = []
    @Option(help: ArgumentHelp("Processor time, requested and limited, such as 500m.", valueName: "quantity"))
    var cpu: String?
    @Option(help: ArgumentHelp("Memory, requested and limited, such as 256Mi.", valueName: "quantity"))
    var memory: String?
    @Option(help: ArgumentHelp("Resources requested, such as cpu=100m,memory=64Mi.", valueName: "name=quantity,..."))
    var requests: String?
    @Option(help: ArgumentHelp("Limits of resources, such as cpu=1,memory=1Gi.", valueName: "name=quantity,..."))
    var limits: String?
    @Option(help: ArgumentHelp("The service account of the pods.", valueName: "name"))
    var serviceAccount: String?
    @Option(help: ArgumentHelp("Labels that the pods' nodes must have.", valueName: "key=value,..."))
    var nodeSelector: String?
    @Option(help: "How long the run may take, such as 10m, before it is ended (activeDeadlineSeconds).")
    var timeout: DurationArgument?
    @Option(help: ArgumentHelp("How often failed pods are replaced (backoffLimit).", valueName: "n"))
    var retries: Int32?
    @Option(help: ArgumentHelp("How many pods run at a time.", valueName: "n"))
    var parallelism: Int32?
    @Option(help: ArgumentHelp("How many pods must succeed.", valueName: "n"))
    var completions: Int32?
    @Option(help: "How long the finished Job is kept, such as 1h (ttlSecondsAfterFinished).")
    var ttl: DurationArgument?
    @Option(
        help: ArgumentHelp(
            "More fields of the run's spec, as JSON or YAML: {tolerations: [...], labels: {...}}.", valueName: "fields")
    )
    var patch: String?

    /// The fields of a JobRun's spec that the flags give.
    /// - Throws: a failure of usage that names the flag and what would be right.
    func fields() throws(CommandFailure) -> JSONObject {
        var fields = try patched()
        fields["image"] = image.map { .string($0) } ?? fields["image"]
        if !env.isEmpty { fields["env"] = .array(try env.map(Self.variable)) }
        if !envFrom.isEmpty { fields["envFrom"] = .array(try envFrom.map(Self.source)) }
        if let resources = try resources() { fields["resources"] = resources }
        fields["serviceAccountName"] = serviceAccount.map { .string($0) } ?? fields["serviceAccountName"]
        if let nodeSelector { fields["nodeSelector"] = .object(try Self.pairs(nodeSelector, flag: "--node-selector")) }
        try set("activeDeadlineSeconds", timeout?.wholeSeconds, atLeast: 1, flag: "--timeout", in: &fields)
        try set("backoffLimit", retries.map(Int64.init), flag: "--retries", in: &fields)
        try set("parallelism", parallelism.map(Int64.init), flag: "--parallelism", in: &fields)
        try set("completions", completions.map(Int64.init), flag: "--completions", in: &fields)
        try set("ttlSecondsAfterFinished", ttl?.wholeSeconds, flag: "--ttl", in: &fields)
        return fields
    }

    private func set(
        _ field: String, _ value: Int64?, atLeast minimum: Int64 = 0, flag: String, in fields: inout JSONObject
    ) throws(CommandFailure) {
        guard let value else { return }
        guard (minimum...Int64(Int32.max)).contains(value) else {
            throw CommandFailure(
                "\(flag): \(value) is out of range; \(minimum) is the least", exitCode: RunExitCode.usage)
        }
        fields[field] = .integer(value)
    }

    private func patched() throws(CommandFailure) -> JSONObject {
        guard let patch else { return [:] }
        let documents: [YAMLDocument]
        do {
            documents = try YAML.parse(patch)
        } catch {
            throw CommandFailure("--patch: \(error)", exitCode: RunExitCode.usage)
        }
        guard documents.count == 1, let fields = documents[0].value.object else {
            throw CommandFailure(
                "--patch: one object is expected, such as {labels: {a: b}}", exitCode: RunExitCode.usage)
        }
        let known = JobOverride.allCases.map(\.rawValue)
        for name in fields.keys where !known.contains(name) {
            throw CommandFailure(
                "--patch: \(name) is nothing that a run can set; there are \(known.joined(separator: ", "))"
                    + NearestName.hint(for: name, among: known), exitCode: RunExitCode.usage)
        }
        return fields
    }

    private func resources() throws(CommandFailure) -> JSONValue? {
        var requests =
            try self.requests.map { text throws(CommandFailure) in try Self.pairs(text, flag: "--requests") } ?? [:]
        var limits =
            try self.limits.map { text throws(CommandFailure) in try Self.pairs(text, flag: "--limits") } ?? [:]
        for (name, quantity) in [("cpu", cpu), ("memory", memory)] {
            guard let quantity else { continue }
            requests[name] = requests[name] ?? .string(quantity)
            limits[name] = limits[name] ?? .string(quantity)
        }
        var resources: JSONObject = [:]
        if !requests.isEmpty { resources["requests"] = .object(requests) }
        if !limits.isEmpty { resources["limits"] = .object(limits) }
        for (list, quantities) in [("requests", requests), ("limits", limits)] {
            for (name, quantity) in quantities where Quantity(quantity.string ?? "") == nil {
                throw CommandFailure(
                    "\(list).\(name): \"\(quantity.string ?? "")\" is no quantity; give one such as 500m or 256Mi",
                    exitCode: RunExitCode.usage)
            }
        }
        return resources.isEmpty ? nil : .object(resources)
    }

    private static func variable(_ text: String) throws(CommandFailure) -> JSONValue {
        let (name, value) = try CommandPair.read(text, flag: "--env")
        return ["name": .string(name), "value": .string(value)]
    }

    private static func source(_ text: String) throws(CommandFailure) -> JSONValue {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, !parts[1].isEmpty {
            switch parts[0].lowercased() {
            case "configmap", "configmaps", "cm": return ["configMapRef": ["name": .string(String(parts[1]))]]
            case "secret", "secrets": return ["secretRef": ["name": .string(String(parts[1]))]]
            default: break
            }
        }
        throw CommandFailure(
            "--env-from \(text): configmap/NAME or secret/NAME is expected", exitCode: RunExitCode.usage)
    }

    private static func pairs(_ text: String, flag: String) throws(CommandFailure) -> JSONObject {
        var object = JSONObject()
        for entry in text.split(separator: ",") {
            let (name, value) = try CommandPair.read(String(entry), flag: flag)
            object[name] = .string(value)
        }
        return object
    }
}

/// `NAME=VALUE` on the command line.
enum CommandPair {
    /// Name and value; the value may be empty.
    static func read(_ text: String, flag: String) throws(CommandFailure) -> (String, String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw CommandFailure("\(flag) \(text): NAME=VALUE is expected", exitCode: RunExitCode.usage)
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
