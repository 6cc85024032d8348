#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The pages in memory of the program's file and its libraries: code, constants, tables.
package enum ProgramPages {
    /// How long a start may take, after which most of them are not needed any more.
    private static let startTime = Duration.seconds(5)

    /// Does the work of a program that works until it is told to end, and a little into it lets go of the pages that are as
    /// they are in their files.
    ///
    /// A start touches most of them once, a server that waits a tenth: without this they are two thirds of what an idle
    /// controller has resident. What is needed again comes back from the system's file cache, page by page.
    package static func lettingGoOfTheStart<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                if (try? await Task.sleep(for: startTime)) != nil { letGo() }
                return nil
            }
            group.addTask { try await work() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// Takes the pages of every mapping of a file that can neither be written to nor has been, as by the loader, out of
    /// memory (madvise(2), `MADV_DONTNEED`). Where the system does not tell what is mapped, nothing is done.
    private static func letGo() {
        #if os(Linux)
        guard let mappings = unsafe fopen("/proc/self/smaps", "re") else { return }
        defer { _ = unsafe fclose(mappings) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { unsafe free(line) }
        var file: Range<UInt>?
        while unsafe getline(&line, &capacity, mappings) > 0, let text = unsafe line {
            let fields = unsafe String(cString: text).split { $0 == " " || $0 == "\n" }
            if fields.first?.last != ":" {
                file = addresses(ofFile: fields)
            } else if fields.first == "Anonymous:", fields.dropFirst().first == "0", let file {
                _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: file.lowerBound), file.count, MADV_DONTNEED)
            }
        }
        #endif
    }

    /// The addresses of a mapping that its head line tells of, if it is of a file and not to be written to
    /// (proc_pid_maps(5)).
    private static func addresses(ofFile fields: [Substring]) -> Range<UInt>? {
        guard fields.count == 6, !fields[1].contains("w"), fields[5].hasPrefix("/") else { return nil }
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return nil }
        return bounds[0]..<bounds[1]
    }
}
