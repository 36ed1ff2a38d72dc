import Estate
import Insight
import Testing

/// Pools in front of a database, and what becomes of them.
@Suite struct FollowingTests {
    private func scene() -> Scene {
        var scene = Scene()
        scene.healthy()
        scene.writePool(leader: "a")
        return scene
    }

    private func writes(_ scene: Scene, _ losses: Set<Loss>) throws -> Consequence {
        try #require(scene.assessment.without(losses).first { $0.group == GroupID("writes") })
    }

    @Test func standbysOfAPoolThatFollowsAreNotBroken() {
        let g = scene().group("writes")
        #expect(g.kind == .pool && g.following == .leader && g.backing == Scene.db)
        #expect(g.members.map(\.isStandingBy) == [false, true, true])
        #expect(!g.members.contains { $0.isBroken })
        #expect(g.members.map(\.backs) == [Scene.pg("a"), Scene.pg("b"), Scene.pg("c")])
    }

    @Test func losingTheLeaderMovesThePoolWithIt() throws {
        let gone = try writes(scene(), [.node(NodeID("n-ams"))])
        #expect(gone.serves == true && gone.successor == MemberID(GroupID("writes"), "b"))
        #expect(gone.text == "follows db to b")
        #expect(gone.after == .atRisk && gone.bytesLost == 0)
    }

    @Test func losingAStandbyChangesNothing() throws {
        let gone = try writes(scene(), [.node(NodeID("n-dub"))])
        #expect(gone.serves == true && gone.successor == nil)
        #expect(gone.text == "follows db, where a goes on")
    }

    @Test func whereTheDatabaseFallsThePoolFalls() throws {
        let gone = try writes(scene(), [.node(NodeID("n-ams")), .node(NodeID("n-lon")), .node(NodeID("n-dub"))])
        #expect(gone.serves == false && gone.text == "follows db: db does not serve then")
        var other = scene()
        other.store(healthy: 3)
        // The servers are all there, and nobody may lead.
        let without = try writes(other, [.group(GroupID("etcd"))])
        #expect(without.serves == false)
    }

    @Test func aSuccessorThatThePoolDoesNotHaveIsAnOutage() throws {
        var scene = Scene()
        scene.healthy()
        scene.server("a", .up, group: "writes", address: "10.0.0.0:5432")
        scene.server("c", .down, group: "writes", address: "10.0.0.2:5432")
        let gone = try writes(scene, [.member(Scene.pg("a"))])
        #expect(gone.serves == false && gone.text.contains("b leads then"))
    }

    @Test func whoTakesOverLeavesThePoolOfFollowers() throws {
        var scene = Scene()
        scene.healthy()
        scene.server("a", .down, group: "reads", address: "10.0.0.0:5432")
        scene.server("b", .up, group: "reads", address: "10.0.0.1:5432")
        scene.server("c", .up, group: "reads", address: "10.0.0.2:5432")
        #expect(scene.group("reads").following == .replicas)
        let gone = try #require(
            scene.assessment.without(.node(NodeID("n-ams"))).first { $0.group == GroupID("reads") })
        #expect(gone.serves == true && gone.text == "1 of 3 servers left: b leads then")
        #expect(gone.after == .atRisk)
    }

    @Test func withoutItsBalancersAPoolIsDown() throws {
        var scene = Scene()
        scene.balancer("lb-1", node: 0)
        scene.balancer("lb-2", node: 0)
        for i in 1...2 { for lb in ["lb-1", "lb-2"] { scene.server("s\(i)", .up, node: i, at: lb) } }
        let api = scene.group("api")
        #expect(api.balancers.map(\.node) == [NodeID("n-ams"), NodeID("n-ams")])
        #expect(api.survives.nodes == 0 && api.verdict == .atRisk)
        #expect(api.headline == "survives no further loss: the balancers lb-1 and lb-2 are on one node")
        let gone = try #require(scene.assessment.without(.node(NodeID("n-ams"))).first)
        #expect(gone.serves == false && gone.text == "its balancers are lost too: lb-1 and lb-2")
        // One process of two is no loss yet.
        #expect(scene.assessment.without(.balancer(SourceID("haproxy", "lb-1"))).isEmpty)
        scene.balancer("lb-2", node: 1)
        #expect(scene.group("api").verdict == .protected)
        #expect(scene.assessment.without(.node(NodeID("n-ams"))).isEmpty)
    }

    @Test func aBalancerOfUnknownPlaceIsNeverLost() {
        var scene = Scene()
        for i in 0..<3 { scene.server("s\(i)", .up, node: i) }
        #expect(scene.group("api").survives.nodes == 2)
        #expect(scene.assessment.without(.site(SiteID("ams"))).allSatisfy { $0.serves == true })
    }
}

@Suite struct SteadyBasisTests {
    /// The manager's page and the server itself speak in turns: the figure keeps its basis.
    @Test func lagKeepsItsObserver() {
        var scene = Scene()
        var bases: Set<String> = []
        for turn in 0..<6 {
            scene.register(leader: "a", standbys: nil)
            scene.primary("a", written: 9_000, flushed: ["b": 8_000])
            scene.standby("b", received: 8_000)
            scene.standby("c", received: 7_000)
            if turn % 2 == 1 {
                for (name, at) in [("a", UInt64(5_000)), ("b", 1_000), ("c", 1_000)] {
                    var facts = MemberFacts()
                    facts.replication = ReplicationFacts()
                    facts.replication?.inRecovery = name != "a"
                    if name == "a" { facts.replication?.writtenLSN = LSN(at) }
                    facts.replication?.receivedLSN = name == "a" ? nil : LSN(at)
                    facts.replication?.replayedLSN = name == "a" ? nil : LSN(at)
                    scene.status(SourceID("patroni", "db/\(name)"), .live)
                    scene.say(SourceID("patroni", "db/\(name)"), .member(Scene.pg(name), facts))
                }
            }
            scene.wait(1)
            for name in ["b", "c"] {
                let lag = scene.database.member(Scene.pg(name))?.lag
                bases.insert("\(name) \(lag?.by?.description ?? "nobody") \(lag?.receiveBytes ?? -1)")
            }
        }
        #expect(bases == ["b sql:db/a 1000", "c sql:db/c 2000"])
    }
}
