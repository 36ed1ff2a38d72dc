import Estate
import Testing

@testable import Plans

@Suite struct PromoteStandbyTests {
    static let group = GroupID("ledger")
    static let start = Timestamp(seconds: 1_000)

    private func source(_ name: String) -> SourceID { SourceID("sql", "ledger/\(name)") }

    /// Two standbys of `old`, of which `a` has received more; nobody has heard of `old` beyond its standbys' word.
    private func platform(at now: Timestamp, managedBy manager: String? = nil) -> Snapshot {
        var snapshot = Snapshot(platform: Platform(name: "t", groups: [GroupPlan(Self.group, mode: .activePassive)]))
        for (name, received) in [("a", UInt64(500)), ("b", 400)] {
            var facts = MemberFacts()
            facts.state = .running
            facts.role = .replica
            facts.address = "\(name):5432"
            facts.notes["managedBy"] = manager
            var replication = ReplicationFacts()
            replication.inRecovery = true
            replication.receivedLSN = LSN(received)
            replication.upstream = "old"
            facts.replication = replication
            tell(&snapshot, name, .live, facts, now)
        }
        var group = GroupFacts()
        group.manager = PromoteStandby.manager
        snapshot.apply(Update(source("a"), at: now, .group(Self.group, group)))
        return snapshot
    }

    private func tell(
        _ snapshot: inout Snapshot, _ name: String, _ state: SourceStatus.State, _ facts: MemberFacts, _ at: Timestamp
    ) {
        snapshot.apply(Update(source(name), at: at, .source(SourceStatus(state))))
        snapshot.apply(Update(source(name), at: at, .member(MemberID(Self.group, name), facts)))
    }

    private func stopped(_ seconds: Double) -> MemberFacts {
        var facts = MemberFacts()
        facts.state = .stopped
        facts.figures["stoppedSeconds"] = seconds
        return facts
    }

    private func plan(_ snapshot: Snapshot, now: Timestamp, _ name: String = "a") -> Result<Plan, PlanRefusal> {
        PlanCatalogue.plan(PlanCall("promote", .member(MemberID(Self.group, name))), snapshot, now: now)
    }

    private func fence(_ snapshot: Snapshot, now: Timestamp) throws -> Check {
        try #require(try plan(snapshot, now: now).get().checks.first { $0.what.contains("proved stopped") })
    }

    @Test func silenceIsNoProof() throws {
        var snapshot = platform(at: Self.start)
        var facts = MemberFacts()
        facts.address = "old:5432"
        snapshot.apply(Update(source("a"), at: Self.start, .member(MemberID(Self.group, "old"), facts)))
        snapshot.apply(Update(source("old"), at: Self.start, .source(SourceStatus(.silent))))
        let check = try fence(snapshot, now: Self.start)
        #expect(check.status == .block)
        #expect(check.figure.contains("unreachable is not dead"))
    }

    @Test func aPrimaryThatWritesBlocks() throws {
        var snapshot = platform(at: Self.start)
        var facts = MemberFacts()
        facts.state = .running
        facts.replication = ReplicationFacts()
        facts.replication?.inRecovery = false
        tell(&snapshot, "old", .live, facts, Self.start)
        #expect(try fence(snapshot, now: Self.start).figure == "old takes writes")
    }

    @Test func stoppedForLongEnoughIsProof() throws {
        var snapshot = platform(at: Self.start)
        tell(&snapshot, "old", .failed, stopped(2), Self.start)
        #expect(try fence(snapshot, now: Self.start).status == .block, "it may be starting again")
        tell(&snapshot, "old", .failed, stopped(12), Self.start)
        let plan = try plan(snapshot, now: Self.start).get()
        #expect(plan.status == .pass)
        #expect(plan.preview == ["a:5432: SELECT pg_promote(true, 4)"])
        #expect(plan.confirmation == .typed("a"))
        #expect(plan.undo.call == nil)
    }

    @Test func proofGrowsOld() throws {
        var snapshot = platform(at: Self.start)
        tell(&snapshot, "old", .failed, stopped(12), Self.start)
        let later = Self.start + .seconds(60)
        #expect(try fence(snapshot, now: later).status == .block, "nobody has asked its host for a minute")
    }

    @Test func aFenceIsRunFirstWhereNothingElseIsProof() throws {
        var snapshot = platform(at: Self.start)
        var facts = MemberFacts()
        facts.address = "old:5432"
        snapshot.apply(Update(source("a"), at: Self.start, .member(MemberID(Self.group, "old"), facts)))
        snapshot.apply(Update(source("old"), at: Self.start, .source(SourceStatus(.silent))))
        var group = GroupFacts()
        group.manager = PromoteStandby.manager
        group.notes["fence"] = "cut-power"
        snapshot.apply(Update(source("a"), at: Self.start, .group(Self.group, group)))
        let plan = try plan(snapshot, now: Self.start).get()
        #expect(plan.blocks.isEmpty)
        #expect(plan.preview == ["ledger: old old:5432", "a:5432: SELECT pg_promote(true, 4)"])
        #expect(!plan.goesOnAfterFailure)
        tell(&snapshot, "old", .failed, stopped(12), Self.start)
        #expect(try self.plan(snapshot, now: Self.start).get().steps.count == 1, "its host's word is enough")
    }

    /// One that was promoted before and hangs now is nobody's upstream, and has never been heard by this watch.
    @Test func everyoneWhoMightWriteHasToBeProved() throws {
        var snapshot = platform(at: Self.start)
        tell(&snapshot, "old", .failed, stopped(12), Self.start)
        var status = SourceStatus(.silent)
        status.endpoint = "postgres://c:5432/postgres"
        snapshot.apply(Update(source("c"), at: Self.start, .source(status)))
        let check = try fence(snapshot, now: Self.start)
        #expect(check.status == .block)
        #expect(check.figure.hasPrefix("c: nothing proves it"))
        var group = GroupFacts()
        group.manager = PromoteStandby.manager
        group.notes["fence"] = "cut-power"
        snapshot.apply(Update(source("a"), at: Self.start, .group(Self.group, group)))
        let preview = try plan(snapshot, now: Self.start).get().preview
        #expect(preview == ["ledger: c c:5432", "a:5432: SELECT pg_promote(true, 4)"])
    }

    @Test func theOneThatHasReceivedLessIsWarnedOf() throws {
        let plan = try plan(platform(at: Self.start), now: Self.start, "b").get()
        #expect(plan.warnings.contains { $0.figure.hasPrefix("a has 100") })
        #expect(plan.risk?.bytes == 100)
    }

    @Test func whatIsManagedIsLeftToItsManager() {
        let result = plan(platform(at: Self.start, managedBy: "repmgr"), now: Self.start)
        guard case .failure(let refusal) = result else {
            Issue.record("a plan was made")
            return
        }
        #expect(refusal.description.contains("repmgr manages ledger"))
    }
}
