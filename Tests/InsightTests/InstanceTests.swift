import Estate
import Insight
import Testing

/// Instances of a service: what they say themselves, what balancers make of their traffic, and restarts.
@Suite struct InstanceTests {
    static let group = GroupID("odds")
    static let balancer = SourceID("haproxy", "lb-1")
    static let now = Timestamp(seconds: 1_000)

    private func snapshot(_ facts: [String: MemberFacts], by source: SourceID, and group: GroupFacts? = nil) -> Snapshot
    {
        var snapshot = Snapshot(
            platform: Platform(
                name: "t", nodes: [Node(NodeID("n1")), Node(NodeID("n2"))], groups: [GroupPlan(Self.group)]))
        snapshot.apply(Update(source, at: Self.now, .source(SourceStatus(.live))))
        for (name, facts) in facts {
            snapshot.apply(Update(source, at: Self.now, .member(MemberID(Self.group, name), facts)))
        }
        if let group { snapshot.apply(Update(source, at: Self.now, .group(Self.group, group))) }
        return snapshot
    }

    private func server(_ check: CheckState, ejected: Bool? = nil, node: String = "n1") -> MemberFacts {
        var facts = MemberFacts()
        facts.node = NodeID(node)
        facts.traffic = TrafficFacts()
        facts.traffic?.admin = .ready
        facts.traffic?.check = check
        facts.traffic?.ejected = ejected
        return facts
    }

    private func assessed(_ snapshot: Snapshot) throws -> GroupAssessment {
        try #require(Assessment.of(snapshot, now: Self.now).groups.first { $0.id == Self.group })
    }

    @Test func anEjectedServerIsNamedWithItsBalancer() throws {
        let snapshot = snapshot(
            ["a": server(.up), "b": server(.up, node: "n2"), "c": server(.down, ejected: true)], by: Self.balancer)
        let group = try assessed(snapshot)
        #expect(group.verdict == .degraded)
        #expect(group.reasons.contains { $0.text.hasPrefix("c is ejected at lb-1 for errors in its traffic") })
    }

    @Test func openBreakersAreAReason() throws {
        var facts = GroupFacts()
        facts.poolServing = true
        facts.breakersOpen = ["connections"]
        let open = try assessed(snapshot(["a": server(.up)], by: Self.balancer, and: facts))
        #expect(open.reasons.contains { $0.text == "lb-1 turns requests away at its limit of connections" })
        facts.breakersOpen = []
        let closed = try assessed(snapshot(["a": server(.up)], by: Self.balancer, and: facts))
        #expect(!closed.reasons.contains { $0.text.contains("turns requests away") })
    }

    @Test func theirOwnWordCountsWhereNobodyStandsInFront() throws {
        func own(_ isWell: Bool, node: String) -> MemberFacts {
            var facts = MemberFacts()
            facts.node = NodeID(node)
            facts.role = .server
            facts.state = isWell ? .running : .failed
            facts.service = ServiceFacts(isWell: isWell, status: isWell ? "UP" : "DEGRADED", code: 200)
            return facts
        }
        var snapshot = snapshot(["a": own(true, node: "n1")], by: SourceID("health", "odds/a"))
        let other = SourceID("health", "odds/b")
        snapshot.apply(Update(other, at: Self.now, .source(SourceStatus(.live))))
        snapshot.apply(Update(other, at: Self.now, .member(MemberID(Self.group, "b"), own(false, node: "n2"))))
        let group = try assessed(snapshot)
        #expect(group.serving.up == 1)
        #expect(group.verdict == .degraded)
        // Beside a balancer that sends it traffic, what it says of itself is a reason of its own.
        snapshot.apply(Update(Self.balancer, at: Self.now, .source(SourceStatus(.live))))
        for name in ["a", "b"] {
            snapshot.apply(Update(Self.balancer, at: Self.now, .member(MemberID(Self.group, name), server(.up))))
        }
        let both = try assessed(snapshot)
        #expect(both.serving.up == 2)
        #expect(both.reasons.contains { $0.text.hasPrefix("b takes traffic and says itself that it is not well") })
    }

    @Test func aRestartIsAnEvent() {
        var chronicle = Chronicle()
        var snapshot = Snapshot(platform: Platform(name: "t", groups: [GroupPlan(Self.group)]))
        let source = SourceID("health", "odds/a")
        func tell(_ started: Double, at: Double) -> [Event] {
            var facts = MemberFacts()
            facts.startedAt = Timestamp(seconds: started)
            let update = Update(source, at: Timestamp(seconds: at), .member(MemberID(Self.group, "a"), facts))
            snapshot.apply(update)
            return chronicle.observe(update, in: snapshot)
        }
        #expect(tell(100, at: 1_000).allSatisfy { $0.kind != .restarted })
        #expect(tell(100, at: 1_001).isEmpty)
        let events = tell(1_050, at: 1_060)
        #expect(events.map(\.kind) == [.restarted])
        #expect(events.first?.text.hasPrefix("a has restarted, after ") == true)
        #expect(tell(1_050, at: 1_061).isEmpty)
    }
}
