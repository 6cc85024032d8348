import FoundationEssentials
import KubeObjects
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import FakeCluster

/// How logs are written, cut, bounded and read.
struct ContainerLogTests {
    struct ReadCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var query: LogReader.Query
        var text: String
    }

    static let begin = Timestamp(seconds: 1_767_225_600)
    static let reads = [
        ReadCase(testDescription: "all", query: .init(), text: "a\nb\nc\n"),
        ReadCase(testDescription: "tail", query: .init(tailLines: 2), text: "b\nc\n"),
        ReadCase(testDescription: "a tail of nothing", query: .init(tailLines: 0), text: ""),
        ReadCase(testDescription: "more than there is", query: .init(tailLines: 9), text: "a\nb\nc\n"),
        ReadCase(testDescription: "bytes", query: .init(limitBytes: 3), text: "a\nb"),
        ReadCase(testDescription: "since", query: .init(since: begin + .seconds(1)), text: "b\nc\n"),
        ReadCase(testDescription: "one stream", query: .init(stream: .stderr), text: "b\n"),
        ReadCase(
            testDescription: "times", query: .init(timestamps: true, tailLines: 1),
            text: "2026-01-01T00:00:02.000000000Z c\n"),
    ]

    @Test(arguments: reads)
    func aReaderGetsWhatItAsksFor(_ test: ReadCase) async throws {
        try await withLog { log, clock in
            for (text, stream) in [("a\n", OutputStream.stdout), ("b\n", .stderr), ("c\n", .stdout)] {
                log.append(Array(text.utf8), to: stream)
                clock.advance(by: .seconds(1))
            }
            try await expect(test.text, of: log, test.query)
        }
    }

    @Test func aLineIsWrittenWhenItIsComplete() async throws {
        try await withLog { log, _ in
            log.append(Array("half ".utf8), to: .stdout)
            log.append(Array("other\n".utf8), to: .stderr)
            try await expect("other\n", of: log, .init())
            log.append(Array("line\nrest".utf8), to: .stdout)
            log.close()
            try await expect("other\nhalf line\nrest", of: log, .init())
        }
    }

    @Test func aLongLineIsCutInTheFileAndWholeForTheReader() async throws {
        try await withLog { log, _ in
            let line = String(repeating: "x", count: 3 * ContainerLog.maximumLineLength + 5) + "\n"
            log.append(Array(line.utf8), to: .stdout)
            try await expect(line, of: log, .init())
            try await expect("2026-01-01T00:00:00.000000000Z " + line, of: log, .init(timestamps: true))
        }
    }

    @Test func aFollowerSeesAllOfALogThatIsSetAside() async throws {
        try await withLog(maximumFileSize: 500) { log, _ in
            var reader = LogReader(path: log.path, log: log, query: .init(follow: true)).makeAsyncIterator()
            var text = ""
            for number in 0..<40 {
                log.append(Array("line \(number)\n".utf8), to: .stdout)
                text += String(decoding: try await reader.next() ?? [], as: UTF8.self)
            }
            log.close()
            while let chunk = try await reader.next() { text += String(decoding: chunk, as: UTF8.self) }
            #expect(text == (0..<40).map { "line \($0)\n" }.joined())
            let size = try FileManager.default.attributesOfItem(atPath: log.path.string)[.size] as? Int ?? 0
            #expect(size <= 600)
            // Of what was set aside, the last file is kept.
            try await expect("line 38\nline 39\n", of: log, .init(tailLines: 2))
        }
    }

    /// A container that says nothing leaves no file, and who follows it gets what it says after all.
    @Test(arguments: [nil, 5]) func aFileBeginsWithTheFirstEntry(_ tailLines: Int?) async throws {
        try await withLog { log, _ in
            var early = LogReader(path: log.path, log: log, query: .init(follow: true, tailLines: tailLines))
                .makeAsyncIterator()
            try await expect("", of: log, .init())
            #expect(!FileManager.default.fileExists(atPath: log.path.string))
            log.append(Array("first\n".utf8), to: .stdout)
            let first = try await early.next()
            #expect(first == Array("first\n".utf8))
            log.close()
            let end = try await early.next()
            #expect(end == nil)
        }
        try await withLog { log, _ in
            var follower = LogReader(path: log.path, log: log, query: .init(follow: true, tailLines: tailLines))
                .makeAsyncIterator()
            log.close()
            let end = try await follower.next()
            #expect(end == nil)
            #expect(!FileManager.default.fileExists(atPath: log.path.string))
        }
    }

    private func expect(
        _ expected: String, of log: ContainerLog, _ query: LogReader.Query,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var text = ""
        for try await chunk in LogReader(path: log.path, log: nil, query: query) {
            text += String(decoding: chunk, as: UTF8.self)
        }
        #expect(text == expected, sourceLocation: sourceLocation)
    }

    private func withLog(
        maximumFileSize: Int64 = 1 << 20, _ body: (ContainerLog, ManualTime) async throws -> Void
    ) async throws {
        let clock = ManualTime()
        let path = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: path + ".1")
        }
        try await body(
            ContainerLog(path: FilePath(path), maximumFileSize: maximumFileSize, now: { clock.now }), clock)
    }
}
