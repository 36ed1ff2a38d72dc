import Estate
import Feeds
import PitbossTestKit
import Testing

@testable import Watch

/// A feed that says what it is told to, and tells when it runs.
private struct ScriptedFeed: Feed {
    let source: SourceID
    let running: Observed<Set<SourceID>>
    let script: @Sendable (any UpdateSink, Timestamp) -> Void

    init(
        _ source: SourceID, _ running: Observed<Set<SourceID>>,
        script: @escaping @Sendable (any UpdateSink, Timestamp) -> Void = { _, _ in }
    ) {
        self.source = source
        self.running = running
        self.script = script
    }

    func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        running.update { _ = $0.insert(source) }
        sink.send(Update(source, at: clock.now(), isEdge: true, .source(SourceStatus(.live))))
        script(sink, clock.now())
        try? await clock.sleep(for: .seconds(1e7))
        running.update { _ = $0.remove(source) }
    }
}

private let db = GroupID("db")
private let etcd = SourceID("etcd", "db")

private func roster(_ names: [String], leader: String?) -> Update.Body {
    var facts = GroupFacts()
    facts.leader = Known(leader)
    facts.revision = 1
    facts.roster = names
    return .group(db, facts)
}

private func listed(_ name: String, door: String) -> Update.Body {
    var facts = MemberFacts()
    facts.door = door
    return .member(MemberID(db, name), facts)
}

private let seconds60 = TimeLimitTrait.Duration.minutes(1)

@Suite struct WatcherTests {
    private let clock = SteppedClock()
    private let running = Observed<Set<SourceID>>([])

    private func watcher(
        names: [String] = ["a", "b"], recorded: Observed<[Event]> = Observed([])
    ) -> Watcher {
        let running = running
        let standing: [any Feed] = [
            ScriptedFeed(etcd, running) { sink, now in
                sink.send(Update(etcd, at: now, isEdge: true, roster(names, leader: "a")))
                for name in names { sink.send(Update(etcd, at: now, listed(name, door: "http://\(name):8008"))) }
            }
        ]
        let maker = FeedMaker(
            standing: { standing },
            ofMember: { id, doors in
                [
                    ScriptedFeed(SourceID("patroni", id.description), running) { sink, now in
                        var facts = MemberFacts()
                        facts.notes["door"] = doors.door
                        sink.send(Update(SourceID("patroni", id.description), at: now, .member(id, facts)))
                    }
                ]
            })
        return Watcher(
            platform: Platform(name: "p"), discovering: [db], maker: maker, clock: clock,
            record: { events in recorded.update { $0 += events } })
    }

    @Test(.timeLimit(seconds60)) func membersThatTheRegisterNamesAreSubscribedTo() async throws {
        let watcher = watcher()
        let task = Task { await watcher.run() }
        #expect(await watcher.settle(within: .seconds(3600)))
        #expect(
            Set(watcher.state.snapshot.sources.map(\.id)) == [
                etcd, SourceID("patroni", "db/a"), SourceID("patroni", "db/b"),
            ])
        let seen = watcher.state.snapshot.member(MemberID(db, "a"))?.sightings(bySystem: "patroni").first
        #expect(seen?.facts.notes["door"] == "http://a:8008")
        task.cancel()
        await task.value
        // All feeds have ended when `run` has.
        #expect(running.value.isEmpty)
    }

    @Test(.timeLimit(seconds60)) func settlingEndsAtTheDeadline() async throws {
        let maker = FeedMaker(standing: { [] })
        let watcher = Watcher(platform: Platform(name: "p"), maker: maker, clock: clock)
        let task = Task { await watcher.run() }
        async let settled = watcher.settle(within: .seconds(5))
        try await clock.waitForSleeper(exactly: .seconds(5))
        clock.advance(by: .seconds(5))
        #expect(await settled == false)
        task.cancel()
        await task.value
    }

    @Test(.timeLimit(seconds60)) func aMemberThatMovesIsSubscribedToAnew() async throws {
        let watcher = watcher()
        let task = Task { await watcher.run() }
        #expect(await watcher.settle(within: .seconds(3600)))
        watcher.sink.send(Update(etcd, at: clock.now(), listed("a", door: "http://elsewhere:8008")))
        let changed = Observed(0)
        let subscription = watcher.subscribe { _ in changed.update { $0 += 1 } }
        func door() -> String? {
            let member = subscription.take().snapshot.member(MemberID(db, "a"))
            return member?.sightings(bySystem: "patroni").first?.facts.notes["door"]
        }
        var mark = 0
        while door() != "http://elsewhere:8008" {
            let from = mark
            mark = try await changed.wait { $0 > from ? $0 : nil }
        }
        task.cancel()
        await task.value
    }

    @Test(.timeLimit(seconds60)) func aReaderIsToldOnceUntilItTakes() {
        let watcher = watcher()
        let told = Observed(0)
        let subscription = watcher.subscribe { _ in told.update { $0 += 1 } }
        for name in ["x", "y", "z"] {
            watcher.sink.send(Update(etcd, at: clock.now(), listed(name, door: "http://\(name)")))
            watcher.drain()
        }
        #expect(told.value == 1)
        #expect(subscription.take().snapshot.members.count == 3)
        watcher.sink.send(Update(etcd, at: clock.now(), listed("w", door: "http://w")))
        watcher.drain()
        #expect(told.value == 2)
        subscription.cancel()
        _ = subscription.take()
        watcher.sink.send(Update(etcd, at: clock.now(), listed("v", door: "http://v")))
        watcher.drain()
        #expect(told.value == 2)
    }

    @Test(.timeLimit(seconds60)) func eventsAreRecordedOnceAndInOrder() async throws {
        let recorded = Observed<[Event]>([])
        let watcher = watcher(recorded: recorded)
        let task = Task { await watcher.run() }
        #expect(await watcher.settle(within: .seconds(3600)))
        for leader in [nil, "b", nil, "a"] {
            watcher.sink.send(Update(etcd, at: clock.now(), isEdge: true, roster(["a", "b"], leader: leader)))
        }
        let kinds = try await recorded.wait { events -> [Event.Kind]? in
            let kinds = events.map(\.kind).filter { $0 == .leaderLost || $0 == .leaderElected }
            return kinds.count >= 4 ? kinds : nil
        }
        #expect(kinds == [.leaderLost, .leaderElected, .leaderLost, .leaderElected])
        #expect(watcher.state.events.map(\.text) == recorded.value.map(\.text))
        task.cancel()
        await task.value
    }

    @Test(.timeLimit(seconds60)) func eventsInMemoryHaveALimit() {
        let watcher = watcher()
        watcher.recall([Event(at: clock.now(), .note, .notice, text: "of the past")])
        #expect(watcher.state.events.map(\.text) == ["of the past"])
        for n in 0..<(Watcher.eventsMax + 10) {
            let event = Event(at: clock.now(), .note, .notice, text: "\(n)")
            watcher.sink.send(Update(etcd, at: clock.now(), .event(event)))
        }
        watcher.drain()
        #expect(watcher.state.events.count == Watcher.eventsMax)
        #expect(watcher.state.events.last?.text == "\(Watcher.eventsMax + 9)")
    }
}

@Suite struct DiscoveryTests {
    private let t0 = Timestamp(seconds: 1_700_000_000)

    @Test func startsOnceAndAgainWhenItMoves() {
        var discovery = Discovery(groups: [db])
        let a = MemberID(db, "a")
        let first = Update(etcd, at: t0, listed("a", door: "http://a"))
        #expect(discovery.observe(first) == [.start(a, MemberDoors(door: "http://a"))])
        #expect(discovery.observe(first) == [])
        var facts = MemberFacts()
        facts.address = "a:5432"
        let both = MemberDoors(door: "http://a", address: "a:5432")
        #expect(discovery.observe(Update(etcd, at: t0, .member(a, facts))) == [.stop(a), .start(a, both)])
        #expect(discovery.observe(Update(etcd, at: t0, .member(a, MemberFacts()))) == [])
    }

    @Test func othersGroupsAreLeftAlone() {
        var discovery = Discovery(groups: [GroupID("other")])
        #expect(discovery.observe(Update(etcd, at: t0, listed("a", door: "http://a"))) == [])
    }

    @Test func whoIsLongGoneIsForgotten() {
        var discovery = Discovery(groups: [db])
        for name in ["a", "b"] { _ = discovery.observe(Update(etcd, at: t0, listed(name, door: "http://\(name)"))) }
        _ = discovery.observe(Update(etcd, at: t0, roster(["a"], leader: nil)))
        #expect(discovery.tick(t0 + .seconds(899)) == [])
        #expect(discovery.tick(t0 + .seconds(900)) == [.stop(MemberID(db, "b"))])
        #expect(discovery.tick(t0 + .seconds(901)) == [])
        // Back again: started again.
        #expect(discovery.observe(Update(etcd, at: t0, listed("b", door: "http://b"))).count == 1)
    }

    @Test func comingBackInTimeStopsTheForgetting() {
        var discovery = Discovery(groups: [db])
        _ = discovery.observe(Update(etcd, at: t0, listed("a", door: "http://a")))
        _ = discovery.observe(Update(etcd, at: t0, roster([], leader: nil)))
        _ = discovery.observe(Update(etcd, at: t0 + .seconds(60), roster(["a"], leader: nil)))
        #expect(discovery.tick(t0 + .seconds(5000)) == [])
    }

    @Test func thereIsALimitToMembers() {
        var discovery = Discovery(groups: [db])
        var started = 0
        for n in 0..<(Discovery.membersMax + 5) {
            started += discovery.observe(Update(etcd, at: t0, listed("m\(n)", door: "http://m"))).count
        }
        #expect(started == Discovery.membersMax)
        #expect(discovery.refused.count == 5)
    }
}
