import Estate
import Testing

@testable import Wire

/// Recordings of Patroni 4.1.5: quorum commit, one replica whose replay was stopped, then paused with a planned
/// switchover.
@Suite struct PatroniFourTests {
    @Test func aStalledReplicaShowsInReplayLagOnly() throws {
        let cluster = try PatroniCluster(parsing: Fixture.bytes("patroni-4.1/cluster-stalled.json"))
        let stalled = try #require(cluster.members.first { $0.name == "pg-ams-1" })
        #expect(stalled.lag == .bytes(0) && stalled.receiveLag == .bytes(0) && stalled.replayLag == .bytes(2_025_120))
        #expect(stalled.receiveLSN == LSN(text: "0/51EE8E0") && stalled.replayLSN == LSN(text: "0/5000240"))
        #expect(stalled.role == "quorum_standby" && stalled.state == "streaming" && stalled.hasPendingRestart)
        let leader = try #require(cluster.members.first { $0.role == "leader" })
        #expect(leader.lag == nil && leader.receiveLag == nil && leader.replayLag == nil)
        #expect(cluster.scope == "wallet-db" && cluster.unreadableMembers == 0)

        let node = try PatroniNode(parsing: Fixture.bytes("patroni-4.1/patroni-stalled.json"))
        #expect(node.name == "pg-ams-1" && node.version == "4.1.5" && node.isQuorumStandby && !node.isSyncStandby)
        #expect(node.receivedLSN == LSN(85_911_776) && node.replayedLSN == LSN(83_886_656))
        #expect(node.replicationState == "streaming" && node.isInRecovery == true)
        #expect(node.pendingRestartReasons == ["max_connections 60 → 61"])
    }

    @Test func aPrimaryIsCalledPrimary() throws {
        let node = try PatroniNode(parsing: Fixture.bytes("patroni-4.1/patroni-primary.json"))
        #expect(node.role == "primary" && node.isInRecovery == false && node.writtenLSN == LSN(83_886_560))
        #expect(node.replication.count == 2 && !node.isPaused && node.timeline == 2)
    }

    @Test func pauseAndAPlannedSwitchover() throws {
        let cluster = try PatroniCluster(parsing: Fixture.bytes("patroni-4.1/cluster-paused.json"))
        #expect(cluster.isPaused)
        #expect(
            cluster.scheduledSwitchover
                == PatroniScheduledSwitchover(at: "2027-01-01T00:00:00+00:00", from: "pg-lon-1", to: "pg-dub-1"))
        #expect(try PatroniNode(parsing: Fixture.bytes("patroni-4.1/patroni-paused.json")).isPaused)
        let config = try PatroniConfig(parsing: Fixture.bytes("patroni-4.1/config-paused.json"))
        #expect(config.isPaused && config.isQuorumCommit && config.isSynchronous)
        #expect(try PatroniTimelineEnd.list(parsing: Fixture.bytes("patroni-4.1/history.json")).count == 1)
    }

    @Test func theRegisterOfVersionFour() throws {
        let range = try EtcdRange(parsing: Fixture.bytes("etcd/range-paused-patroni-4.1.json"))
        func value(_ key: String) throws -> [UInt8] {
            try #require(range.keyValues.first { $0.key == "/service/wallet-db/\(key)" }).value
        }
        let sync = PatroniSync(parsing: try value("sync"))
        #expect(sync.leader == "pg-lon-1" && sync.standbys == ["pg-ams-1", "pg-dub-1"] && sync.quorum == 1)
        let status = try PatroniStatus(parsing: try value("status"))
        #expect(status.lastLSN == 85_911_776 && status.slots["pg_lon_1"] == 85_911_776)
        let request = try #require(PatroniFailoverRequest(parsing: try value("failover")))
        #expect(request.scheduledAt == "2027-01-01T00:00:00+00:00" && request.candidate == "pg-dub-1")
        let member = try PatroniMember(name: "pg-ams-1", parsing: try value("members/pg-ams-1"))
        #expect(member.replayLSN == 85_911_776 && member.receiveLSN == 85_911_776 && member.seesPause)
        #expect(member.hasPendingRestart && member.replicationState == "streaming")
    }
}
