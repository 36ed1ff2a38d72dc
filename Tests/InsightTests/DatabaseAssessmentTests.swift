import Estate
import Insight
import Testing

@Suite struct DatabaseAssessmentTests {
    @Test func aHealthyGroupIsProtectedAndSaysByHowMuch() {
        var scene = Scene()
        scene.healthy()
        scene.store(healthy: 3)
        let g = scene.database
        #expect(g.verdict == .protected)
        #expect(g.leader == Scene.pg("a") && g.primary == Scene.pg("a"))
        #expect(g.timeline == 3)
        #expect(g.serving.text == "3 of 3" && g.serving.isServing == true)
        #expect(g.survives.text == "1 node" && g.survives.sites == 1)
        #expect(g.dataAtRiskBytes == 0)
        #expect(g.notes.contains("backups are not watched"))
        #expect(g.member(Scene.pg("b"))?.site == SiteID("lon"))
        #expect(scene.assessment.isFrozen == false)
    }

    @Test func theTableOfVerdicts() {
        let cases: [(String, (inout Scene) -> Void, Verdict, String)] = [
            ("the leader is dead, the lock is not", { $0.unreachable("a") }, .down, "a holds the lock"),
            (
                "nobody holds the lock",
                { scene in
                    scene.register(leader: nil)
                    scene.standby("a")
                }, .down, "no leader"
            ),
            ("the lock is held before writes work", { $0.standby("a") }, .down, "does not take writes yet"),
            ("paused", { $0.register(leader: "a", isPaused: true) }, .atRisk, "paused"),
            ("the synchronous standby is dead", { $0.unreachable("b") }, .atRisk, "no standby can take over"),
            (
                "strict and alone",
                { scene in
                    scene.register(leader: "a", standbys: ["b"], isStrict: true)
                    scene.unreachable("b")
                }, .degraded, "strict"
            ),
            ("two primaries", { $0.primary("b") }, .degraded, "split: a and b"),
            ("another has the lock", { $0.register(leader: "c") }, .degraded, "c holds the lock, but a takes writes"),
            (
                "both standbys failed to start",
                { scene in
                    scene.standby("b", state: .startFailed)
                    scene.standby("c", state: .startFailed)
                }, .atRisk, "no further loss"
            ),
            ("an asynchronous standby is dead", { $0.unreachable("c") }, .protected, "c does not answer"),
            ("the store has no spare vote", { $0.store(healthy: 2) }, .atRisk, "etcd survives no node"),
        ]
        for (name, change, verdict, text) in cases {
            var scene = Scene()
            scene.healthy()
            change(&scene)
            let g = scene.database
            #expect(g.verdict == verdict, "\(name): \(g.reasons)")
            #expect(g.reasons.contains { $0.text.contains(text) }, "\(name): \(g.reasons)")
            #expect(g.reasons.first?.severity == verdict || verdict == .protected, "\(name)")
        }
    }

    @Test func nothingHeardIsUnknownAndSaysWhy() {
        var scene = Scene()
        #expect(scene.database.verdict == .unknown)
        scene.status(SourceID("etcd", "db"), .failed, problem: "10.0.0.1:2379 refuses the connection")
        #expect(scene.database.verdict == .unknown)
        #expect(scene.database.headline.contains("refuses the connection"))
        #expect(scene.assessment.isFrozen)
        #expect(scene.assessment.groups.allSatisfy { $0.verdict == .unknown })
    }

    @Test func whenEverythingFallsSilentNothingIsClaimed() {
        var scene = Scene()
        scene.healthy()
        for name in ["a", "b", "c"] { scene.unreachable(name) }
        scene.status(SourceID("etcd", "db"), .failed)
        scene.now = scene.now + .seconds(120)
        let g = scene.database
        #expect(g.verdict == .unknown)
        #expect(g.primary == nil && g.serving.isServing == nil)
        #expect(g.isLeaderStale && g.leader == Scene.pg("a"))
        #expect(g.staleSources.count == 4)
        #expect(g.headline.contains("2 min"))
    }

    @Test func aStoreWithoutQuorumMakesTheLeaderStale() {
        var scene = Scene()
        scene.healthy()
        scene.store(healthy: 1, hasLeader: false)
        let g = scene.database
        #expect(g.isLeaderStale)
        #expect(g.verdict == .atRisk)
        #expect(g.reasons.contains { $0.text.contains("cannot be relied on") })
        #expect(scene.group("etcd").verdict == .down)
        #expect(scene.assessment.worst == .down)
    }

    @Test func lagComesFromPositionsAndNotFromClaims() {
        var scene = Scene()
        scene.healthy(standbys: nil)
        // The manager says 0, the server's own delay is tiny, and both are wrong.
        var facts = MemberFacts()
        facts.replication = ReplicationFacts()
        facts.replication?.receiveLagBytes = 0
        facts.replication?.replayLagBytes = 0
        scene.status(SourceID("patroni", "db"), .live)
        scene.say(SourceID("patroni", "db"), .member(Scene.pg("b"), facts))
        scene.primary("a", written: 9_000_000, flushed: ["b": 1_000_000])
        let b = scene.database.member(Scene.pg("b"))
        #expect(b?.lag.receiveBytes == 8_000_000)
        #expect(b?.lag.isComputed == true)
        #expect(b?.eligibility?.isEligible == false)
        #expect(b?.eligibility?.obstacles.first?.hasPrefix("lag") == true)
        // Its own position serves where the primary lists no sender.
        let c = scene.database.member(Scene.pg("c"))
        #expect(c?.lag.receiveBytes == 8_000_000)
        #expect(c?.lag.by == SourceID("sql", "db/c"))
    }

    @Test func lagThatNobodyKnowsIsNil() {
        var scene = Scene()
        scene.register(leader: "a")
        let b = scene.database.member(Scene.pg("b"))
        #expect(b?.lag.receiveBytes == nil && b?.lag.replayBytes == nil && b?.lag.replaySeconds == nil)
        #expect(b?.eligibility?.isEligible == nil)
        #expect(scene.database.dataAtRiskBytes == nil)
    }

    @Test func beyondTheAllowedLossIsAtRisk() {
        var scene = Scene(rpoBytes: 1000)
        scene.healthy(standbys: nil)
        #expect(scene.database.verdict == .protected)
        scene.primary("a", written: 1_500_000)
        let g = scene.database
        #expect(g.dataAtRiskBytes == 500_000)
        #expect(g.verdict == .atRisk)
        #expect(g.reasons.contains { $0.text.contains("488 KiB would be lost") })
    }

    @Test func twoOnOneNodeSurviveNoNode() {
        var scene = Scene()
        scene.healthy()
        var facts = MemberFacts()
        facts.node = NodeID("n-ams")
        scene.say(SourceID("etcd", "db"), .member(Scene.pg("b"), facts))
        let g = scene.database
        #expect(g.survives.nodes == 0)
        #expect(g.reasons.contains { $0.text.contains("all that can serve is on n-ams") })
    }

    @Test func whoLeftTheRegisterStillHasItsNode() {
        var scene = Scene()
        scene.healthy()
        scene.unreachable("b")
        scene.say(SourceID("etcd", "db"), isEdge: true, .memberGone(Scene.pg("b")))
        let b = scene.database.member(Scene.pg("b"))
        #expect(b?.node == NodeID("n-lon") && b?.door == "http://10.0.0.1:8008")
        #expect(b?.isUp == false && b?.state == .unknown && b?.stateDetail == "does not answer")
    }

    @Test func eligibilityShowsEveryGate() {
        var scene = Scene()
        scene.healthy()
        let c = scene.database.member(Scene.pg("c"))?.eligibility
        #expect(c?.isEligible == false)
        #expect(c?.obstacles == ["synchronous standby: not listed"])
        #expect(c?.gates.contains { $0.name == "lag" && $0.value == "0 B" && $0.limit == "at most 1 MiB" } == true)
        let a = scene.database.member(Scene.pg("a"))?.eligibility
        #expect(a?.isEligible == false)
    }

    @Test func anOldTimelineIsNamed() {
        var scene = Scene()
        scene.healthy()
        scene.standby("c", timeline: 2)
        #expect(scene.database.reasons.contains { $0.text == "c is on timeline 2, not 3" })
        #expect(scene.database.member(Scene.pg("c"))?.eligibility?.isEligible == false)
    }

    @Test func criticalGroupsHaveToSurviveASite() {
        var scene = Scene(tier: .critical)
        scene.healthy()
        #expect(scene.database.verdict == .protected)
        var facts = MemberFacts()
        facts.node = NodeID("n-ams2")
        facts.address = "10.0.0.0:5433"
        scene.say(SourceID("etcd", "db"), .member(Scene.pg("b"), facts))
        // On a node of no known site: the sites cannot be told, and that is not held to be a fault.
        #expect(scene.database.survives.sites == nil)
    }
}
