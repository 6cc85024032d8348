import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Keeps the output of Jobs in ConfigMaps and Secrets. What is read is never logged: it may be a credential.
struct OutputPerformer: Sendable {
    var client: KubeClient
    /// Who writes.
    let options: WriteOptions

    /// What a ConfigMap or Secret may hold is 1 MiB; this leaves room for what else is in it.
    static let objectLimit = 960 << 10
    /// What is kept of one stream of one container.
    static let streamLimit = 512 << 10
    /// How often an object that somebody else changes in the same moment is read again.
    private static let tries = 5

    /// Stores it.
    func perform(_ request: OutputRequest) async -> RunEffectResult {
        var receipt = OutputReceipt()
        let outcome = await attempt(request, &receipt)
        return RunEffectResult(effect: .output(request), outcome: outcome, output: receipt)
    }

    private func attempt(_ request: OutputRequest, _ receipt: inout OutputReceipt) async -> RunEffectResult.Outcome {
        do {
            let containers = try await containers(request)
            for object in try await read(request, containers) {
                receipt.isMerged = receipt.isMerged || object.isMerged
                try await write(object, request, containers, &receipt)
            }
            return .done
        } catch let error as OutputFault {
            receipt.isLost = error.isLoss
            return .refused(error.message)
        } catch let status as KubeStatus {
            return Self.outcome(status)
        } catch {
            return .failed("\(error)")
        }
    }

    private static func outcome(_ status: KubeStatus) -> RunEffectResult.Outcome {
        switch status.code {
        case 400, 413, 422: .refused(status.message)
        default: .failed(status.message, retryAfter: status.details?.retryAfterSeconds.map { .seconds($0) })
        }
    }

    // MARK: Reading

    private func containers(_ request: OutputRequest) async throws -> [String] {
        let pod: KubeObject
        do {
            pod = try await client.get(.pods, namespace: request.run.namespace, name: request.pod)
        } catch let status as KubeStatus where status.isNotFound {
            throw OutputFault(message: "pod \(request.pod) is gone", isLoss: true)
        }
        guard pod.controllerReference?.uid == request.job.uid else {
            throw OutputFault(message: "pod \(request.pod) is no longer that of the Job", isLoss: true)
        }
        return (pod[path: "spec", "containers"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    /// What goes to which object.
    private func read(_ request: OutputRequest, _ containers: [String]) async throws -> [OutputObject] {
        let shared = Set(request.targets.map { "\($0.kind)/\($0.name)" }).count < request.targets.count
        let keys = max(containers.count * (shared ? 2 : 1), 1)
        let reader = ContainerOutputReader(
            client: client, namespace: request.run.namespace, pod: request.pod,
            limit: min(Self.streamLimit, Self.objectLimit / keys), follows: request.isGoingOn)
        var objects: [OutputObject] = []
        var isMerged = false
        var read: [(container: String, streams: [OutputTarget.Stream: ContainerOutput])] = []
        // Side by side: a pod that is being stopped may be gone when the first of its containers has been read.
        let outputs = try await withThrowingTaskGroup(of: (String, ContainerOutputReader.Output).self) { group in
            for container in containers {
                group.addTask { (container, try await self.read(container, reader, request)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for container in containers {
            let output = outputs[container]
            isMerged = isMerged || output?.isMerged == true
            read.append((container, output?.streams ?? [:]))
        }
        for target in request.targets {
            var part = OutputObject.Part(target: target, data: [:], truncated: [])
            for (container, streams) in read {
                try part.add(streams[target.stream] ?? ContainerOutput(), of: container, isJSON: request.isJSON)
            }
            if let position = objects.firstIndex(where: { $0.kind == target.kind && $0.name == target.name }) {
                objects[position].parts.append(part)
            } else {
                objects.append(
                    OutputObject(kind: target.kind, name: target.name, parts: [part], isMerged: isMerged))
            }
        }
        return objects
    }

    private func read(
        _ container: String, _ reader: ContainerOutputReader, _ request: OutputRequest
    ) async throws -> ContainerOutputReader.Output {
        do {
            return try await reader.read(container: container)
        } catch let status as KubeStatus where status.isNotFound || status.code == 400 {
            // A container that never started has no log, and has written nothing; one whose pod is gone may have.
            if status.isNotFound { _ = try await containers(request) }
            return ([:], false)
        }
    }

    // MARK: Writing

    private func write(
        _ object: OutputObject, _ request: OutputRequest, _ containers: [String], _ receipt: inout OutputReceipt
    ) async throws {
        let resource: APIResource = object.kind == .secret ? .secrets : .configMaps
        for attempt in 1...Self.tries {
            let existing = try await find(resource, ObjectKey(namespace: request.run.namespace, name: object.name))
            let parts = object.writable(onto: existing, for: request)
            do {
                if !parts.isEmpty {
                    let wanted = object.applied(parts, to: existing, for: request, containers: containers)
                    try await store(resource, wanted, existing: existing)
                    receipt.written.append(object.reference)
                }
                if parts.count < object.parts.count { receipt.kept.append(object.reference) }
                return
            } catch let status as KubeStatus
                where attempt < Self.tries && (status.isConflict || status.isAlreadyExists || status.isNotFound)
            {
                continue
            }
        }
    }

    private func store(_ resource: APIResource, _ wanted: KubeObject, existing: KubeObject?) async throws {
        guard let existing else {
            _ = try await client.create(resource, namespace: wanted.namespace, wanted, options: options)
            return
        }
        if wanted != existing {
            _ = try await client.replace(resource, namespace: wanted.namespace, wanted, options: options)
        }
    }

    private func find(_ resource: APIResource, _ key: ObjectKey) async throws -> KubeObject? {
        do {
            return try await client.get(resource, namespace: key.namespace, name: key.name)
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }
}

/// Why output cannot be stored, however often it is tried.
private struct OutputFault: Error {
    var message: String
    /// Whether there is nothing left to be read.
    var isLoss = false
}

extension OutputObject.Part {
    /// Adds what a container wrote.
    fileprivate mutating func add(_ output: ContainerOutput, of container: String, isJSON: Bool) throws {
        guard isJSON else {
            let key = "\(container).\(target.stream.rawValue)"
            data[key] = output.bytes
            if output.isTruncated { truncated.append(key) }
            return
        }
        let text = String(decoding: output.bytes, as: UTF8.self).drop(while: \.isWhitespace)
        guard !text.isEmpty else { return }
        let place = "\(target.stream.rawValue) of container \(container)"
        guard !output.isTruncated else { throw OutputFault(message: "\(place) is too long to be taken as JSON") }
        guard let members = RunResult.results(in: String(text)) else {
            throw OutputFault(message: "\(place) is no flat JSON object")
        }
        for member in members {
            guard NameValidation.configMapKey(member.name).isEmpty else {
                throw OutputFault(
                    message: "\(place) has a member \"\(member.name)\"; a key consists of letters, digits, -, _ and .")
            }
            data[member.name] = Array(member.value.utf8)
        }
    }
}
