import KubeObjects
import RunCore
import Testing

struct EffectRecordTests {
    private let now = Fixture.now

    @Test func waitsDoubleUpToTenMinutes() {
        var record = EffectRecord()
        #expect(record.wait(now: now) == .zero)
        var waits: [Duration] = []
        for _ in 1...10 {
            record.record(.failed("no answer"), now: now)
            waits.append(record.wait(now: now) ?? .zero)
        }
        #expect(waits == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600].map { Duration.seconds($0) })
        #expect(record.lastError == "no answer" && record.attempts == 10)
    }

    @Test(arguments: [Int64.max, .min, -1])
    func aNumberThatNoneOfOursIsBeginsAnew(attempts: Int64) throws {
        var record = try #require(EffectRecord(["state": "Pending", "attempts": .integer(attempts)]))
        record.record(.failed("no answer"), now: now)
        #expect(record.attempts == 1 && record.wait(now: now) == .seconds(5))
    }

    @Test func theReceiversOwnWordCountsWithinReason() {
        var record = EffectRecord()
        record.record(.failed("busy", retryAfter: .seconds(60)), now: now)
        #expect(record.wait(now: now) == .seconds(60))
        record.record(.failed("busy", retryAfter: .seconds(86_400)), now: now)
        #expect(record.wait(now: now) == .seconds(600))
    }

    @Test func itEndsDoneRefusedOrAfterADay() {
        var done = EffectRecord()
        done.record(.failed("no answer"), now: now)
        done.record(.done, now: now)
        #expect(done.state == .done && done.lastError == nil && done.wait(now: now) == nil)
        var refused = EffectRecord()
        refused.record(.refused("not allowed"), now: now)
        #expect(refused.state == .failed && refused.wait(now: now) == nil)
        var tired = EffectRecord()
        for _ in 1...EffectRecord.maximumAttempts { tired.record(.failed("no answer"), now: now) }
        #expect(tired.state == .failed && tired.nextAttempt == nil)
    }

    @Test func aClockThatWasAheadHoldsNothingUp() {
        var record = EffectRecord()
        record.record(.failed("no answer"), now: now + .seconds(3600))
        #expect(record.wait(now: now) == .zero)
        #expect(record.wait(now: now + .seconds(3601)) == .seconds(4))
    }

    @Test func itIsReadAsItIsWritten() {
        var record = EffectRecord()
        record.record(.failed("no answer"), now: now)
        #expect(EffectRecord(record.json) == record)
        #expect(EffectRecord(nil) == nil)
        #expect(EffectRecord(["state": "Nonsense"]) == nil)
    }
}
