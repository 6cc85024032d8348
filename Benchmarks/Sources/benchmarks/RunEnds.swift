import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import Synchronization

/// Makes runs and waits for their ends, by one watch for all.
final class RunEnds: Sendable {
    private enum Run: Sendable {
        case made
        case awaited(CheckedContinuation<String, any Error>)
        case ended(String)
    }

    private let client: KubeClient
    private let namespace: String
    private let runs = Mutex<[String: Run]>([:])

    init(_ client: KubeClient, namespace: String) {
        self.client = client
        self.namespace = namespace
    }

    /// Watches until cancelled.
    func watch() async throws {
        var options = WatchOptions(resourceVersion: "0")
        options.timeoutSeconds = 7200
        for try await event in try await client.watch(.jobRuns, namespace: namespace, options: options) {
            switch event {
            case .added(let run), .modified(let run):
                guard let name = run.name, let phase = run[path: "status", "phase"]?.string,
                    ["Succeeded", "Failed", "TimedOut", "Cancelled"].contains(phase)
                else { continue }
                end(name, phase)
            case .error(let status): throw status
            case .deleted, .bookmark: break
            }
        }
        if !Task.isCancelled { throw BenchmarkError("the watch of runs ended") }
    }

    private func end(_ name: String, _ phase: String) {
        let waiter = runs.withLock { runs -> CheckedContinuation<String, any Error>? in
            switch runs[name] {
            case .awaited(let waiter)?:
                runs[name] = nil
                return waiter
            case .made?:
                runs[name] = .ended(phase)
                return nil
            case .ended?, nil: return nil
            }
        }
        waiter?.resume(returning: phase)
    }

    /// Makes a run and waits for its end.
    /// - Returns: the phase in which it ended.
    @discardableResult
    func create(_ name: String, _ run: [UInt8]) async throws -> String {
        runs.withLock { $0[name] = .made }
        defer { runs.withLock { $0[name] = nil } }
        try await client.push(.post, ResourcePath(.jobRuns, namespace: namespace).encoded, run)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let known = runs.withLock { runs -> Result<String, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if case .ended(let phase)? = runs[name] { return .success(phase) }
                    runs[name] = .awaited(waiter)
                    return nil
                }
                if let known { waiter.resume(with: known) }
            }
        } onCancel: {
            let waiter = runs.withLock { runs -> CheckedContinuation<String, any Error>? in
                guard case .awaited(let waiter)? = runs.removeValue(forKey: name) else { return nil }
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
