import Estate
import PitbossTestKit
import Settings
import Testing
import Wire

@testable import Feeds

@Suite(.timeLimit(.minutes(5))) struct AlertmanagerFeedTests {
    static let hostileName = "evil\u{1B}[31m\u{202E}"

    final class Server: FakePeer {
        let http: FakeHTTP
        init() { http = FakeHTTP { Self.answer($0, .good) } }
        var server: FakeServer { http.server }
        func become(_ mood: PeerMood) { http.answer { Self.answer($0, mood) } }

        static func answer(_ request: FakeHTTP.Request, _ mood: PeerMood) -> FakeHTTP.Answer {
            let name = request.path.contains("silences") ? "silences-0.25" : "alerts-silenced-0.25"
            var text = (try? Recorded.text("alertmanager/\(name).json")) ?? ""
            switch mood {
            case .good: break
            case .silent: return .silence
            case .malformed: text = "[{\u{1B}[2J\u{7}"
            case .hostile: text = text.replacing("WalletSlow", with: #"evil\u001b[31m\u202e"#)
            }
            return .reply(status: 200, body: Array(text.utf8))
        }
    }

    static let feedCase = FeedCase(
        "Alertmanager",
        makePeer: { Server() },
        makeFeed: { peer, pace in
            AlertmanagerFeed(
                AlertmanagerSettings("main", endpoint: Endpoint(url: "http://127.0.0.1:\(peer.server.port)")),
                groups: [], nodes: [], pace: pace)
        },
        isValue: { update in
            guard case .platform(let facts) = update.body else { return false }
            return facts.alerts.first?.name == "WalletSlow" && facts.silences.count == 1
        },
        isHostileValue: { update in
            guard case .platform(let facts) = update.body else { return false }
            return facts.alerts.contains { $0.name == hostileName }
        })

    @Test func firstValue() async throws { try await FeedConformance(Self.feedCase).firstValue() }
    @Test func silence() async throws { try await FeedConformance(Self.feedCase).silence() }
    @Test func deadline() async throws { try await FeedConformance(Self.feedCase).deadline() }
    @Test func cancel() async throws { try await FeedConformance(Self.feedCase).cancel() }
    @Test func reconnect() async throws { try await FeedConformance(Self.feedCase).reconnect() }
    @Test func malformed() async throws { try await FeedConformance(Self.feedCase).malformed() }
    @Test func hostileNames() async throws { try await FeedConformance(Self.feedCase).hostileNames() }

    private func facts(_ rules: [AlertRule]) throws -> PlatformFacts {
        let book = AlertBook(
            rules: rules, groups: [GroupID("wallet-db"), GroupID("odds-feed"), GroupID("bet-api")],
            places: NodePlaces([Node(NodeID("node-ams"), addresses: ["127.0.0.1"])]), door: "http://am:9093")
        let list = try AlertmanagerAlert.list(Recorded.bytes("alertmanager/alerts-silenced-0.25.json"))
        return book.facts(
            list.alerts, leftOut: 0, try AlertmanagerSilence.list(Recorded.bytes("alertmanager/silences-0.25.json")))
    }

    @Test func aRuleTiesAndLikenessIsAGuess() throws {
        let alerts = try facts([AlertRule(match: ["alertname": "Wallet*"], group: GroupID("bet-api"))]).alerts
        let wallet = try #require(alerts.first { $0.name == "WalletSlow" })
        #expect(wallet.group == GroupID("bet-api"))
        #expect(!wallet.isGuessed)
        #expect(wallet.severity == .critical)
        #expect(wallet.node == NodeID("node-ams"))
        #expect(wallet.summary == "wallet-db answers slowly")
        let odds = try #require(alerts.first { $0.name == "OddsFeedOld" })
        #expect(odds.group == GroupID("odds-feed"))
        #expect(odds.isGuessed)
        #expect(odds.acknowledgedBy == "kim")
        let disk = try #require(alerts.first { $0.name == "DiskFills" })
        #expect(disk.isInhibited)
        #expect(disk.group == nil)
        #expect(disk.node == NodeID("node-ams"))
    }

    @Test func rulesMayTakeTheGroupFromALabel() throws {
        let alerts = try facts([
            AlertRule(match: ["service": "*"], groupLabel: "service"), AlertRule(match: [:], nodeLabel: "instance"),
        ]).alerts
        #expect(alerts.first { $0.name == "OddsFeedOld" }?.group == GroupID("odds-feed"))
        #expect(alerts.first { $0.name == "OddsFeedOld" }?.isGuessed == false)
        #expect(alerts.first { $0.name == "DiskFills" }?.node == NodeID("node-ams"))
    }
}
