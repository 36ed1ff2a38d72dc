import Estate
import Insight
import Testing

@Suite struct PoolAndQuorumTests {
    @Test(arguments: [
        (3, 3, true, Verdict.protected, 1), (2, 3, true, .atRisk, 0), (1, 3, false, .down, 0),
        (3, 3, false, .down, 0), (5, 5, true, .protected, 2), (4, 5, true, .protected, 1),
    ])
    func quorums(healthy: Int, total: Int, hasLeader: Bool, verdict: Verdict, survives: Int) {
        var scene = Scene()
        scene.store(healthy: healthy, of: total, hasLeader: hasLeader)
        let g = scene.group("etcd")
        #expect(g.verdict == verdict, "\(g.reasons)")
        // Members four and five of five are of no known node, and count as their own.
        #expect(g.survives.nodes == survives)
        #expect(g.serving.text == "\(healthy) of \(total)")
    }

    @Test func aPoolSurvivesByItsNodes() {
        var scene = Scene()
        for i in 0..<6 { scene.server("s\(i)", .up, node: i % 3) }
        let g = scene.group("api")
        #expect(g.verdict == .protected)
        #expect(g.serving.text == "6 of 6")
        #expect(g.survives.nodes == 2 && g.survives.sites == 2)
    }

    @Test func oneDownIsDegradedAndNamed() {
        var scene = Scene()
        for i in 0..<6 { scene.server("s\(i)", i == 4 ? .down : .up, node: i % 3) }
        #expect(scene.group("api").verdict == .degraded)
        #expect(scene.group("api").headline == "5 of 6 up: s4 down")
        #expect(scene.group("api").reasons.first?.member == MemberID(GroupID("api"), "s4"))
    }

    @Test func oneDrainedIsNotAFault() {
        var scene = Scene()
        for i in 0..<6 { scene.server("s\(i)", .up, admin: i == 4 ? .drain : .ready, node: i % 3) }
        let g = scene.group("api")
        #expect(g.verdict == .protected)
        #expect(g.serving.text == "5 of 6")
        #expect(g.member(MemberID(GroupID("api"), "s4"))?.isDrained == true)
    }

    @Test func drainedOnOneBalancerOfTwoIsPartly() {
        var scene = Scene()
        scene.server("s0", .up, admin: .drain, at: "lb-1")
        scene.server("s0", .up, at: "lb-2")
        let view = scene.group("api").members[0]
        #expect(view.isPartlyDrained && !view.isDrained && view.isUp == true)
        #expect(scene.group("api").reasons.contains { $0.text == "s0 is drained on 1 of 2 balancers only" })
    }

    @Test func allDownIsDownAndAllOldIsUnknown() {
        var scene = Scene()
        for i in 0..<3 { scene.server("s\(i)", .down, node: i) }
        #expect(scene.group("api").verdict == .down)
        scene.now = scene.now + .seconds(60)
        #expect(scene.group("api").verdict == .unknown)
        #expect(scene.group("api").headline.contains("60 s ago"))
    }

    @Test func aPoolInFrontOfADatabaseTakesItsTurns() {
        var scene = Scene()
        scene.healthy()
        // Only standbys take reads: the primary's check fails by design.
        scene.server("a", .down, group: "reads", address: "10.0.0.0:5432")
        scene.server("b", .up, group: "reads", address: "10.0.0.1:5432")
        scene.server("c", .up, group: "reads", address: "10.0.0.2:5432")
        #expect(scene.group("reads").verdict == .protected, "\(scene.group("reads").reasons)")
        #expect(scene.group("reads").members[1].node == NodeID("n-lon"))
        scene.unreachable("c")
        scene.server("c", .down, group: "reads", address: "10.0.0.2:5432")
        #expect(scene.group("reads").headline == "1 of 3 up: c down")
    }

    @Test func aPoolThatFollowsTheLeaderLivesAsLongAsTheDatabase() {
        var scene = Scene()
        scene.healthy()
        scene.server("a", .up, group: "writes", address: "10.0.0.0:5432")
        scene.server("b", .down, group: "writes", address: "10.0.0.1:5432")
        scene.server("c", .down, group: "writes", address: "10.0.0.2:5432")
        let g = scene.group("writes")
        #expect(g.mode == .activePassive && !g.isConfigured)
        #expect(g.verdict == .protected && g.survives.text == "1 node", "\(g.reasons)")
        scene.unreachable("b")
        #expect(scene.group("writes").verdict == .atRisk)
        #expect(scene.group("writes").headline.hasPrefix("survives no further loss, as db"))
    }

    @Test func balancersThatDisagreeAreNamed() {
        var scene = Scene()
        scene.server("s0", .up)
        scene.pool(serving: true, at: "lb-1")
        scene.pool(serving: false, at: "lb-2")
        #expect(scene.group("api").disagreements == ["lb-2 takes no connections, lb-1 does"])
        #expect(scene.group("api").verdict == .degraded)
    }

    @Test func worstFirst() {
        var scene = Scene()
        scene.healthy()
        scene.store(healthy: 2)
        #expect(scene.assessment.groups.map(\.id.name) == ["api", "db", "etcd"])
        #expect(scene.assessment.worst == .unknown)
        scene.server("s", .down)
        #expect(scene.assessment.worst == .down)
        #expect(scene.assessment.headline.hasPrefix("api no server takes traffic"))
        #expect([Verdict.protected, .atRisk, .unknown, .degraded, .down].sorted() == Verdict.allCases)
    }
}

@Suite struct WhatIfTests {
    @Test func losingThePrimaryNamesTheSuccessor() throws {
        var scene = Scene()
        scene.healthy()
        scene.store(healthy: 3)
        let all = scene.assessment.without(.node(NodeID("n-ams")))
        let db = try #require(all.first { $0.group == Scene.db })
        #expect(db.serves == true && db.successor == Scene.pg("b") && db.bytesLost == 0)
        #expect(db.lost == [Scene.pg("a")])
        #expect(db.after == .atRisk)
        let store = try #require(all.first { $0.group == GroupID("etcd") })
        #expect(store.serves == true && store.after == .atRisk)
    }

    @Test func losingTheStoreLosesTheWrites() throws {
        var scene = Scene()
        scene.healthy()
        scene.store(healthy: 3)
        let losses: Set<Loss> = [.node(NodeID("n-lon")), .node(NodeID("n-dub"))]
        let db = try #require(scene.assessment.without(losses).first { $0.group == Scene.db })
        #expect(db.serves == false && db.text.contains("etcd loses its quorum"))
    }

    @Test func whatIsNotTouchedIsNotListed() {
        var scene = Scene()
        scene.healthy()
        for i in 0..<3 { scene.server("s\(i)", .up, node: i) }
        #expect(scene.assessment.without(.member(MemberID(GroupID("api"), "s0"))).map(\.group.name) == ["api"])
        #expect(scene.assessment.without(.site(SiteID("nowhere"))).isEmpty)
    }

    /// What is said to survive agrees with taking nodes away one set after the other.
    @Test func survivesAgreesWithTryingEverySet() {
        let layouts = [[0, 1, 2], [0, 0, 1], [0, 0, 0], [0, 1, 1, 2, 2, 2], [0, 1]]
        for layout in layouts {
            var scene = Scene()
            for (i, node) in layout.enumerated() { scene.server("s\(i)", .up, node: node) }
            let assessment = scene.assessment
            let nodes = ["n-ams", "n-lon", "n-dub"].map { NodeID($0) }
            var tolerated = 0
            for size in 1...3 {
                let sets = (0..<8).filter { $0.nonzeroBitCount == size }
                let allServe = sets.allSatisfy { set in
                    let losses = Set(nodes.indices.filter { set >> $0 & 1 == 1 }.map { Loss.node(nodes[$0]) })
                    return assessment.without(losses).allSatisfy { $0.serves != false }
                }
                if allServe { tolerated = size } else { break }
            }
            #expect(scene.group("api").survives.nodes == tolerated, "\(layout)")
        }
    }
}
