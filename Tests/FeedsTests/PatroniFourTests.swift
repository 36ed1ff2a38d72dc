import Estate
import Testing
import Wire

@testable import Feeds

/// What becomes of the recordings of Patroni 4.1.5.
@Suite struct PatroniFourFeedTests {
    private let group = GroupID("wallet-db")

    @Test func aStalledReplicaIsBehindByReplayAndStreams() throws {
        var view = PatroniMemberView(member: MemberID(group, "pg-ams-1"))
        let node = try PatroniNode(parsing: Recorded.bytes("patroni-4.1/patroni-stalled.json"))
        let now = try #require(node.replayedAt) + .seconds(8)
        let facts = view.facts(node, at: now)
        #expect(facts.replication?.streaming == true && facts.replication?.syncState == .quorum)
        #expect(facts.replication?.replayLagSeconds == 8 && facts.replication?.inRecovery == true)
        #expect(facts.pendingRestart == true && facts.notes["pendingRestartFor"] == "max_connections 60 → 61")
        #expect(view.problem(node) == nil)
    }

    @Test func theClusterWithoutARegister() throws {
        var view = PatroniClusterView(group: group, hasRegister: false)
        view.learned(config: try PatroniConfig(parsing: Recorded.bytes("patroni-4.1/config-paused.json")))
        let cluster = try PatroniCluster(parsing: Recorded.bytes("patroni-4.1/cluster-stalled.json"))
        let lags = view.updates(cluster).compactMap { update -> Int64?? in
            if case .member(_, let facts) = update.body { return facts.replication?.replayLagBytes }
            return nil
        }
        #expect(lags == [2_025_120, 0, nil])
    }

    @Test func theRegisterPausedInQuorumCommit() throws {
        var scope = EtcdScope(group: group, prefix: "/service/wallet-db/")
        let range = try EtcdRange(parsing: Recorded.bytes("etcd/range-paused-patroni-4.1.json"))
        _ = scope.replace(with: range, at: .zero)
        let facts = scope.groupFacts(revision: 0)
        #expect(facts.paused == true && facts.leader == Known("pg-lon-1") && facts.timeline == 2)
        #expect(facts.synchronous == SynchronousFacts(isOn: true, standbys: ["pg-ams-1", "pg-dub-1"], quorum: 1))
        #expect(facts.scheduledSwitchover?.candidate == "pg-dub-1")
        let member = scope.memberFacts("pg-ams-1")
        #expect(member.replication?.syncState == .quorum && member.replication?.replayLagBytes == 0)
        #expect(member.replication?.streaming == true && member.pendingRestart == true && scope.problem == nil)
    }
}
