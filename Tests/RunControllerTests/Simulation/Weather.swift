import HTTPTypes
import KubeObjects
import KubeWire
import Synchronization
import TestSupport

/// Faults by chance, from a seed, until enough have happened: then the sky is clear, so that every life ends.
final class Weather: Sendable {
    private struct State {
        var random: SeededGenerator
        var faults = 0
        var deaths = 0
    }

    private let state: Mutex<State>
    private let time: TimeSource

    private static let faultLimit = 12
    private static let deathLimit = 3

    init(seed: UInt64, time: TimeSource) {
        state = Mutex(State(random: SeededGenerator(seed: seed)))
        self.time = time
    }

    /// How many faults there were.
    var count: Int { state.withLock(\.faults) }

    @Sendable func decide(_ number: Int, _ request: WireRequest) -> DisturbedTransport.Fault? {
        state.withLock { state in
            guard state.faults < Self.faultLimit, state.random.next() % 3 == 0 else { return nil }
            state.faults += 1
            let choice = state.random.next()
            if request.method == .get, request.path.contains("watch=true") { return stream(choice) }
            switch choice % 8 {
            case 0 where state.deaths < Self.deathLimit, 1 where state.deaths < Self.deathLimit:
                state.deaths += 1
                return .death(isDelivered: choice % 2 == 0)
            case 2, 3: return .lost(isDelivered: choice % 2 == 0)
            default: return .refused(code: [403, 409, 429, 500, 503][Int(choice / 8 % 5)])
            }
        }
    }

    private func stream(_ choice: UInt64) -> DisturbedTransport.Fault {
        switch choice % 5 {
        case 0: .doubled
        case 1: .late(.seconds(Int64(choice / 8 % 8)), time)
        case 2: .refused(code: [410, 429, 500][Int(choice / 8 % 3)])
        default: .cut(afterChunks: Int(choice / 8 % 4))
        }
    }
}
