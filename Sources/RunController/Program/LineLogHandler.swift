import KubeObjects
import Logging

/// Writes log entries as lines, as text or as JSON.
struct LineLogHandler: LogHandler {
    let format: LogFormat
    let time: TimeSource
    /// Takes a complete line, without its line feed.
    let write: @Sendable (String) -> Void
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(
        format: LogFormat, level: Logger.Level, time: TimeSource = .system, write: @escaping @Sendable (String) -> Void
    ) {
        self.format = format
        self.time = time
        self.write = write
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var merged = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        if let error = event.error { merged["error"] = "\(error)" }
        let entries = merged.sorted { $0.key < $1.key }
        switch format {
        case .text: write(textLine(event, entries))
        case .json: write(jsonLine(event, entries))
        }
    }

    private func textLine(_ event: LogEvent, _ entries: [(key: String, value: Logger.MetadataValue)]) -> String {
        var line = "\(time.now().rfc3339Micro) \(event.level.rawValue) \(event.message)"
        for (key, value) in entries {
            let text = "\(value)"
            let isPlain = !text.isEmpty && !text.contains { $0.isWhitespace || $0 == "\"" || $0 == "=" }
            line += " \(key)=\(isPlain ? text : JSONValue.string(text).encodedString())"
        }
        return line
    }

    private func jsonLine(_ event: LogEvent, _ entries: [(key: String, value: Logger.MetadataValue)]) -> String {
        var members: JSONObject = [
            "time": .string(time.now().rfc3339Micro), "level": .string(event.level.rawValue),
            "message": .string("\(event.message)"),
        ]
        for (key, value) in entries where members[key] == nil { members[key] = .string("\(value)") }
        return JSONValue.object(members).encodedString()
    }
}
