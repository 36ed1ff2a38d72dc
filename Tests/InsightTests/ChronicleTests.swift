import Estate
import Insight
import Testing

@Suite struct ChronicleTests {
    /// Running, with what was there at the start told and not news.
    private func running() -> Scene {
        var scene = Scene()
        scene.healthy()
        for _ in 0..<8 {
            scene.wait(1)
            scene.healthy()
        }
        return scene
    }

    @Test func theStateOfThingsIsNoNews() {
        #expect(running().events == [])
    }

    @Test func aFailoverFromBeginningToEnd() throws {
        var scene = running()
        scene.wait(0.4)
        scene.unreachable("a")
        scene.wait(1)
        scene.register(leader: nil, revision: 20)
        #expect(scene.events(.leaderLost).map(\.text) == ["leader a lost"])
        #expect(scene.events(.leaderLost).first?.revision == 20)
        #expect(scene.events(.writesLost).count == 1)
        scene.standby("b")
        scene.wait(2)
        scene.register(leader: "b", timeline: 4, standbys: [], revision: 21)
        scene.standby("b", timeline: 3)
        scene.wait(0.5)
        scene.primary("b", timeline: 4)
        let elected = try #require(scene.events(.leaderElected).first)
        #expect(elected.member == Scene.pg("b") && elected.revision == 21)
        #expect(elected.text == "b leads, before it a, after 2 s without a leader")
        #expect(scene.events(.timelineChanged).map(\.text) == ["timeline 4, before it 3"])
        let back = try #require(scene.events(.writesBack).first)
        #expect(scene.events(.writesBack).count == 1)
        #expect(back.member == Scene.pg("b"))
        // a last took writes 3.9 s before b did; it was first missed 0.4 s later, and b still refused at 3.4 s.
        #expect(abs((back.outage?.seconds ?? 0) - 3.9) < 0.01)
        #expect(back.text.contains("between 3 s and 3.9 s"))
        scene.wait(1)
        scene.standby("a", timeline: 4)
        #expect(scene.texts.contains { $0.hasPrefix("a is back as a replica") })
        // Said once, however often it is seen.
        let count = scene.events(.roleChanged).count
        scene.standby("a", timeline: 4)
        #expect(scene.events(.roleChanged).count == count)
    }

    @Test func aSwitchoverFasterThanThePollsIsMeasuredAtMost() throws {
        var scene = running()
        scene.wait(0.2)
        scene.register(leader: nil, revision: 30)
        scene.wait(0.1)
        scene.register(leader: "b", timeline: 4, standbys: ["a"], revision: 31)
        scene.primary("b", timeline: 4)
        let back = try #require(scene.events(.writesBack).first)
        #expect(back.outage == .seconds(0.3) || abs((back.outage?.seconds ?? 0) - 0.3) < 0.001)
        // The old one still says what it was: no second story.
        #expect(scene.events(.writesBack).count == 1)
    }

    @Test func oneFailedPollIsNoOutage() {
        var scene = running()
        scene.unreachable("a")
        scene.wait(1)
        scene.primary("a")
        scene.wait(1)
        scene.primary("a")
        #expect(scene.events(.writesLost).isEmpty && scene.events(.writesBack).isEmpty)
        #expect(scene.events(.sourceLost).isEmpty)
    }

    @Test func aRestartInPlaceIsMeasuredToo() throws {
        var scene = running()
        var stopped = MemberFacts()
        stopped.state = .starting
        scene.wait(1)
        scene.own("a", stopped)
        #expect(scene.events(.writesLost).count == 1)
        scene.wait(3)
        scene.primary("a")
        let back = try #require(scene.events(.writesBack).first)
        #expect(back.outage == .seconds(4))
        #expect(scene.events(.leaderLost).isEmpty)
    }

    @Test func aLockWrittenOverIsAnAlarm() throws {
        var scene = running()
        scene.register(leader: "b", revision: 40)
        let elected = try #require(scene.events(.leaderElected).first)
        #expect(elected.severity == .alarm)
        #expect(elected.text.contains("had not let go"))
    }

    @Test func severalObserversMakeOneEvent() {
        var scene = running()
        scene.wait(1)
        var facts = GroupFacts()
        facts.leader = Known(nil)
        scene.status(SourceID("patroni", "db"), .live)
        scene.say(SourceID("patroni", "db"), .group(Scene.db, facts))
        #expect(scene.events(.leaderLost).isEmpty)
        scene.register(leader: nil, revision: 50)
        scene.say(SourceID("patroni", "db"), .group(Scene.db, facts))
        #expect(scene.events(.leaderLost).count == 1)
    }

    @Test func pausedResumedAndSynchronousStandbys() {
        var scene = running()
        scene.register(leader: "a", isPaused: true)
        scene.register(leader: "a", isPaused: true)
        scene.register(leader: "a", standbys: ["c"])
        scene.register(leader: "a", standbys: [])
        #expect(
            scene.texts == [
                "paused: no automatic failover", "automatic failover is on again",
                "synchronous standby: c, before it b", "synchronous standby: none, before it c",
            ])
    }

    @Test func sourcesAreLostOnlyAfterAWhile() {
        var scene = running()
        scene.unreachable("c")
        scene.wait(2)
        #expect(scene.events(.sourceLost).isEmpty)
        scene.wait(2)
        scene.wait(2)
        #expect(scene.events(.sourceLost).map(\.text) == ["sql:db/c lost: connection refused"])
        scene.standby("c")
        #expect(scene.events(.sourceBack).map(\.text) == ["sql:db/c is back after 6 s"])
    }

    @Test func aSourceThatNeverAnsweredIsToldOnce() {
        var scene = Scene()
        scene.status(SourceID("haproxy", "lb-9"), .failed, problem: "refused")
        for _ in 0..<8 { scene.wait(1) }
        #expect(scene.events(.sourceLost).map(\.text) == ["haproxy:lb-9 does not answer: refused"])
    }

    @Test func serversDownUpDrainedUndrained() {
        var scene = Scene()
        for balancer in ["lb-1", "lb-2"] { scene.server("s", .up, at: balancer) }
        scene.wait(6)
        for balancer in ["lb-1", "lb-2"] { scene.server("s", .down, at: balancer) }
        for balancer in ["lb-1", "lb-2"] { scene.server("s", .up, at: balancer) }
        for balancer in ["lb-1", "lb-2"] { scene.server("s", .up, admin: .drain, at: balancer) }
        for balancer in ["lb-1", "lb-2"] { scene.server("s", .up, at: balancer) }
        let kinds = scene.events.map(\.kind).filter { $0 != .verdict }
        #expect(kinds == [.serverDown, .serverUp, .drained, .undrained])
    }

    @Test func poolsLostAndBackWithTheirOutage() throws {
        var scene = Scene()
        scene.pool(serving: true)
        scene.wait(6)
        scene.pool(serving: false)
        scene.wait(2.5)
        scene.pool(serving: true)
        #expect(try #require(scene.events(.writesBack).first).outage == .seconds(2.5))
    }

    @Test func membersComeAndGoOnce() {
        var scene = running()
        let d = Scene.pg("d")
        scene.say(SourceID("etcd", "db"), .member(d, MemberFacts()))
        scene.say(SourceID("sql", "db/a"), .member(d, MemberFacts()))
        #expect(scene.events(.memberJoined).map(\.text) == ["d joined"])
        scene.say(SourceID("etcd", "db"), isEdge: true, .memberGone(d))
        scene.say(SourceID("sql", "db/a"), isEdge: true, .memberGone(d))
        #expect(scene.events(.memberLost).map(\.text) == ["d is gone from db"])
        scene.say(SourceID("etcd", "db"), .member(d, MemberFacts()))
        #expect(scene.events(.memberJoined).map(\.text) == ["d joined", "d is back"])
    }

    @Test func flappingIsCalledFlapping() {
        var scene = running()
        for (i, name) in ["b", "a", "b"].enumerated() {
            scene.register(leader: nil, revision: Int64(60 + 2 * i))
            scene.wait(5)
            scene.register(leader: name, revision: Int64(61 + 2 * i))
        }
        scene.wait(1)
        scene.wait(1)
        #expect(scene.events(.flapping).count == 1)
    }

    /// An operator moves the leader about: asked for each time, and so not flapping.
    @Test func changesThatSomebodyAskedForAreNoFlapping() {
        var scene = running()
        var history: [TimelineChange] = []
        func tell(_ leader: String?, _ isAsked: Bool) {
            scene.register(leader: leader, revision: 100, isAsked: isAsked)
            guard var facts = scene.snapshot.group(Scene.db)?.sighting(by: SourceID("etcd", "db"))?.facts else {
                return
            }
            facts.history = history
            scene.say(SourceID("etcd", "db"), .group(Scene.db, facts))
        }
        func change(to leader: String, isAsked: Bool) {
            let old = scene.snapshot.group(Scene.db)?.newest(\.leader)?.value.value
            if isAsked { tell(old, true) }
            tell(nil, isAsked)
            scene.wait(2)
            history.append(TimelineChange(timeline: 3, lsn: nil, reason: nil, at: scene.now, leader: leader))
            tell(leader, isAsked)
            tell(leader, false)
            scene.wait(20)
        }
        for name in ["b", "a", "b", "a"] { change(to: name, isAsked: true) }
        #expect(scene.events(.flapping).isEmpty)
        #expect(!scene.database.isFlapping && scene.database.changesUnplanned == 0)
        #expect(scene.events(.leaderElected).allSatisfy { $0.text.contains("as asked for") && $0.severity == .notice })
        for name in ["b", "a"] { change(to: name, isAsked: false) }
        #expect(!scene.database.isFlapping && scene.database.changesUnplanned == 2)
        change(to: "b", isAsked: false)
        #expect(scene.database.isFlapping && scene.events(.flapping).count == 1)
    }

    /// Whoever begins to watch after the changes knows that they were, not whether somebody asked for them.
    @Test func changesBeforeTheWatchAreNotCalledUnasked() throws {
        var scene = running()
        var facts = try #require(scene.snapshot.group(Scene.db)?.sighting(by: SourceID("etcd", "db"))?.facts)
        let since = try #require(scene.snapshot.leaderKnownSince(of: Scene.db))
        facts.history = (1...3).map { n in
            TimelineChange(timeline: n, lsn: nil, reason: nil, at: since - .seconds(Double(60 * n)), leader: "a")
        }
        scene.say(SourceID("etcd", "db"), .group(Scene.db, facts))
        scene.wait(1)
        #expect(!scene.database.isFlapping && scene.events(.flapping).isEmpty)
        #expect(scene.database.reasons.map(\.text).contains { $0.contains("3 before this watch") })
        #expect(scene.database.verdict == .atRisk)
    }

    /// Who asks for a failover because the leader is lost excuses nothing.
    @Test func aRequestAfterTheLossExcusesNothing() {
        var scene = running()
        scene.register(leader: nil, revision: 110)
        scene.register(leader: nil, revision: 111, isAsked: true)
        scene.register(leader: "b", revision: 112, isAsked: true)
        #expect(scene.snapshot.handovers(of: Scene.db).isEmpty)
        #expect(scene.events(.leaderElected).allSatisfy { !$0.text.contains("asked") })
    }

    @Test func verdictsAreTalkedAboutWhenTheyLast() {
        var scene = running()
        scene.register(leader: "a", isPaused: true)
        scene.wait(1)
        scene.healthy()
        scene.wait(1)
        #expect(scene.events(.verdict).isEmpty)
        scene.register(leader: "a", isPaused: true)
        scene.wait(1)
        scene.wait(1)
        scene.wait(1)
        #expect(scene.events(.verdict).map(\.text) == ["AT RISK: paused: no automatic failover"])
    }

    @Test func contradictionsAreNewsWhenTheyLast() {
        var scene = running()
        for _ in 0..<3 {
            scene.register(leader: "c", revision: 70, isEdge: false)
            scene.primary("a")
            scene.wait(1)
        }
        #expect(scene.events(.disagreement).isEmpty)
        for _ in 0..<4 {
            scene.primary("a")
            scene.wait(1)
        }
        #expect(scene.events(.disagreement).map(\.text) == ["c holds the lock, but a takes writes"])
    }

    @Test func feedsOwnEventsAndGapsPassThrough() {
        var scene = Scene()
        let source = SourceID("haproxy", "lb-1")
        scene.say(source, .event(Event(at: scene.now, .balancerReloaded, .notice, text: "lb-1 was reloaded")))
        scene.say(source, .gap(12))
        #expect(scene.events.map(\.kind) == [.balancerReloaded, .gap])
        #expect(scene.events.allSatisfy { $0.source == source })
        #expect(scene.texts[1].contains("12"))
    }
}

@Suite struct SayTests {
    @Test(arguments: [
        (Int64(0), "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1_468_006, "1.4 MiB"), (41 << 20, "41 MiB"),
        (-5, "-5 B"), (.max, "8192 PiB"),
    ])
    func bytes(count: Int64, text: String) { #expect(Say.bytes(count) == text) }

    @Test(arguments: [
        (0.04, "0 s"), (0.4, "0.4 s"), (6.83, "6.8 s"), (9.96, "10 s"), (42.9, "43 s"), (119.6, "2 min"),
        (1800, "30 min"),
        (200, "3 min 20 s"), (7500, "2 h 5 min"),
        (273_600, "3 d 4 h"), (-1, "0 s"),
    ])
    func spans(seconds: Double, text: String) { #expect(Say.span(.seconds(seconds)) == text) }

    @Test func lists() {
        #expect(Say.list([]) == "")
        #expect(Say.list(["a"]) == "a")
        #expect(Say.list(["a", "b", "c"]) == "a, b and c")
        #expect(Say.list(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more")
    }
}
