import KubeObjects

extension LogStyle {
    /// A line as a JSON object on one line.
    func json(_ content: String, _ stamp: String?, _ source: LogSource) -> String {
        var object: JSONObject = [:]
        if let stamp { object["time"] = .string(stamp) }
        object["pod"] = .string(source.pod)
        object["container"] = .string(source.container)
        if let index = source.index { object["index"] = .integer(Int64(index)) }
        if source.restart > 0 { object["restart"] = .integer(Int64(source.restart)) }
        object["message"] = .string(content)
        return JSONValue.object(object).encodedString()
    }
}
