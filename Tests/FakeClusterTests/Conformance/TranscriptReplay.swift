import HTTPTypes
import KubeObjects
import KubeWire

@testable import FakeCluster

/// Replays a transcript against a server and tells where the answers differ.
struct TranscriptReplay {
    /// Sends a request; an anonymous one carries no credentials.
    let send: @Sendable (WireRequest, _ isAnonymous: Bool) async throws -> WireResponse
    private let namespace = "conf-" + RandomName.uid().prefix(8)

    init(_ send: @escaping @Sendable (WireRequest, _ isAnonymous: Bool) async throws -> WireResponse) {
        self.send = send
    }

    /// The differences, one line each.
    func differences(_ transcript: Transcript) async throws -> [String] {
        if transcript.hasNamespace { try await makeNamespace() }
        var values = [
            "ns": namespace, "rand": String(RandomName.uid().prefix(8)),
            "1MB": String(repeating: "x", count: 1_100_000),
        ]
        var lines: [String] = []
        for (number, step) in transcript.steps.enumerated() {
            let (answer, difference) = try await run(step, values)
            let request =
                "\(number) \(step.request.json["method"]?.string ?? "") \(step.request.json["path"]?.string ?? "")"
            lines += difference.map { "step \(request): \($0)" }
            for (name, path) in step.captures {
                values[name] = answer.value(at: path).map { $0.string ?? $0.encodedString() } ?? "None"
            }
        }
        for request in transcript.cleanup { _ = try await send(request.wire(values), false).body.collect() }
        return lines
    }

    private func makeNamespace() async throws {
        let object = KubeObject(apiVersion: "v1", kind: "Namespace", name: namespace)
        let request = WireRequest(method: .post, path: "/api/v1/namespaces", body: object.value.encoded())
        _ = try await send(request, false)
        // A namespace is usable once its default service account is there.
        let account = WireRequest(method: .get, path: "/api/v1/namespaces/\(namespace)/serviceaccounts/default")
        for _ in 0..<50 where try await send(account, false).status.code != 200 {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func run(
        _ step: Transcript.Step, _ values: [String: String]
    ) async throws -> (answer: JSONValue, difference: [String]) {
        let end = ContinuousClock.now + .seconds(step.patience)
        let expected = TranscriptView.withoutAges(step.expected)
        while true {
            let response = try await send(step.request.wire(values), step.isAnonymous)
            let text = String(decoding: try await response.body.collect(), as: UTF8.self)
            let difference = JSONDifference(expected: expected, found: view(response, text, step)).lines
            if difference.isEmpty || ContinuousClock.now >= end {
                return ((try? JSONValue(parsing: text)) ?? .null, difference)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func view(_ response: WireResponse, _ text: String, _ step: Transcript.Step) -> JSONValue {
        let view = TranscriptView(namespace: namespace, kept: step.kept)
        var body: JSONValue
        if step.isStream {
            let frames = text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
            // Bookmarks without annotations come when a server likes.
            body = .array(
                frames.filter { $0["type"] != "BOOKMARK" || $0[path: "object", "metadata", "annotations"] != nil }
                    .map { view.normal($0) })
        } else if response.headers[.contentType]?.contains("json") == true,
            let json = try? JSONValue(parsing: text)
        {
            body = view.normal(json)
        } else {
            body = view.normal(.string(text))
        }
        if let selection = step.selection { body = body.selecting(selection) }
        if let picked = step.picked {
            body = .object(JSONObject(picked.map { path in (path, body.value(at: path) ?? .null) }))
        }
        var result: JSONValue = [
            "status": .integer(Int64(response.status.code)), "body": body.without(step.ignored, ""),
        ]
        let warnings = HTTPField.Name("Warning").map { response.headers[values: $0] } ?? []
        if step.expected["warning"] != nil, !warnings.isEmpty {
            result["warning"] = .string(
                warnings.joined(separator: ", ").replacing("299 - ", with: "", maxReplacements: 1))
        }
        return result
    }
}

extension JSONValue {
    /// The same value without what lies at paths that match one of the patterns.
    fileprivate func without(_ patterns: [String], _ path: String) -> JSONValue {
        guard !patterns.isEmpty else { return self }
        switch self {
        case .object(let members):
            return .object(
                JSONObject(
                    members.compactMap { key, value in
                        let place = "\(path)/\(key)"
                        let isLeftOut = patterns.contains { Self.matches(place[...], $0[...]) }
                        return isLeftOut ? nil : (key, value.without(patterns, place))
                    }))
        case .array(let elements):
            return .array(elements.enumerated().map { $1.without(patterns, "\(path)/\($0)") })
        default: return self
        }
    }

    /// Whether a text matches a pattern in which `*` stands for any text.
    private static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return matches(text, pattern.dropFirst()) || !text.isEmpty && matches(text.dropFirst(), pattern)
        }
        return text.first == first && matches(text.dropFirst(), pattern.dropFirst())
    }

    /// The same value with only those members of a list that the rule names, in order of their names.
    fileprivate func selecting(_ rule: JSONValue) -> JSONValue {
        let path = rule["list"]?.string ?? ""
        let by = rule["by"]?.string ?? ""
        let wanted = rule["in"]?.array ?? []
        guard let list = value(at: path)?.array else { return self }
        let chosen = list.filter { wanted.contains($0[by] ?? .null) }
            .sorted { ($0[by]?.string ?? "") < ($1[by]?.string ?? "") }
        return replacing(path.split(separator: "/").map(String.init)[...], with: .array(chosen))
    }

    private func replacing(_ path: ArraySlice<String>, with value: JSONValue) -> JSONValue {
        guard let first = path.first else { return value }
        if let elements = array, let index = Int(first), elements.indices.contains(index) {
            var elements = elements
            elements[index] = elements[index].replacing(path.dropFirst(), with: value)
            return .array(elements)
        }
        var result = self
        result[first] = (self[first] ?? .null).replacing(path.dropFirst(), with: value)
        return result
    }
}
