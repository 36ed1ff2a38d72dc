import Estate
import Testing

@testable import Wire

@Suite struct PatroniRESTTests {
    @Test func readsARecordedPrimary() throws {
        let node = try PatroniNode(parsing: Fixture.bytes("patroni-3.0/patroni-ams.json"))
        #expect(node.role == "master" && node.state == "running" && node.isInRecovery == false)
        #expect(node.version == "3.0.2" && node.scope == "wallet-db" && node.name == nil)
        #expect(node.serverVersion == 150_020 && node.timeline == 1)
        #expect(node.writtenLSN == LSN(67_108_944) && node.receivedLSN == nil)
        #expect(node.systemIdentifier == "7710505716171228187")
        #expect(node.postmasterStartedAt == ISOTime.parse("2026-11-21T06:20:11.372201Z"))
        #expect(node.dcsLastSeenAt == Timestamp(nanoseconds: 1_795_242_022_000_000_000))
        #expect(node.replication.map(\.application) == ["pg-dub-1", "pg-lon-1"])
        #expect(node.replication.map(\.syncState) == ["sync", "async"])
    }

    @Test func readsARecordedReplica() throws {
        let node = try PatroniNode(parsing: Fixture.bytes("patroni-3.0/patroni-dub.json"))
        #expect(node.role == "replica" && node.isInRecovery == true && node.isSyncStandby)
        #expect(node.receivedLSN == LSN(67_108_944) && node.replayedLSN == LSN(67_108_944))
        #expect(node.isReplayPaused == false && node.replayedAt != nil && node.writtenLSN == nil)
    }

    @Test func withoutPostgreSQLTheRoleIsNoObservation() throws {
        let node = try PatroniNode(
            parsing: Array(
                #"{"state":"stopped","role":"master","cluster_unlocked":true,"watchdog_failed":true,"patroni":{"version":"3.0.2"}}"#
                    .utf8))
        #expect(node.isInRecovery == nil && node.isClusterUnlocked && node.hasWatchdogFailed)
    }

    @Test func readsRecordedClusters() throws {
        let calm = try PatroniCluster(parsing: Fixture.bytes("patroni-3.0/cluster.json"))
        #expect(calm.members.map(\.role) == ["leader", "sync_standby", "replica"])
        #expect(calm.members.map(\.lag) == [nil, .bytes(0), .bytes(0)])
        #expect(calm.members[0].apiURL == "http://127.9.1.1:8008/patroni" && calm.members[0].port == 5432)
        #expect(!calm.isPaused && calm.scheduledSwitchover == nil && calm.scope == nil)
        // Recorded just after a failover: the killed leader is “running” at lag 0.
        let failing = try PatroniCluster(parsing: Fixture.bytes("patroni-3.0/cluster-failover.json"))
        #expect(failing.members[0].state == "running" && failing.members[0].lag == .bytes(0))
    }

    @Test func unknownIsNeverZero() throws {
        let text = """
            {"scope":"s","pause":true,"members":[{"name":"a","role":"quorum_standby","state":"streaming","lag":"unknown",
            "receive_lag":"unknown","replay_lag":1400000,"replay_lsn":"0/5000148","receive_lsn":"unknown",
            "tags":{"nofailover":true}},{"role":"replica"}],
            "scheduled_switchover":{"at":"2026-11-21T12:00:00+00:00","from":"b","to":"a"}}
            """
        let cluster = try PatroniCluster(parsing: Array(text.utf8))
        let member = try #require(cluster.members.first)
        #expect(member.lag == .unknown && member.lag?.bytes == nil && member.receiveLag == .unknown)
        #expect(member.replayLag == .bytes(1_400_000) && member.replayLSN == LSN(0x5000148) && member.receiveLSN == nil)
        #expect(!member.tags.mayBePromoted)
        #expect(cluster.unreadableMembers == 1 && cluster.isPaused && cluster.scope == "s")
        #expect(cluster.scheduledSwitchover?.from == "b" && cluster.scheduledSwitchover?.to == "a")
    }

    @Test(arguments: ["", "[]", "{}", "no", "<html>Traceback</html>", "{\"members\":{}}", "{\"state\":1}"])
    func malformedIsAnError(_ text: String) {
        #expect(throws: WireError.self) { try PatroniCluster(parsing: Array(text.utf8)) }
        #expect(throws: WireError.self) { try PatroniNode(parsing: Array(text.utf8)) }
    }
}

@Suite struct PatroniRegisterTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func namesKeys() {
        let prefix = PatroniKey.prefix(namespace: "service", scope: "w")
        #expect(prefix == "/service/w/")
        func key(_ path: String) -> PatroniKey? { PatroniKey(path: prefix + path, prefix: prefix) }
        #expect(
            key("leader") == .leader && key("members/a/b") == .member("a/b") && key("optime/leader") == .optimeLeader)
        #expect(key("members/") == .other("members/") && key("slots") == .other("slots"))
        #expect(PatroniKey(path: "/service/x/leader", prefix: prefix) == nil)
        #expect(PatroniKey.namespacePrefix("//a//b/") == "/a/b/" && PatroniKey.namespacePrefix("/") == "/")
    }

    @Test func findsScopes() {
        let paths = [
            "/service/a/initialize", "/service/a/config", "/service/a/optime/leader", "/service/b/members/x",
            "/service/c/0/leader", "/service/d/members/leader", "/other/e/config", "/service/config",
            "/service//config",
        ]
        #expect(PatroniKey.scopes(ofPaths: paths, namespace: "/service/") == ["a", "c/0"])
    }

    @Test func readsRecordedMembers() throws {
        let range = try EtcdRange(parsing: Fixture.bytes("etcd/range-3.4.json"))
        let value = try #require(range.keyValues.first { $0.key.hasSuffix("members/pg-ams-1") })
        let member = try PatroniMember(name: "pg-ams-1", parsing: value.value)
        #expect(member.role == "master" && member.state == "running" && member.timeline == 1)
        #expect(member.apiURL == "http://127.9.1.1:8008/patroni" && member.xlogLocation == 67_108_944)
        #expect(member.postgresAddress?.host == "127.9.1.1" && member.postgresAddress?.port == 5432)
        #expect(member.tags == .none && member.tags.mayBePromoted && !member.hasPendingRestart)
    }

    @Test func readsWhatVersion4Writes() throws {
        let text = """
            {"conn_url":"postgres://u:pw@[::1]:5433/postgres","api_url":"https://h:8008/patroni","state":"running",
            "role":"replica","version":"4.1.5","xlog_location":100,"replay_lsn":90,"receive_lsn":100,
            "replication_state":"streaming","timeline":3,"pending_restart":true,
            "pending_restart_reason":{"max_connections":{"old_value":"100","new_value":"200"}},
            "tags":{"failover_priority":0,"nosync":true,"rack":"r7","replicatefrom":"b"}}
            """
        let member = try PatroniMember(name: "a", parsing: bytes(text))
        #expect(member.connectionURL == "postgres://[::1]:5433/postgres")
        #expect(member.postgresAddress?.host == "::1" && member.postgresAddress?.port == 5433)
        #expect(member.receiveLSN == 100 && member.replayLSN == 90 && member.replicationState == "streaming")
        #expect(member.pendingRestartReasons == ["max_connections 100 → 200"])
        #expect(!member.tags.mayBePromoted && member.tags.noSync && member.tags.custom == ["rack": "r7"])
        #expect(member.tags.replicateFrom == "b")
    }

    @Test func aWrittenNofailoverFalseWinsOverPriorityZero() throws {
        let member = try PatroniMember(
            name: "a", parsing: bytes(#"{"tags":{"nofailover":false,"failover_priority":0}}"#))
        #expect(member.tags.mayBePromoted)
    }

    @Test func readsTheOldestMember() throws {
        let member = try PatroniMember(
            name: "a",
            parsing: bytes("postgres://u:p@10.0.0.1:5432/postgres?application_name=http://10.0.0.1:8008/patroni"))
        #expect(member.connectionURL == "postgres://10.0.0.1:5432/postgres")
        #expect(member.apiURL == "http://10.0.0.1:8008/patroni" && member.state == "unknown")
    }

    @Test func synchronousKey() {
        let sync = PatroniSync(parsing: bytes(#"{"leader":"a","sync_standby":"b, C,","quorum":"1"}"#))
        #expect(sync.leader == "a" && sync.standbys == ["b", "C"] && sync.quorum == 1 && sync.holds("c"))
        for text in ["", "{", "[]", "{}", #"{"leader":null,"sync_standby":"b"}"#] {
            #expect(PatroniSync(parsing: bytes(text)).standbys.isEmpty)
        }
        #expect(PatroniSync(parsing: bytes(#"{"leader":"a","sync_standby":null}"#)).leader == "a")
    }

    @Test func statusKey() throws {
        let status = try PatroniStatus(parsing: bytes(#"{"optime":67109000,"slots":{"a":5,"b":"x"}}"#))
        #expect(status.lastLSN == 67_109_000 && status.slots == ["a": 5])
        #expect(try PatroniStatus(parsing: bytes("67109000")).lastLSN == 67_109_000)
        #expect(try PatroniStatus(parsing: bytes(#"{"optime":"x"}"#)).lastLSN == nil)
        #expect(throws: WireError.self) { try PatroniStatus(parsing: bytes("[]")) }
    }

    @Test func failoverKey() {
        // Recorded: Patroni leaves an empty object behind.
        #expect(PatroniFailoverRequest(parsing: bytes("{}")) == nil)
        let asked = PatroniFailoverRequest(parsing: bytes(#"{"leader":"a","member":"b"}"#))
        #expect(asked?.leader == "a" && asked?.candidate == "b" && asked?.scheduledAt == nil)
        let old = PatroniFailoverRequest(parsing: bytes("a: b"))
        #expect(old?.leader == "a" && old?.candidate == "b")
        #expect(PatroniFailoverRequest(parsing: bytes(":b"))?.leader == nil)
    }

    @Test func readsARecordedConfiguration() throws {
        let config = try PatroniConfig(parsing: Fixture.bytes("patroni-3.0/config.json"))
        #expect(config.ttlSeconds == 20 && config.loopWaitSeconds == 1 && config.retryTimeoutSeconds == 3)
        #expect(config.maximumLagOnFailoverBytes == 1_048_576 && config.isSynchronous && !config.isSynchronousStrict)
        #expect(!config.isPaused && !config.checksTimeline && config.usesSlots && !config.isStandbyCluster)
    }

    @Test func configurationDefaultsAndWords() throws {
        let empty = try PatroniConfig(parsing: bytes("{}"))
        #expect(empty.ttlSeconds == 30 && empty.loopWaitSeconds == 10 && empty.maximumLagOnFailoverBytes == 1_048_576)
        #expect(!empty.isSynchronous && !empty.isPaused && empty.synchronousNodeCount == 1)
        let words = try PatroniConfig(
            parsing: bytes(
                #"{"pause":"on","synchronous_mode":"Quorum","synchronous_mode_strict":"yes","check_timeline":1,"ttl":"40","standby_cluster":{"host":"h"}}"#
            ))
        #expect(words.isPaused && words.isSynchronous && words.isQuorumCommit && words.isSynchronousStrict)
        #expect(words.checksTimeline && words.ttlSeconds == 40 && words.isStandbyCluster)
    }

    @Test func readsARecordedHistory() throws {
        let ends = try PatroniTimelineEnd.list(parsing: Fixture.bytes("patroni-3.0/history.json"))
        #expect(ends.count == 1 && ends[0].timeline == 1 && ends[0].lsn == 67_109_000)
        #expect(ends[0].newLeader == "pg-dub-1" && ends[0].endedAt == "2026-11-21T06:20:35.110023+00:00")
        let mixed = try PatroniTimelineEnd.list(parsing: bytes(#"[[1,2,"r"],[3],["x",4,"r"],7,[2,9,null,"t","n"]]"#))
        #expect(mixed.map(\.timeline) == [1, 2] && mixed[1].newLeader == "n")
    }
}
