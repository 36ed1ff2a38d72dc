import Estate
import Testing
import Wire

@testable import Feeds

@Suite struct EtcdScopeTests {
    private let group = GroupID("wallet-db")
    private let now = Timestamp(nanoseconds: 1_795_239_110_000_000_000)

    private func scope() -> EtcdScope { EtcdScope(group: group, prefix: "/service/wallet-db/") }

    private func recorded() throws -> EtcdScope {
        var scope = scope()
        _ = scope.replace(with: try EtcdRange(parsing: Recorded.bytes("etcd/range-3.4.json")), at: now)
        return scope
    }

    private func put(_ key: String, _ value: String, _ revision: Int64, version: Int64 = 1) -> EtcdEvent {
        EtcdEvent(
            kind: .put,
            keyValue: EtcdKeyValue(
                key: "/service/wallet-db/" + key, createRevision: revision, modRevision: revision, version: version,
                value: Array(value.utf8)))
    }

    private func delete(_ key: String, _ revision: Int64) -> EtcdEvent {
        EtcdEvent(
            kind: .delete,
            keyValue: EtcdKeyValue(
                key: "/service/wallet-db/" + key, createRevision: 0, modRevision: revision, version: 0, value: []))
    }

    @Test func aRecordedRangeIsToldWhole() throws {
        var scope = scope()
        let out = scope.replace(with: try EtcdRange(parsing: Recorded.bytes("etcd/range-3.4.json")), at: now)
        guard case .group(group, let facts)? = out.first?.body else {
            Issue.record("the group does not come first")
            return
        }
        #expect(out[0].isEdge)
        #expect(facts.leader == Known("pg-ams-1") && facts.revision == 11 && facts.timeline == 1)
        #expect(facts.roster == ["pg-ams-1", "pg-dub-1", "pg-lon-1"] && facts.manager == "patroni")
        #expect(facts.limits?.ttlSeconds == 20 && facts.limits?.maximumLagOnFailoverBytes == 1_048_576)
        #expect(facts.synchronous == SynchronousFacts(isOn: true, standbys: ["pg-dub-1"]) && facts.paused == false)
        #expect(facts.notes["systemIdentifier"] == "7710505716171228187")
        #expect(out.count == 4)
        let ams = scope.memberFacts("pg-ams-1")
        #expect(ams.role == .leader && ams.state == .running && ams.address == "127.9.1.1:5432")
        #expect(ams.door == "http://127.9.1.1:8008" && ams.replication?.receiveLagBytes == nil)
        let dub = scope.memberFacts("pg-dub-1")
        #expect(dub.role == .replica && dub.replication?.syncState == .sync && dub.replication?.receiveLagBytes == 0)
        #expect(scope.memberFacts("pg-lon-1").replication?.syncState == .async)
        #expect(scope.revision == 41 && scope.problem == nil)
    }

    @Test func aRecordedFailoverGivesItsEdgesInOrder() throws {
        var scope = scope()
        // The recording of the watch begins after the range was taken.
        _ = scope.replace(with: try EtcdRange(parsing: Recorded.bytes("etcd/range-3.4.json")), at: now)
        var leaders: [String?] = []
        var revisions: [Int64?] = []
        for line in try Recorded.bytes("etcd/watch-failover-3.4.jsonl").split(separator: UInt8(ascii: "\n")) {
            let message = try EtcdWatchMessage(parsing: Array(line))
            guard case .events(let events) = message.body else { continue }
            for emission in scope.apply(events, at: now) where emission.isEdge {
                guard case .group(_, let facts) = emission.body, let leader = facts.leader else { continue }
                if leaders.isEmpty || leaders.last != leader.value {
                    leaders.append(leader.value)
                    revisions.append(facts.revision)
                }
            }
        }
        #expect(leaders == [nil, "pg-dub-1", nil, "pg-lon-1"])
        #expect(revisions == [56, 57, 109, 111])
        #expect(scope.groupFacts(revision: 0).history.map(\.leader) == ["pg-dub-1", "pg-lon-1"])
        #expect(scope.groupFacts(revision: 0).synchronous?.standbys == ["pg-ams-1"])
        #expect(scope.groupFacts(revision: 0).timeline == 3)
        #expect(scope.problem == nil)
    }

    @Test func lossAndElectionInOneMessageStayTwoEdges() throws {
        var scope = try recorded()
        let out = scope.apply([delete("leader", 50), put("leader", "pg-lon-1", 51)], at: now)
        let told = out.compactMap { emission -> (String?, Int64?, Bool)? in
            if case .group(_, let facts) = emission.body {
                return (facts.leader?.value, facts.revision, emission.isEdge)
            }
            return nil
        }
        #expect(told.count == 2)
        #expect(told[0] == (nil, 50, true) && told[1] == ("pg-lon-1", 51, true))
        let members = out.compactMap { emission -> String? in
            if case .member(let id, _) = emission.body { return id.name }
            return nil
        }
        #expect(members == ["pg-ams-1", "pg-lon-1"])
        #expect(scope.revision == 51)
    }

    @Test func aRenewedLockIsNoNews() throws {
        var scope = try recorded()
        let out = scope.apply([put("leader", "pg-ams-1", 50, version: 2)], at: now)
        #expect(out.isEmpty)
    }

    @Test func aLockTakenWhileHeldIsAnAlarm() throws {
        var scope = try recorded()
        let out = scope.apply([put("leader", "pg-dub-1", 50, version: 2)], at: now)
        guard case .event(let event)? = out.first?.body else {
            Issue.record("no event")
            return
        }
        #expect(event.kind == .disagreement && event.severity == .alarm && event.revision == 50)
        #expect(event.text.contains("pg-dub-1 took the leader lock from pg-ams-1"))
        // After the lock was free, taking it is an election and no alarm.
        let next = scope.apply([delete("leader", 51), put("leader", "pg-ams-1", 52)], at: now)
        #expect(!next.contains { if case .event = $0.body { true } else { false } })
    }

    @Test func whatIsWrittenWithoutAChangeIsNoNews() throws {
        var scope = try recorded()
        let status = put("status", #"{"optime":67108944}"#, 50)
        _ = scope.apply([status], at: now)
        let again = scope.apply([put("status", #"{"optime":67108944}"#, 51), put("failover", "{}", 52)], at: now)
        #expect(again.isEmpty && scope.revision == 52)
        let moved = scope.apply([put("status", #"{"optime":67109944}"#, 53)], at: now)
        // Both replicas are a thousand bytes further behind, as Patroni counts; the group's facts are the same.
        #expect(moved.map(\.isEdge) == [false, false])
        #expect(scope.memberFacts("pg-lon-1").replication?.receiveLagBytes == 1000)
    }

    @Test func whatIsMirroredAlreadyIsNotToldAgain() throws {
        var scope = try recorded()
        let out = scope.apply([delete("leader", 41), put("members/x", "{}", 30)], at: now)
        #expect(out.isEmpty)
        #expect(scope.leader?.name == "pg-ams-1")
    }

    @Test func aMemberThatLeavesIsGone() throws {
        var scope = try recorded()
        let out = scope.apply([delete("members/pg-lon-1", 50)], at: now)
        #expect(out.contains(.init(body: .memberGone(MemberID(group, "pg-lon-1")), isEdge: true)))
        #expect(scope.groupFacts(revision: 0).roster == ["pg-ams-1", "pg-dub-1"])
    }

    @Test func unreadableKeysAreShownAndHarmless() throws {
        var scope = try recorded()
        let out = scope.apply(
            [put("members/pg-lon-1", "\u{1B}[2J{", 50), put("config", "[]", 51), put("leader", "pg-dub-1", 52)], at: now
        )
        #expect(out.contains { $0.body == .memberGone(MemberID(group, "pg-lon-1")) })
        let problem = try #require(scope.problem)
        #expect(problem.contains("and 1 more") && !problem.contains("\u{1B}"))
        #expect(scope.leader?.name == "pg-dub-1")
        _ = scope.apply([put("members/pg-lon-1", "{}", 53), put("config", "{}", 54)], at: now)
        #expect(scope.problem == nil && scope.members["pg-lon-1"] != nil)
    }

    @Test func readingAnewSaysThatSomethingMayBeMissing() throws {
        var scope = try recorded()
        let later = try EtcdRange(parsing: Recorded.bytes("etcd/range-after-failover-3.4.json"))
        let out = scope.replace(with: later, at: now)
        guard case .event(let event)? = out.first?.body else {
            Issue.record("no event")
            return
        }
        #expect(event.kind == .gap && event.text.contains("41"))
        #expect(scope.revision == later.header.revision)
    }

    @Test func aPlannedSwitchoverAndARequestAreToldApart() throws {
        var scope = try recorded()
        let planned = #"{"leader":"pg-ams-1","member":"pg-dub-1","scheduled_at":"2026-11-21T12:00:00+00:00"}"#
        let out = scope.apply([put("failover", planned, 50)], at: now)
        #expect(out.first?.isEdge == true)
        let facts = scope.groupFacts(revision: 0)
        #expect(facts.scheduledSwitchover?.candidate == "pg-dub-1")
        #expect(facts.scheduledSwitchover?.at == ISOTime.parse("2026-11-21T12:00:00Z"))
        _ = scope.apply([put("failover", #"{"leader":"pg-ams-1","member":"pg-dub-1"}"#, 51)], at: now)
        #expect(scope.groupFacts(revision: 0).scheduledSwitchover == nil)
        #expect(scope.groupFacts(revision: 0).notes["failoverRequest"] == "pg-ams-1 → pg-dub-1")
        _ = scope.apply([put("failover", "{}", 52)], at: now)
        #expect(scope.groupFacts(revision: 0).notes["failoverRequest"] == nil)
    }

    @Test func withoutALeaderThatIsKnown() {
        var scope = scope()
        _ = scope.apply([put("config", "{}", 5)], at: now)
        #expect(scope.groupFacts(revision: 0).leader == Known(nil))
    }
}

@Suite struct EtcdWatchdogTests {
    @Test func aWatchThatTellsIsAlive() {
        var dog = EtcdWatchdog()
        for revision in Int64(10)..<20 {
            do {
                let isDead = dog.checked(newest: revision, count: 3, seenNewest: revision, seenCount: 3)
                #expect(!isDead)
            }
        }
    }

    @Test func aLateWatchIsGivenOneInterval() {
        var dog = EtcdWatchdog()
        do {
            let isDead = dog.checked(newest: 12, count: 3, seenNewest: 10, seenCount: 3)
            #expect(!isDead)
        }
        do {
            let isDead = dog.checked(newest: 13, count: 3, seenNewest: 12, seenCount: 3)
            #expect(!isDead)
        }
        do {
            let isDead = dog.checked(newest: 13, count: 3, seenNewest: 13, seenCount: 3)
            #expect(!isDead)
        }
    }

    @Test func aDeafWatchIsFound() {
        var dog = EtcdWatchdog()
        do {
            let isDead = dog.checked(newest: 12, count: 3, seenNewest: 10, seenCount: 3)
            #expect(!isDead)
        }
        do {
            let isDead = dog.checked(newest: 15, count: 3, seenNewest: 10, seenCount: 3)
            #expect(isDead)
        }
    }

    @Test func aDeafWatchIsFoundByADeletion() {
        var dog = EtcdWatchdog()
        do {
            let isDead = dog.checked(newest: 10, count: 2, seenNewest: 10, seenCount: 3)
            #expect(!isDead)
        }
        do {
            let isDead = dog.checked(newest: 10, count: 2, seenNewest: 10, seenCount: 3)
            #expect(isDead)
        }
    }

    @Test func aDeletionToldInTimeIsFine() {
        var dog = EtcdWatchdog()
        do {
            let isDead = dog.checked(newest: 10, count: 2, seenNewest: 10, seenCount: 3)
            #expect(!isDead)
        }
        do {
            let isDead = dog.checked(newest: 10, count: 2, seenNewest: 11, seenCount: 2)
            #expect(!isDead)
        }
        do {
            let isDead = dog.checked(newest: 10, count: 2, seenNewest: 11, seenCount: 2)
            #expect(!isDead)
        }
    }
}
