import Estate
import Insight
import Testing

/// Groups whose leader is made by those who watch it, and groups that nobody watches over.
@Suite struct WatchedGroupTests {
    static let cache = GroupID("cache")
    static let names = ["a", "b", "c"]

    private func source(_ n: Int) -> SourceID { SourceID("sentinel", "cache/w\(n)") }

    private func word(_ n: Int, leader: String, healthy: Int = 3, at: Timestamp) -> Update {
        var facts = GroupFacts()
        facts.leader = Known(leader)
        facts.quorum = GroupQuorum(votersTotal: 3, votersHealthy: healthy, hasLeader: healthy > 1)
        facts.manager = "sentinel"
        return Update(source(n), at: at, .group(Self.cache, facts))
    }

    private func server(_ name: String, leads: Bool, at: Timestamp) -> Update {
        var facts = MemberFacts()
        facts.role = leads ? .leader : .replica
        facts.state = .running
        facts.node = NodeID("node-\(name)")
        var replication = ReplicationFacts()
        replication.inRecovery = !leads
        replication.streaming = leads ? nil : true
        facts.replication = replication
        return Update(SourceID("redis", "cache/\(name)"), at: at, .member(MemberID(Self.cache, name), facts))
    }

    private func snapshot(at now: Timestamp, healthy: Int = 3) -> Snapshot {
        let store = GroupID("etcd")
        var snapshot = Snapshot(
            platform: Platform(
                name: "t", nodes: Self.names.map { Node(NodeID("node-\($0)")) },
                groups: [
                    GroupPlan(Self.cache, mode: .activePassive), GroupPlan(store, mode: .quorum),
                ]))
        var votes = GroupFacts()
        votes.quorum = GroupQuorum(votersTotal: 3, votersHealthy: 1, hasLeader: false)
        let etcd = SourceID("etcd", "etcd")
        for id in [etcd] + (0..<3).map(source) + Self.names.map({ SourceID("redis", "cache/\($0)") }) {
            snapshot.apply(Update(id, at: now, .source(SourceStatus(.live))))
        }
        snapshot.apply(Update(etcd, at: now, .group(store, votes)))
        for n in 0..<3 { snapshot.apply(word(n, leader: "a", healthy: healthy, at: now)) }
        for name in Self.names { snapshot.apply(server(name, leads: name == "a", at: now)) }
        return snapshot
    }

    /// Nobody elects for it: a store that has lost its quorum is nothing to it.
    @Test func aGroupThatNothingManagesStandsOnNoStore() throws {
        let now = Timestamp(seconds: 100)
        var snapshot = snapshot(at: now)
        for n in 0..<3 {
            var facts = GroupFacts()
            facts.manager = "postgres"
            snapshot.apply(Update(source(n), at: now, .group(Self.cache, facts)))
        }
        let group = try #require(Assessment.of(snapshot, now: now).groups.first { $0.id == Self.cache })
        #expect(group.reasons.contains { $0.text.contains("promote by hand") })
        #expect(!group.reasons.contains { $0.text.contains("etcd") }, "\(group.reasons.map(\.text))")
    }

    @Test func standsOnItsOwnVotesAndNotOnTheOnlyStore() throws {
        let now = Timestamp(seconds: 100)
        let assessed = Assessment.of(snapshot(at: now), now: now)
        let group = try #require(assessed.groups.first { $0.id == Self.cache })
        #expect(group.verdict == .protected)
        #expect(group.survives.nodes == 2)
        #expect(group.quorum?.votersHealthy == 3)
    }

    @Test(arguments: [
        (2, "no automatic failover after one more watcher is lost"), (1, "no automatic failover: 1 of 3"),
    ])
    func fewVotesAreARisk(_ pair: (Int, String)) throws {
        let now = Timestamp(seconds: 100)
        let assessed = Assessment.of(snapshot(at: now, healthy: pair.0), now: now)
        let group = try #require(assessed.groups.first { $0.id == Self.cache })
        #expect(group.verdict == .atRisk)
        #expect(group.survives.nodes == 0)
        #expect(group.reasons.contains { $0.text.hasPrefix(pair.1) })
    }

    @Test func mostOfThoseWhoVoteAreBelieved() throws {
        let now = Timestamp(seconds: 100)
        var snapshot = snapshot(at: now)
        snapshot.apply(word(2, leader: "b", at: now + .milliseconds(10)))
        let assessed = Assessment.of(snapshot, now: now + .milliseconds(20))
        let group = try #require(assessed.groups.first { $0.id == Self.cache })
        #expect(group.leader?.name == "a", "the last to speak is alone")
        #expect(group.disagreements.contains { $0.contains("sentinel:cache/w2 says leader b") })
    }

    @Test func aNewLeaderIsNewsWhenMostSaySo() {
        var chronicle = Chronicle()
        var snapshot = Snapshot(platform: Platform(name: "t", groups: [GroupPlan(Self.cache, mode: .activePassive)]))
        var events: [Event] = []
        func tell(_ update: Update) {
            snapshot.apply(update)
            events += chronicle.observe(update, in: snapshot)
        }
        let start = Timestamp(seconds: 100)
        for n in 0..<3 { tell(Update(source(n), at: start, .source(SourceStatus(.live)))) }
        for n in 0..<3 { tell(word(n, leader: "a", at: start)) }
        tell(word(1, leader: "b", at: start + .seconds(10)))
        #expect(!events.contains { $0.kind == .leaderElected }, "one of three may be wrong")
        tell(word(2, leader: "b", at: start + .seconds(11)))
        #expect(events.filter { $0.kind == .leaderElected }.map(\.text) == ["b leads, before it a"])
        tell(word(0, leader: "b", at: start + .seconds(12)))
        #expect(events.filter { $0.kind == .leaderElected }.count == 1)
    }
}
