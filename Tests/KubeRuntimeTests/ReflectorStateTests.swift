import KubeClient
import KubeObjects
import KubeWire
import Testing

@testable import KubeRuntime

struct ReflectorStateTests {
    private typealias Transition = ReflectorState.Transition

    private func object(_ name: String?, version: String) -> KubeObject {
        var object = KubeObject(apiVersion: "v1", kind: "Pod", name: name ?? "")
        object.metadata["resourceVersion"] = .string(version)
        return object
    }

    private func page(_ items: [KubeObject] = [], version: String = "10", continue token: String? = nil)
        -> ReflectorState.Event
    {
        .page(ObjectList(items: items, resourceVersion: version, continue: token))
    }

    /// A state without jitter that has listed at version 10.
    private func watching() -> ReflectorState {
        var state = ReflectorState(backoff: Backoff(initial: .seconds(1), maximum: .seconds(8)), seed: 1)
        _ = state.handle(.ready)
        _ = state.handle(page())
        _ = state.handle(.opened)
        return state
    }

    @Test func itListsPageByPageAndWatchesFromThere() {
        var state = ReflectorState(pageSize: 2, seed: 1)
        let (a, b) = (object("a", version: "1"), object("b", version: "2"))
        #expect(state.handle(.ready) == Transition(action: .list(continue: nil, limit: 2)))
        #expect(state.handle(page([a], continue: "more")) == Transition(action: .list(continue: "more", limit: 2)))
        #expect(state.phase == .listing)
        #expect(
            state.handle(page([b], version: "7"))
                == Transition(
                    update: .replacing([a, b], version: "7"), action: .watch(from: "7", initialEvents: false)))
        #expect(state.phase == .watching)
    }

    @Test func framesAndBookmarksMoveTheVersionOn() {
        var state = watching()
        let a = object("a", version: "11")
        #expect(state.handle(.frame(.added(a))) == Transition(update: .upsert(a), action: .read))
        #expect(state.handle(.frame(.bookmark(object(nil, version: "15")))) == Transition(action: .read))
        let gone = object("a", version: "16")
        #expect(state.handle(.frame(.deleted(gone))) == Transition(update: .remove(gone), action: .read))
        #expect(
            state.handle(.ended(after: .seconds(300))) == Transition(action: .watch(from: "16", initialEvents: false)))
    }

    @Test func whatIsNotNeededLeavesTheStoreAndMovesTheVersionOn() {
        var state = watching()
        let a = object("a", version: "11")
        #expect(state.handle(.unneeded(a)) == Transition(update: .release(a), action: .read))
        #expect(
            state.handle(.ended(after: .seconds(300))) == Transition(action: .watch(from: "11", initialEvents: false)))
        state = ReflectorState(streamingList: true, seed: 1)
        _ = state.handle(.ready)
        _ = state.handle(.opened)
        #expect(state.handle(.unneeded(a)) == Transition(action: .read))
    }

    @Test func anObjectWithoutANameStopsNothing() {
        var state = watching()
        #expect(state.handle(.frame(.added(object(nil, version: "12")))) == Transition(action: .read))
        #expect(state.phase == .watching)
    }

    @Test func anExpiredVersionIsListedAnewAtOnce() {
        var state = watching()
        let gone = KubeStatus(code: 410, reason: .expired, message: "too old resource version")
        #expect(state.handle(.frame(.error(gone))) == Transition(action: .list(continue: nil, limit: 500)))
        #expect(state.phase == .listing)
    }

    @Test func pagesThatExpireAreAskedForInOne() {
        var state = ReflectorState(pageSize: 2, seed: 1)
        _ = state.handle(.ready)
        _ = state.handle(page([object("a", version: "1")], continue: "more"))
        #expect(state.handle(.failed(.expired)) == Transition(action: .list(continue: nil, limit: nil)))
        let b = object("b", version: "2")
        #expect(state.handle(page([b])).update == .replacing([b], version: "10"))
    }

    @Test func failuresBackOffAndKeepThePlace() {
        var state = watching()
        #expect(state.handle(.failed(.other)) == Transition(action: .wait(.seconds(1))))
        #expect(state.handle(.ready) == Transition(action: .watch(from: "10", initialEvents: false)))
        #expect(state.handle(.failed(.other)) == Transition(action: .wait(.seconds(2))))
        _ = state.handle(.ready)
        _ = state.handle(.opened)
        _ = state.handle(.frame(.added(object("a", version: "11"))))
        #expect(state.handle(.failed(.other)) == Transition(action: .wait(.seconds(1))))
    }

    @Test func aBusyServerIsGivenTheTimeItAsksFor() {
        var state = watching()
        #expect(state.handle(.failed(.busy(.seconds(5)))) == Transition(action: .wait(.seconds(5))))
        #expect(state.handle(.ready) == Transition(action: .watch(from: "10", initialEvents: false)))
    }

    @Test func aWatchThatEndsAtOnceAgainAndAgainIsSlowedDown() {
        var state = watching()
        let again = ReflectorState.Action.watch(from: "10", initialEvents: false)
        #expect(state.handle(.ended(after: .zero)) == Transition(action: again))
        #expect(state.handle(.ended(after: .zero)) == Transition(action: .wait(.seconds(2))))
        #expect(state.handle(.ready) == Transition(action: again))
        #expect(state.handle(.ended(after: .seconds(300))) == Transition(action: again))
        #expect(state.handle(.ended(after: .seconds(300))) == Transition(action: again))
    }

    @Test func whatCannotBeReadIsListedAnew() {
        var state = watching()
        #expect(state.handle(.failed(.unreadable)) == Transition(action: .wait(.seconds(1))))
        #expect(state.handle(.ready) == Transition(action: .list(continue: nil, limit: 500)))
    }

    @Test func aMissingResourceIsAskedForAgainAndEmptied() {
        var state = watching()
        #expect(state.handle(.failed(.missing)) == Transition(update: .replacing([]), action: .wait(.seconds(5))))
        #expect(state.phase == .missing)
        #expect(state.handle(.ready) == Transition(action: .list(continue: nil, limit: 500)))
        #expect(state.handle(.failed(.missing)) == Transition(action: .wait(.seconds(5))))
        _ = state.handle(.ready)
        _ = state.handle(page([object("a", version: "3")]))
        #expect(state.phase == .watching)
    }

    @Test func initialEventsEndWithTheirBookmark() {
        var state = ReflectorState(streamingList: true, seed: 1)
        let a = object("a", version: "3")
        #expect(state.handle(.ready) == Transition(action: .watch(from: "", initialEvents: true)))
        _ = state.handle(.opened)
        #expect(state.handle(.frame(.added(a))) == Transition(action: .read))
        var bookmark = object(nil, version: "9")
        bookmark.metadata["annotations"] = [WatchEvent.initialEventsEndAnnotation: "true"]
        #expect(
            state.handle(.frame(.bookmark(bookmark)))
                == Transition(update: .replacing([a], version: "9"), action: .read))
        #expect(state.resourceVersion == "9")
        #expect(state.phase == .watching)
    }

    @Test func aServerWithoutStreamingListsIsListed() {
        var state = ReflectorState(streamingList: true, seed: 1)
        _ = state.handle(.ready)
        #expect(state.handle(.failed(.unsupported)) == Transition(action: .list(continue: nil, limit: 500)))
        _ = state.handle(page(version: "4"))
        let gone = KubeStatus(code: 410, reason: .expired, message: "")
        #expect(state.handle(.frame(.error(gone))) == Transition(action: .list(continue: nil, limit: 500)))
    }

    @Test func initialEventsThatBreakOffStartAgain() {
        var state = ReflectorState(
            streamingList: true, backoff: Backoff(initial: .seconds(1), maximum: .seconds(8)), seed: 1)
        _ = state.handle(.ready)
        _ = state.handle(.frame(.added(object("a", version: "3"))))
        #expect(state.handle(.failed(.other)) == Transition(action: .wait(.seconds(1))))
        _ = state.handle(.ready)
        var bookmark = object(nil, version: "9")
        bookmark.metadata["annotations"] = [WatchEvent.initialEventsEndAnnotation: "true"]
        #expect(state.handle(.frame(.bookmark(bookmark))).update == .replacing([], version: "9"))
    }
}
