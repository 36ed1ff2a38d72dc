import Estate
import Feeds
import PitbossTestKit
import Settings
import Testing

/// The suite for the feeds of etcd and Patroni. Each feed's own tests are beside it.
@Suite(.timeLimit(.minutes(5))) struct FeedConformanceTests {
    static let group = GroupID("wallet-db")

    static let etcd = FeedCase(
        "etcd register",
        makePeer: { EtcdPeer() },
        makeFeed: { peer, pace in
            EtcdFeed(
                group: group, scope: "wallet-db", namespace: "/service/",
                endpoints: [Endpoint(url: "http://127.0.0.1:\(peer.server.port)")], pace: pace)
        },
        isValue: { update in
            guard case .group(_, let facts) = update.body else { return false }
            return facts.leader == Known("pg-a")
        },
        isHostileValue: { update in
            guard case .group(_, let facts) = update.body else { return false }
            return facts.leader == Known(EtcdPeer.hostileName)
        })

    static let etcdHealth = FeedCase(
        "etcd health",
        makePeer: { EtcdPeer() },
        makeFeed: { peer, pace in
            EtcdHealthFeed(
                group: GroupID("etcd"), endpoints: [Endpoint(url: "http://127.0.0.1:\(peer.server.port)")], pace: pace)
        },
        isValue: { update in
            guard case .member(let id, let facts) = update.body else { return false }
            return id.name == "etcd-a" && facts.role == .leader
        },
        isHostileValue: { update in
            guard case .member(let id, _) = update.body else { return false }
            return id.name == EtcdPeer.hostileName
        })

    static let patroniMember = FeedCase(
        "Patroni member",
        makePeer: { PatroniPeer.recorded() },
        makeFeed: { peer, pace in
            PatroniMemberFeed(
                member: MemberID(group, "pg-ams-1"), endpoint: Endpoint(url: "http://127.0.0.1:\(peer.server.port)"),
                pace: pace)
        },
        isValue: { update in
            guard case .member(let id, let facts) = update.body else { return false }
            return id.name == "pg-ams-1" && facts.replication?.writtenLSN == LSN(67_108_944)
        },
        isHostileValue: { update in
            guard case .member(_, let facts) = update.body else { return false }
            return facts.replication?.senders.contains { $0.application == PatroniPeer.hostileName } == true
        })

    static let patroniCluster = FeedCase(
        "Patroni cluster",
        makePeer: { PatroniPeer.recorded() },
        makeFeed: { peer, pace in
            let rest = RESTSettings(endpoints: ["http://127.0.0.1:\(peer.server.port)"])
            return PatroniClusterFeed(
                group: group, settings: PatroniSettings(scope: "wallet-db", rest: rest), pace: pace)
        },
        isValue: { update in
            guard case .group(_, let facts) = update.body else { return false }
            return facts.leader == Known("pg-ams-1") && facts.limits?.ttlSeconds == 20
        },
        isHostileValue: { update in
            guard case .member(let id, _) = update.body else { return false }
            return id.name == PatroniPeer.hostileName
        })

    static let cases = [etcd, etcdHealth, patroniMember, patroniCluster]

    @Test(arguments: cases) func firstValue(_ one: FeedCase) async throws {
        try await FeedConformance(one).firstValue()
    }
    @Test(arguments: cases) func silence(_ one: FeedCase) async throws { try await FeedConformance(one).silence() }
    @Test(arguments: cases) func deadline(_ one: FeedCase) async throws { try await FeedConformance(one).deadline() }
    @Test(arguments: cases) func cancel(_ one: FeedCase) async throws { try await FeedConformance(one).cancel() }
    @Test(arguments: cases) func reconnect(_ one: FeedCase) async throws { try await FeedConformance(one).reconnect() }
    @Test(arguments: cases) func malformed(_ one: FeedCase) async throws { try await FeedConformance(one).malformed() }
    @Test(arguments: cases) func hostileNames(_ one: FeedCase) async throws {
        try await FeedConformance(one).hostileNames()
    }
}
