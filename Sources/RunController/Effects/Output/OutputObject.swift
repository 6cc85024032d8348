import KubeObjects
import RunCore

/// What is written to one ConfigMap or Secret: one stream or both.
struct OutputObject: Sendable {
    /// One stream on its way to the object.
    struct Part: Sendable {
        var target: OutputTarget
        /// The data, by key.
        var data: [String: [UInt8]]
        /// The keys that hold only the end of what was written.
        var truncated: [String]
    }

    let kind: OutputTarget.Kind
    let name: String
    var parts: [Part]
    /// Whether the parts could not be told apart.
    var isMerged: Bool

    /// As statuses and messages name it.
    var reference: String { "\(kind.rawValue)/\(name)" }

    /// The parts that may be written onto an object: all that are new to it, or replace what is there, or were written
    /// for this very Job before.
    func writable(onto existing: KubeObject?, for request: OutputRequest) -> [Part] {
        guard let existing else { return parts }
        return parts.filter { part in
            part.target.overwrites
                || existing.annotations[Self.jobAnnotation(part.target.stream)] == request.job.uid
        }
    }

    /// The object with parts written onto it.
    func applied(_ parts: [Part], to existing: KubeObject?, for request: OutputRequest, containers: [String])
        -> KubeObject
    {
        var object =
            existing
            ?? KubeObject(apiVersion: "v1", kind: kind.rawValue, namespace: request.run.namespace, name: name)
        var data = object["data"]?.object ?? [:]
        var binary = object["binaryData"]?.object ?? [:]
        // What an earlier run wrote of these streams goes; what else is there stays. Of JSON's members nobody can tell
        // which stream they came from: all go, unless a stream's are to be left alone.
        let isWhole = request.isJSON && parts.count == self.parts.count
        let endings = request.isJSON ? [] : parts.map { ".\($0.target.stream.rawValue)" }
        let isOld: (String) -> Bool = { key in isWhole || endings.contains { key.hasSuffix($0) } }
        for key in data.keys.filter(isOld) { data[key] = nil }
        for key in binary.keys.filter(isOld) { binary[key] = nil }
        for part in parts {
            for (key, bytes) in part.data.sorted(by: { $0.key < $1.key }) {
                if kind == .secret {
                    data[key] = .string(Base64.encode(bytes))
                } else if let text = String(validating: bytes, as: UTF8.self) {
                    data[key] = .string(text)
                } else {
                    binary[key] = .string(Base64.encode(bytes))
                }
            }
            object.annotate(Self.jobAnnotation(part.target.stream), request.job.uid)
        }
        object["data"] = .object(data)
        object["binaryData"] = binary.isEmpty || kind == .secret ? nil : .object(binary)
        let truncated = parts.flatMap(\.truncated).sorted()
        object.annotate(AnnotationKey.outputTruncated, truncated.isEmpty ? nil : truncated.joined(separator: ","))
        object.annotate(AnnotationKey.outputStreams, isMerged ? "merged" : nil)
        object.label(LabelKey.extendedJobName, LabelValue.name(request.run.name))
        object.label(LabelKey.containerName, containers.count == 1 ? containers.first : nil)
        return object
    }

    private static func jobAnnotation(_ stream: OutputTarget.Stream) -> String {
        stream == .stdout ? AnnotationKey.stdoutJob : AnnotationKey.stderrJob
    }
}

extension KubeObject {
    fileprivate mutating func annotate(_ key: String, _ value: String?) { set("annotations", key, value) }
    fileprivate mutating func label(_ key: String, _ value: String?) { set("labels", key, value) }

    private mutating func set(_ field: String, _ key: String, _ value: String?) {
        var members = metadata[field]?.object ?? [:]
        members[key] = value.map(JSONValue.string)
        metadata[field] = members.isEmpty ? nil : .object(members)
    }
}
