import HTTPTypes
import KubeObjects
import KubeWire
import TestSupport
import Testing

/// What a real API server answered to a row of requests: each answer is compared with ours, whole.
struct Transcript: Sendable, CustomTestStringConvertible {
    /// The scenario's name.
    let name: String
    /// Whether it runs in a namespace of its own.
    let hasNamespace: Bool
    /// The requests and their answers.
    let steps: [Step]
    /// What is sent at the end, whatever came before.
    let cleanup: [Request]

    var testDescription: String { name }

    /// A request; `{name}` in it stands for a value that an earlier answer gave.
    struct Request: Sendable {
        let json: JSONValue

        /// The request with its placeholders filled in.
        func wire(_ values: [String: String]) -> WireRequest {
            let filled = json.filled(values)
            var headers: HTTPFields = [.accept: "application/json"]
            var body: [UInt8] = []
            if let content = filled["body"] {
                body = content.string.map { Array($0.utf8) } ?? content.encoded()
                headers[.contentType] = "application/json"
            }
            for (name, value) in filled["headers"]?.object ?? [:] {
                if let name = HTTPField.Name(name) { headers[name] = value.string }
            }
            return WireRequest(
                method: HTTPRequest.Method(filled["method"]?.string ?? "GET") ?? .get,
                path: filled["path"]?.string ?? "/", headers: headers, body: body)
        }
    }

    /// A request with its answer, and how the two are compared.
    struct Step: Sendable {
        let request: Request
        let expected: JSONValue
        /// Seconds within which the answer must have become equal.
        let patience: Int
        /// Whether the answer is a watch.
        let isStream: Bool
        let isAnonymous: Bool
        /// Members of `metadata` that are compared although they usually are not.
        let kept: [String]
        /// Paths that are left out, with `*` for any text.
        let ignored: [String]
        /// The only paths that are compared.
        let picked: [String]?
        /// A list of which only some members are compared.
        let selection: JSONValue?
        /// Values for later placeholders, by their path in the answer.
        let captures: [(name: String, path: String)]

        init(_ json: JSONValue) {
            func strings(_ name: String) -> [String]? { json[name]?.array?.compactMap(\.string) }
            request = Request(json: json["request"] ?? [:])
            expected = json["expect"] ?? [:]
            patience = Int(json["within"]?.integer ?? 0)
            isStream = json["stream"]?.bool ?? false
            isAnonymous = json["anonymous"]?.bool ?? false
            kept = strings("keep") ?? []
            ignored = strings("ignore") ?? []
            picked = strings("pick")
            selection = json["select"]
            captures = json["capture"]?.object?.map { ($0.key, $0.value.string ?? "") } ?? []
        }
    }

    init(_ json: JSONValue) {
        name = json["name"]?.string ?? ""
        hasNamespace = json["namespace"]?.bool ?? true
        steps = json["steps"]?.array?.map(Step.init) ?? []
        cleanup = json["cleanup"]?.array?.map { Request(json: $0) } ?? []
    }

    /// The transcripts of a file.
    static func read(_ file: String) -> [Transcript] {
        guard let text = try? Repository.text("Tests/FakeClusterTests/Transcripts/\(file).json"),
            let json = try? JSONValue(parsing: text)
        else { return [] }
        return json["scenarios"]?.array?.map(Transcript.init) ?? []
    }
}

extension JSONValue {
    /// The same value with `{name}` replaced in every string.
    fileprivate func filled(_ values: [String: String]) -> JSONValue {
        switch self {
        case .string(let text):
            guard text.contains("{") else { return self }
            return .string(values.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) })
        case .array(let elements): return .array(elements.map { $0.filled(values) })
        case .object(let members):
            return .object(
                JSONObject(
                    members.map { key, value in
                        (JSONValue.string(key).filled(values).string ?? key, value.filled(values))
                    }))
        default: return self
        }
    }

    /// The value at a JSON pointer (RFC 6901).
    func value(at pointer: String) -> JSONValue? {
        pointer.split(separator: "/").reduce(Optional(self)) { value, part in
            let name = part.replacing("~1", with: "/").replacing("~0", with: "~")
            if let elements = value?.array {
                return Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            }
            return value?[String(name)]
        }
    }
}
