import Estate
import Testing
import Wire

@testable import Feeds

@Suite struct PatroniMemberViewTests {
    private let group = GroupID("wallet-db")
    private let now = Timestamp(nanoseconds: 1_795_242_030_000_000_000)

    private func facts(_ file: String, of name: String) throws -> MemberFacts {
        var view = PatroniMemberView(member: MemberID(group, name))
        return view.facts(try PatroniNode(parsing: Recorded.bytes("patroni-3.0/\(file).json")), at: now)
    }

    private func node(_ json: String) throws -> PatroniNode { try PatroniNode(parsing: Array(json.utf8)) }

    @Test func aRecordedPrimaryDoesNotClaimTheLock() throws {
        let facts = try facts("patroni-ams", of: "pg-ams-1")
        #expect(facts.role == nil && facts.replication?.inRecovery == false && facts.state == .running)
        #expect(facts.replication?.writtenLSN == LSN(67_108_944) && facts.version == "15.20")
        #expect(facts.replication?.senders.map(\.syncState) == [.sync, .async])
        #expect(facts.startedAt == ISOTime.parse("2026-11-21T06:20:11.372201Z"))
    }

    @Test func aRecordedReplicaIdleHasNoLagInSeconds() throws {
        let facts = try facts("patroni-dub", of: "pg-dub-1")
        #expect(
            facts.role == .replica && facts.replication?.inRecovery == true && facts.replication?.syncState == .sync)
        // The last replayed commit is ten seconds old and nothing waits: that is idleness.
        #expect(facts.replication?.replayLagSeconds == nil)
        #expect(facts.replication?.receivedLSN == facts.replication?.replayedLSN)
    }

    @Test func stalledReplayIsLag() throws {
        var view = PatroniMemberView(member: MemberID(group, "a"))
        let facts = view.facts(
            try node(
                """
                {"state":"running","role":"replica","replication_state":"streaming","xlog":{"received_location":2000,
                "replayed_location":1000,"replayed_timestamp":"2026-11-21 06:20:20+00:00","paused":true}}
                """), at: now)
        #expect(facts.replication?.replayLagSeconds == 10 && facts.replication?.replayPaused == true)
        #expect(facts.replication?.streaming == true && facts.stateDetail == "streaming")
    }

    @Test func aPromotedReplicaAsRecordedIsPrimaryOnANewTimeline() throws {
        let facts = try facts("patroni-dub-promoted", of: "pg-dub-1")
        #expect(facts.role == nil && facts.replication?.inRecovery == false && facts.replication?.timeline == 2)
    }

    @Test func withoutPostgreSQLNothingIsClaimed() throws {
        var view = PatroniMemberView(member: MemberID(group, "a"))
        let facts = view.facts(
            try node(#"{"state":"start failed","role":"master","watchdog_failed":true,"cluster_unlocked":true}"#),
            at: now)
        #expect(facts.state == .startFailed && facts.replication?.inRecovery == nil && facts.role == nil)
        #expect(facts.tags?.watchdogOK == false && facts.notes["clusterUnlocked"] != nil)
        #expect(facts.replication?.timeline == nil && facts.replication?.receivedLSN == nil)
    }

    @Test func startingForLongGetsAHint() throws {
        var view = PatroniMemberView(member: MemberID(group, "a"))
        let starting = try node(#"{"state":"starting","role":"replica"}"#)
        let first = view.facts(starting, at: now)
        #expect(first.state == .starting && first.stateDetail == "starting")
        let later = view.facts(starting, at: now + .seconds(20))
        #expect(later.stateDetail?.contains("for 20 s") == true && later.stateDetail?.contains("rewind") == true)
        _ = view.facts(try node(#"{"state":"running","role":"replica"}"#), at: now + .seconds(30))
        let again = view.facts(starting, at: now + .seconds(40))
        #expect(again.stateDetail == "starting")
    }

    @Test func anotherMemberAtTheAddressIsAProblem() throws {
        let view = PatroniMemberView(member: MemberID(group, "a"))
        #expect(view.problem(try node(#"{"state":"running","patroni":{"name":"b"}}"#))?.contains("b answers") == true)
        #expect(view.problem(try node(#"{"state":"running","patroni":{"name":"a"}}"#)) == nil)
        #expect(view.problem(try node(#"{"state":"running","patroni":{}}"#)) == nil)
    }

    @Test func wordsOfEveryVersion() {
        let words: [(String, RunState)] = [
            ("running", .running), ("streaming", .running), ("in archive recovery", .running), ("starting", .starting),
            ("restarting", .starting), ("stopping", .stopping), ("stopped", .stopped), ("start failed", .startFailed),
            ("stop failed", .failed), ("initdb failed", .failed), ("crashed", .failed), ("creating replica", .creating),
            ("unknown", .unknown), ("", .unknown), ("something new", .unknown),
        ]
        for (word, state) in words { #expect(PatroniWords.state(word) == state, "\(word)") }
        #expect(PatroniWords.postgresVersion(150_020) == "15.20" && PatroniWords.postgresVersion(90_624) == "9.6.24")
        #expect(PatroniWords.postgresVersion(-1) == nil)
        #expect(
            PatroniWords.door("https://u:p@h:8008/patroni") == "https://h:8008" && PatroniWords.door("h:8008") == nil)
        #expect(
            PatroniWords.door("http://[::1]:8008/patroni") == "http://[::1]:8008" && PatroniWords.door("http://") == nil
        )
    }
}

@Suite struct PatroniClusterViewTests {
    private let group = GroupID("wallet-db")

    private func view(hasRegister: Bool) throws -> PatroniClusterView {
        var view = PatroniClusterView(group: group, hasRegister: hasRegister)
        view.learned(config: try PatroniConfig(parsing: Recorded.bytes("patroni-3.0/config.json")))
        view.learned(history: try PatroniTimelineEnd.list(parsing: Recorded.bytes("patroni-3.0/history.json")))
        return view
    }

    private func cluster(_ file: String = "cluster") throws -> PatroniCluster {
        try PatroniCluster(parsing: Recorded.bytes("patroni-3.0/\(file).json"))
    }

    @Test func aloneItTellsEverything() throws {
        var view = try view(hasRegister: false)
        let out = view.updates(try cluster())
        guard case .group(group, let facts)? = out.first?.body else {
            Issue.record("the group does not come first")
            return
        }
        #expect(out[0].isEdge && facts.leader == Known("pg-ams-1") && facts.revision == nil)
        #expect(facts.limits?.ttlSeconds == 20 && facts.history.count == 1)
        #expect(facts.synchronous?.standbys == ["pg-dub-1"])
        let members = out.compactMap { update -> MemberFacts? in
            if case .member(_, let facts) = update.body { return facts }
            return nil
        }
        #expect(members.map(\.role) == [.leader, .replica, .replica])
        #expect(members[1].replication?.receiveLagBytes == 0 && members[1].replication?.syncState == .sync)
        #expect(members[1].replication?.replayLagBytes == nil, "“lag” is receive lag")
        #expect(view.doors == ["http://127.9.1.1:8008", "http://127.9.3.1:8008", "http://127.9.2.1:8008"])
    }

    @Test func besideARegisterItOnlySaysWhereMembersAre() throws {
        var view = try view(hasRegister: true)
        for update in view.updates(try cluster("cluster-failover")) {
            switch update.body {
            case .group(_, let facts):
                #expect(facts.leader == nil && facts.paused == nil && facts.limits == nil && facts.roster?.count == 3)
            case .member(_, let facts):
                // A dead leader is “running” here for a whole ttl: it must not be repeated.
                #expect(facts.state == nil && facts.role == nil && facts.replication == nil && facts.door != nil)
            default: Issue.record("unexpected \(update)")
            }
        }
    }

    @Test func aChangedLeaderIsAnEdgeAndAnUnchangedOneIsNot() throws {
        var view = try view(hasRegister: false)
        _ = view.updates(try cluster())
        let same = view.updates(try cluster())
        #expect(same.allSatisfy { !$0.isEdge })
        let changed = view.updates(try cluster("cluster-failover"))
        #expect(changed[0].isEdge)
    }

    @Test func membersThatLeaveAreGone() throws {
        var view = try view(hasRegister: false)
        _ = view.updates(try cluster())
        let out = view.updates(try PatroniCluster(parsing: Array(#"{"members":[{"name":"pg-ams-1"}]}"#.utf8)))
        let gone = out.compactMap { update -> String? in
            if case .memberGone(let id) = update.body { return id.name }
            return nil
        }
        #expect(gone == ["pg-dub-1", "pg-lon-1"])
    }
}
