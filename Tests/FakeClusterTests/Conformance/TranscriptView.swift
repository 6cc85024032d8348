import KubeObjects

/// What is compared of an answer: what differs between two servers by nature (uids, versions, times, random suffixes)
/// becomes a placeholder.
struct TranscriptView {
    /// The scenario's namespace.
    let namespace: String
    /// Members that are compared although they usually are not.
    let kept: [String]

    private static var uuid: Regex<Substring> { /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/ }
    private static var time: Regex<(Substring, Substring?)> { /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/ }
    private static let timeKeys: Set = [
        "creationTimestamp", "deletionTimestamp", "startTime", "completionTime", "lastTransitionTime", "lastProbeTime",
        "lastTimestamp", "firstTimestamp", "eventTime", "time", "lastUpdateTime", "finishedAt", "startedAt",
        "expirationTimestamp",
    ]
    private static let ages: Set = ["Age", "Last Seen", "Duration", "First Seen"]

    /// The comparable form of a value.
    func normal(_ value: JSONValue, key: String = "", generateName: String? = nil) -> JSONValue {
        switch value {
        case .object(let members): .object(normal(Self.prepared(members), generateName: generateName))
        case .array(let elements):
            .array(elements.map { normal($0, key: key, generateName: generateName) })
        case .string(let text): .string(normal(text, isMessage: key == "message"))
        default: value
        }
    }

    private func normal(_ members: JSONObject, generateName: String?) -> JSONObject {
        let base = members["generateName"]?.string ?? generateName
        var result: JSONObject = [:]
        for (key, value) in members {
            if key == "selfLink" || key == "managedFields" && !kept.contains("managedFields") { continue }
            let isSet = value != .null && value != "" && value != 0
            result[normal(key, isMessage: false)] =
                switch key {
                case "uid": isSet ? "<uid>" : value
                case _ where key.hasSuffix("controller-uid"): isSet ? "<uid>" : value
                case "resourceVersion": isSet ? "<rv>" : value
                case _ where Self.timeKeys.contains(key) && value.string != nil: "<time>"
                case "continue" where isSet: "<continue>"
                case "name", "job-name", "batch.kubernetes.io/job-name":
                    Self.isGenerated(value.string, from: base)
                        ? .string("\(base ?? "")<rand>") : normal(value, key: key, generateName: base)
                default: normal(value, key: key, generateName: base)
                }
        }
        return result
    }

    private static func isGenerated(_ name: String?, from base: String?) -> Bool {
        guard let name, let base, !base.isEmpty, name.hasPrefix(base) else { return false }
        return name.dropFirst(base.count).wholeMatch(of: /[a-z0-9]{5}/) != nil
    }

    private func normal(_ text: String, isMessage: Bool) -> String {
        var text = text.replacing(Self.uuid, with: "<uid>").replacing(Self.time, with: "<time>")
        if !namespace.isEmpty { text = text.replacing(namespace, with: "{ns}") }
        guard isMessage else { return text }
        text = text.replacing(/\(\d+\)/, with: "(<n>)")
        text = text.replacing(/(resourceVersion|current): \d+/) { "\($0.1): <n>" }
        return text.replacing(/(\{ns\}\/\S+?)-[a-z0-9]{5}\b/) { "\($0.1)-<rand>" }
    }

    /// The recorded form of an answer, without ages: the machine that replays may be slower than the recorded one.
    static func withoutAges(_ expected: JSONValue) -> JSONValue {
        guard let body = expected["body"]?.object, body["kind"] == "Table" else { return expected }
        var expected = expected
        expected["body"] = .object(prepared(body))
        return expected
    }

    /// Tables lose their ages, faults of one object their order.
    private static func prepared(_ members: JSONObject) -> JSONObject {
        var members = members
        if members["kind"] == "Table", let rows = members["rows"] {
            let columns = members["columnDefinitions"]?.array ?? []
            members["columnDefinitions"] = .array(
                columns.map { column in
                    .object(
                        JSONObject(["name", "type", "format", "priority"].map { ($0, column[$0] ?? .null) }))
                })
            let isAge = columns.map { ages.contains($0["name"]?.string ?? "") || $0["type"] == "date" }
            members["rows"] =
                rows.array.map { rows in
                    .array(
                        rows.map { row in
                            let cells = row["cells"]?.array ?? []
                            return ["cells": .array(zip(cells, isAge).map { $1 ? "<age>" : $0 })]
                        })
                } ?? rows
        }
        if members["kind"] == "Status", var causes = members["details"]?["causes"]?.array, causes.count > 1 {
            causes.sort { Self.order($0) < Self.order($1) }
            members["details"]?["causes"] = .array(causes)
            let message = members["message"]?.string ?? ""
            members["message"] = .string(message.replacing(/(?s): \[.*\]$/, with: ": [...]"))
        }
        return members
    }

    private static func order(_ cause: JSONValue) -> String {
        "\(cause["field"]?.string ?? "")\u{0}\(cause["message"]?.string ?? "")"
    }
}

/// Where two values differ.
struct JSONDifference {
    /// The differences, one line each.
    private(set) var lines: [String] = []

    /// Compares two values.
    init(expected: JSONValue, found: JSONValue) { compare(expected, found, "") }

    private mutating func compare(_ expected: JSONValue, _ found: JSONValue, _ path: String) {
        switch (expected, found) {
        case (.object(let left), .object(let right)):
            for key in Set(left.keys).union(right.keys).sorted() {
                switch (left[key], right[key]) {
                case (let value?, nil): lines.append("\(path)/\(key): missing, expected \(Self.short(value))")
                case (nil, let value?): lines.append("\(path)/\(key): not expected: \(Self.short(value))")
                case (let left?, let right?): compare(left, right, "\(path)/\(key)")
                case (nil, nil): break
                }
            }
        case (.array(let left), .array(let right)):
            if left.count != right.count { lines.append("\(path): \(right.count) items, expected \(left.count)") }
            for (index, (left, right)) in zip(left, right).enumerated() { compare(left, right, "\(path)/\(index)") }
        default:
            if expected != found {
                lines.append("\(path): \(Self.short(found)), expected \(Self.short(expected))")
            }
        }
    }

    private static func short(_ value: JSONValue) -> String {
        let text = value.encodedString(sortedKeys: true)
        return text.count < 200 ? text : text.prefix(200) + "…"
    }
}
