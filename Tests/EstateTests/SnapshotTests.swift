import Estate
import Testing

private let t0 = Timestamp(seconds: 1_700_000_000)
private let group = GroupID("db")
private let pg1 = MemberID(group, "pg-1")
private let sql = SourceID("sql", "db/pg-1")
private let etcd = SourceID("etcd", "db")

private func member(_ state: RunState, role: Role? = nil) -> MemberFacts {
    var facts = MemberFacts()
    facts.state = state
    facts.role = role
    return facts
}

private func live(_ source: SourceID, at: Timestamp, standsByAll: Bool = false) -> Update {
    var status = SourceStatus(.live, freshFor: .seconds(5))
    status.standsByAll = standsByAll
    return Update(source, at: at, .source(status))
}

@Suite struct SnapshotTests {
    @Test func whatTwoObserversSayIsKeptApart() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        snapshot.apply(Update(sql, at: t0, .member(pg1, member(.running))))
        snapshot.apply(Update(etcd, at: t0, .member(pg1, member(.stopped))))
        #expect(snapshot.member(pg1)?.sighting(by: sql)?.facts.state == .running)
        #expect(snapshot.member(pg1)?.sighting(by: etcd)?.facts.state == .stopped)
        #expect(snapshot.members.count == 1)
    }

    @Test func aLevelReplacesTheEarlierOneOfTheSameObserver() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        snapshot.apply(Update(sql, at: t0, .member(pg1, member(.running, role: .replica))))
        snapshot.apply(Update(sql, at: t0 + .seconds(1), .member(pg1, member(.failed))))
        let seen = snapshot.member(pg1)?.sightings
        #expect(seen?.count == 1)
        #expect(seen?.first?.facts.state == .failed)
        // All that it knows: what it no longer says is not kept from before.
        #expect(seen?.first?.facts.role == nil)
    }

    @Test func whatComesLateNeverReplacesWhatIsNewer() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        snapshot.apply(Update(sql, at: t0 + .seconds(2), .member(pg1, member(.failed))))
        snapshot.apply(Update(sql, at: t0, .member(pg1, member(.running))))
        #expect(snapshot.member(pg1)?.sightings.first?.facts.state == .failed)
        #expect(snapshot.latestAt == t0 + .seconds(2))
    }

    @Test func aMemberIsGoneWhenNobodySeesItAnyMore() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        let other = MemberID(group, "pg-2")
        snapshot.apply(Update(sql, at: t0, .member(pg1, member(.running))))
        snapshot.apply(Update(etcd, at: t0, .member(pg1, member(.running))))
        snapshot.apply(Update(etcd, at: t0, .member(other, member(.running))))
        snapshot.apply(Update(etcd, at: t0, .memberGone(pg1)))
        #expect(snapshot.member(pg1)?.sightings.map(\.by) == [sql])
        snapshot.apply(Update(sql, at: t0, .memberGone(pg1)))
        #expect(snapshot.member(pg1) == nil)
        #expect(snapshot.members(of: group).map(\.id) == [other])
        #expect(snapshot.member(other)?.id == other)
        // Gone twice, or never there: nothing happens.
        snapshot.apply(Update(sql, at: t0, .memberGone(pg1)))
        #expect(snapshot.members.count == 1)
    }

    @Test func aSourceGivenUpTakesAllItSaidWithIt() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        let node = SourceID("node", "n-1")
        snapshot.apply(Update(sql, at: t0, .member(pg1, member(.running))))
        snapshot.apply(Update(etcd, at: t0, .member(pg1, member(.stopped))))
        snapshot.apply(Update(node, at: t0, .node(NodeID("n-1"), NodeFacts())))
        snapshot.apply(Update(sql, at: t0, .sourceGone))
        #expect(snapshot.source(sql) == nil)
        #expect(snapshot.sources.map(\.id) == [etcd, node])
        #expect(snapshot.member(pg1)?.sightings.map(\.by) == [etcd])
        // Places moved: what the others say later still replaces what they said.
        snapshot.apply(Update(node, at: t0 + .seconds(1), .node(NodeID("n-1"), NodeFacts())))
        snapshot.apply(Update(etcd, at: t0 + .seconds(1), .member(pg1, member(.running))))
        #expect(snapshot.host(NodeID("n-1"))?.sightings.count == 1)
        #expect(snapshot.member(pg1)?.sightings.count == 1)
        #expect(snapshot.source(node)?.heardAt == t0 + .seconds(1))
        snapshot.apply(Update(etcd, at: t0 + .seconds(2), .sourceGone))
        #expect(snapshot.member(pg1) == nil)
    }

    @Test func gapsAreCounted() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        snapshot.apply(Update(sql, at: t0, isEdge: true, .gap(3)))
        snapshot.apply(Update(sql, at: t0, isEdge: true, .gap(4)))
        #expect(snapshot.dropped == 7)
    }

    @Test func hostileNamesAreJustNames() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        let names = ["", "a/b", "a", "\u{1b}[31m", "a\u{301}", "á", String(repeating: "x", count: 10_000), "\0"]
        for name in names {
            snapshot.apply(Update(sql, at: t0, .member(MemberID(group, name), member(.running))))
            snapshot.apply(Update(SourceID(name, name), at: t0, .memberGone(MemberID(GroupID(name), name))))
        }
        // One is another spelling of the same text.
        #expect(snapshot.members(of: group).count == names.count - 1)
    }

    @Test func earlierSnapshotsStayAsTheyWere() {
        let first = Snapshot(platform: Platform(name: "p"))
            .applying(Update(sql, at: t0, .member(pg1, member(.running))))
        let second = first.applying(Update(sql, at: t0 + .seconds(1), .member(pg1, member(.failed))))
        #expect(first.member(pg1)?.sightings.first?.facts.state == .running)
        #expect(second.member(pg1)?.sightings.first?.facts.state == .failed)
        #expect(first != second)
        #expect(second == first.applying(Update(sql, at: t0 + .seconds(1), .member(pg1, member(.failed)))))
    }
}

@Suite struct FreshnessTests {
    @Test(arguments: [
        (0.0, SourceStatus.State.live, Freshness.fresh), (5, .live, .fresh), (5.1, .live, .stale),
        (20, .live, .stale), (20.1, .live, .unknown), (1, .failed, .stale), (5.1, .failed, .unknown),
        (1, .silent, .stale), (1, .connecting, .stale), (6, .refused, .unknown), (-4, .live, .fresh),
        (-6, .live, .stale), (-1e6, .live, .stale),
    ])
    func byAgeAndState(ageSeconds: Double, state: SourceStatus.State, wanted: Freshness) {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        snapshot.apply(Update(sql, at: t0, .source(SourceStatus(state, freshFor: .seconds(5)))))
        #expect(snapshot.freshness(of: sql, at: t0, now: t0 + .seconds(ageSeconds)) == wanted)
    }

    @Test func anUnknownSourceIsNeverFresh() {
        #expect(Snapshot(platform: Platform(name: "p")).freshness(of: sql, at: t0, now: t0) == .unknown)
    }

    @Test func aSubscriptionThatStandsByWhatItSaidKeepsItFresh() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        snapshot.apply(live(etcd, at: t0, standsByAll: true))
        snapshot.apply(Update(etcd, at: t0, .member(pg1, member(.running))))
        let later = t0 + .seconds(60)
        #expect(snapshot.freshness(of: etcd, at: t0, now: later) == .unknown)
        snapshot.apply(live(etcd, at: later, standsByAll: true))
        #expect(snapshot.freshness(of: etcd, at: t0, now: later) == .fresh)
        // It fails: what it said is not vouched for any more.
        snapshot.apply(Update(etcd, at: later, .source(SourceStatus(.failed))))
        #expect(snapshot.freshness(of: etcd, at: t0, now: later) == .stale)
        // Back, but without standing by what it said before.
        snapshot.apply(live(etcd, at: later + .seconds(30)))
        #expect(snapshot.freshness(of: etcd, at: t0, now: later + .seconds(30)) == .unknown)
    }

    @Test func aPolledSourceDoesNotMakeOldValuesYoung() {
        var snapshot = Snapshot(platform: Platform(name: "p"))
        snapshot.apply(live(sql, at: t0))
        snapshot.apply(Update(sql, at: t0, .member(pg1, member(.running))))
        snapshot.apply(live(sql, at: t0 + .seconds(60)))
        #expect(snapshot.freshness(of: sql, at: t0, now: t0 + .seconds(60)) == .unknown)
    }
}

@Suite struct WordTests {
    @Test(arguments: [
        ("0/0", UInt64(0)), ("16/B374D848", 0x16_B374_D848), ("FFFFFFFF/FFFFFFFF", .max),
    ])
    func positionsAreRead(text: String, bytes: UInt64) {
        #expect(LSN(text: text)?.bytes == bytes)
        #expect(LSN(bytes).description == text)
    }

    @Test(arguments: ["", "/", "1", "1/2/3", "x/1", "1/-2", "100000000/0", " 1/2", "1/2\n"])
    func whatIsNoPositionIsNil(text: String) {
        #expect(LSN(text: text) == nil)
    }

    @Test func distanceNeverGoesBelowZeroNorOverflows() {
        #expect(LSN(10).distance(from: LSN(4)) == 6)
        #expect(LSN(4).distance(from: LSN(10)) == 0)
        #expect(LSN(.max).distance(from: LSN(0)) == .max)
    }

    @Test func marginsAreCountedFromTheMajority() {
        #expect(GroupQuorum(votersTotal: 3, votersHealthy: 3, hasLeader: true).margin == 1)
        #expect(GroupQuorum(votersTotal: 4, votersHealthy: 3, hasLeader: true).margin == 0)
        #expect(GroupQuorum(votersTotal: 5, votersHealthy: 2, hasLeader: false).margin == -1)
    }

    @Test func nodesAreFoundByAddress() {
        let node = Node(NodeID("n-1"), addresses: ["10.0.0.1", "[::1]"])
        let platform = Platform(name: "p", nodes: [node])
        #expect(platform.node(at: "10.0.0.1:5432")?.id == node.id)
        #expect(platform.node(at: "n-1:5432")?.id == node.id)
        #expect(platform.node(at: "10.0.0.11:5432") == nil)
        #expect(platform.node(at: "") == nil)
    }
}
