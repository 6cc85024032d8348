import KubeObjects

/// Brings an edited `values.yaml` up to date: what a person has set stays, what they have left as it was generated
/// follows the templates.
struct ValuesMerge: Sendable {
    /// The file as it becomes.
    private(set) var file: ValuesFile
    /// What a person should know: where their values differ from what the templates now say.
    private(set) var notices: [String] = []
    private let before: JSONValue

    /// - Parameters:
    ///   - text: The file as it is.
    ///   - before: The values as they were generated last.
    ///   - values: The values as they are generated now.
    init(_ text: String, before: JSONValue, values: [ChartValue]) throws(ValuesFile.Unreadable) {
        file = try ValuesFile(text)
        self.before = before
        try merge(values, at: [])
        try removeGone(before, now: .object(JSONObject(values.map { ($0.name, $0.json) })), at: [], isOurs: values)
    }

    private mutating func merge(_ values: [ChartValue], at path: [String]) throws(ValuesFile.Unreadable) {
        for value in values {
            let place = path + [value.name]
            let generated = Self.member(before, place)
            guard let current = file[place] else {
                if generated == nil {
                    try file.insert(value, into: path)
                } else {
                    notices.append("\(Self.name(place)) was taken out by hand and is not put back")
                }
                continue
            }
            switch value.content {
            case .group(let values) where current.object != nil: try merge(values, at: place)
            case .group: notices.append("\(Self.name(place)) is no map of values any more and is left alone")
            case .leaf(let new, _): try update(place, from: generated, to: new, current: current)
            }
        }
    }

    private mutating func update(
        _ place: [String], from generated: JSONValue?, to new: JSONValue, current: JSONValue
    ) throws(ValuesFile.Unreadable) {
        guard current != new, generated != new else { return }
        if current == generated {
            try file.replace(place, with: new)
        } else {
            notices.append(
                "\(Self.name(place)) stays \(current.encodedString()), which was set by hand; the templates say "
                    + new.encodedString())
        }
    }

    /// Takes out what was generated once and has no place in the templates any more.
    private mutating func removeGone(
        _ old: JSONValue, now: JSONValue, at path: [String], isOurs values: [ChartValue]
    ) throws(ValuesFile.Unreadable) {
        for (name, value) in old.object ?? [:] {
            let place = path + [name]
            let known = values.first { $0.name == name }
            if case .group(let inner)? = known?.content {
                try removeGone(value, now: now[name] ?? [:], at: place, isOurs: inner)
            } else if known == nil, let current = file[place] {
                if current != value {
                    notices.append(
                        "\(Self.name(place)) is gone with what it was for; set by hand it was \(current.encodedString())"
                    )
                }
                try file.remove(place)
            }
        }
    }

    private static func member(_ value: JSONValue, _ path: [String]) -> JSONValue? {
        path.reduce(value as JSONValue?) { value, name in value?[name] }
    }

    /// The path as `helm --set` takes it.
    private static func name(_ path: [String]) -> String {
        "values.yaml: " + path.map { $0.replacing(".", with: "\\.") }.joined(separator: ".")
    }
}
