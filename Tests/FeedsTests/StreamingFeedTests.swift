import Estate
import PitbossTestKit
import Settings
import Testing

@testable import Feeds

@Suite(.timeLimit(.minutes(5))) struct StreamingFeedTests {
    static let group = GroupID("ledger-db")
    static let hostileHost = "evil\u{1B}[31m'; DROP TABLE x; --\u{202E}"

    static let feedCase = FeedCase(
        "PostgreSQL without a manager",
        makePeer: { HostileServer() },
        makeFeed: { peer, pace in
            StreamingFeed(
                group: group, at: "127.0.0.1:\(peer.server.port)", PostgresSettings(username: "watcher"),
                names: StreamingNames(Platform(name: "t")), pace: pace)
        },
        isValue: { update in
            guard case .member(_, let facts) = update.body else { return false }
            return facts.replication?.inRecovery == false && facts.role == .leader
        },
        isHostileValue: { update in
            guard case .member(let id, let facts) = update.body else { return false }
            return id.name.hasPrefix(hostileHost) && facts.role == .replica
        })

    /// The recorded primary; in a hostile mood its standbys come from an address that is meant to hurt.
    final class HostileServer: FakePeer {
        private let peer: PostgresPeer
        private let good: String

        init() {
            good = (try? Recorded.text("postgres/primary-15.json")) ?? ""
            peer = PostgresPeer(answer: good)
        }

        var server: FakeServer { peer.server }

        func become(_ mood: PeerMood) {
            let escaped = #""address":"evil\u001b[31m'; DROP TABLE x; --\u202e""#
            peer.say(mood == .hostile ? good.replacing("\"address\":\"127.0.0.1\"", with: escaped) : good)
            peer.become(mood)
        }
    }

    @Test func firstValue() async throws { try await FeedConformance(Self.feedCase).firstValue() }
    @Test func silence() async throws { try await FeedConformance(Self.feedCase).silence() }
    @Test func deadline() async throws { try await FeedConformance(Self.feedCase).deadline() }
    @Test func cancel() async throws { try await FeedConformance(Self.feedCase).cancel() }
    @Test func reconnect() async throws { try await FeedConformance(Self.feedCase).reconnect() }
    @Test func malformed() async throws { try await FeedConformance(Self.feedCase).malformed() }
    @Test func hostileNames() async throws { try await FeedConformance(Self.feedCase).hostileNames() }

    @Test func standbysAreWhereTheirNameOrAddressSays() {
        let names = StreamingNames(
            Platform(name: "t", nodes: [Node(NodeID("node-lon"), addresses: ["10.0.2.1"])]))
        var sender = ReplicationSender(application: "node-lon", isLogical: false)
        sender.clientAddress = "127.0.0.1"
        #expect(names.address(of: sender, port: ":5433") == "10.0.2.1:5433")
        #expect(names.name(of: "10.0.2.1:5433") == "node-lon:5433")
        #expect(names.name(of: "10.0.2.1:5432") == "node-lon")
        sender.application = "walreceiver"
        sender.clientAddress = "fd00::7"
        #expect(names.address(of: sender, port: ":5432") == "[fd00::7]:5432")
        sender.application = "pg_receivewal"
        #expect(names.address(of: sender, port: ":5432") == nil)
    }

    @Test func managersAreRecognised() throws {
        #expect(PostgresManagers.found(try Recorded.bytes("postgres/managers-patroni-15.json")) == "Patroni")
        #expect(PostgresManagers.found(try Recorded.bytes("postgres/managers-none-15.json")) == nil)
        func found(_ text: String) -> String? { PostgresManagers.found(Array(text.utf8)) }
        #expect(found(#"{"clients":["repmgrd"]}"#) == "repmgr")
        #expect(found(#"{"libraries":"pg_stat_statements, pgautofailover"}"#) == "pg_auto_failover")
        #expect(found(#"{"files":["/var/lib/pgsql/tmp/rep_mode.conf"]}"#) == "Pacemaker")
        #expect(found("nonsense") == nil)
    }
}
