import KubeObjects
import Synchronization
import TestSupport

/// A minute of a simulation's time, in which what comes twice has come twice.
final class Silence: Sendable {
    private let simulation: Simulation
    private let end = Mutex<Timestamp?>(nil)

    init(_ simulation: Simulation) { self.simulation = simulation }

    func has(begunWhen isBegun: Bool) -> Bool {
        guard isBegun else { return false }
        let now = simulation.world.time.now
        let end = end.withLock { end in
            end = end ?? now + .seconds(60)
            return end ?? now
        }
        return now >= end
    }
}
