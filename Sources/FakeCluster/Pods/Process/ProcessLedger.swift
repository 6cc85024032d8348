import FoundationEssentials

/// Remembers the processes of running containers on disk, so that a runner whose former life ended without warning
/// finds and ends what it has left behind.
enum ProcessLedger {
    /// Writes down a process that was started.
    static func note(_ process: RunningProcess, in path: String) {
        guard let start = startTime(of: process.processIdentifier) else { return }
        try? Data("\(process.processIdentifier) \(start)\n".utf8).write(to: URL(filePath: path))
    }

    /// Ends the process that is written down, with its group, if it is still the same one.
    static func endLeftover(in path: String) {
        guard let text = WholeFile.bytes(of: path) else { return }
        let parts = String(decoding: text, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        if parts.count == 2, let identifier = Int32(parts[0]), startTime(of: identifier) == String(parts[1]) {
            RunningProcess(processIdentifier: identifier).killGroup()
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// When a process started, in clock ticks since boot: tells it from a later one of the same id (proc(5), field 22).
    private static func startTime(of identifier: Int32) -> String? {
        guard let bytes = WholeFile.bytes(of: "/proc/\(identifier)/stat") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // The second field is the command in parentheses, which may contain anything.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? String(fields[19]) : nil
    }
}
