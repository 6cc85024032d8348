import KubeObjects
import Logging
import Synchronization
import TestSupport
import Testing

@testable import RunController

struct LineLogHandlerTests {
    /// What is written.
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private func lines(_ format: LogFormat, level: Logger.Level = .info, _ log: (Logger) -> Void) -> [String] {
        let lines = Lines()
        let handler = LineLogHandler(format: format, level: level, time: ManualTime().source) { line in
            lines.all.withLock { $0.append(line) }
        }
        log(Logger(label: "test") { _ in handler })
        return lines.all.withLock { $0 }
    }

    @Test func textQuotesWhatIsNotPlain() {
        let lines = lines(.text) { logger in
            logger.warning("it failed", metadata: ["run": "demo/a", "error": "no \"x\"\nhere", "empty": ""])
        }
        #expect(
            lines == [
                #"2026-01-01T00:00:00.000000Z warning it failed empty="" error="no \"x\"\nhere" run=demo/a"#
            ])
    }

    @Test func jsonIsOneObjectALine() throws {
        let lines = lines(.json) { logger in
            logger.info("done\nwell", metadata: ["run": "demo/a", "level": "shadowed"])
        }
        let entry = try JSONValue(parsing: Array(try #require(lines.first).utf8))
        #expect(
            entry == [
                "time": "2026-01-01T00:00:00.000000Z", "level": "info", "message": "done\nwell", "run": "demo/a",
            ])
    }

    @Test func levelsBelowAreNotWritten() {
        #expect(lines(.text, level: .error) { $0.warning("no") }.isEmpty)
    }
}
