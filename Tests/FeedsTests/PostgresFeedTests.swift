import Estate
import Feeds
import PitbossTestKit
import Settings
import Testing

@Suite(.timeLimit(.minutes(5))) struct PostgresFeedTests {
    static let hostileName = "evil\u{1B}[31m\nname'; DROP TABLE x; --\u{202E}"

    static let feedCase = FeedCase(
        "PostgreSQL",
        makePeer: { HostilePostgres() },
        makeFeed: { peer, pace in
            PostgresFeed(
                MemberID(GroupID("wallet-db"), "pg-a"),
                at: Endpoint(url: "postgres://127.0.0.1:\(peer.server.port)/postgres", username: "watcher"),
                pace: pace)
        },
        isValue: { update in
            guard case .member(let id, let facts) = update.body else { return false }
            return id.name == "pg-a" && facts.replication?.inRecovery == false
        },
        isHostileValue: { update in
            guard case .member(let id, _) = update.body else { return false }
            return id.name == hostileName
        })

    /// The recorded primary; in a hostile mood one of its standbys has a name that is meant to hurt.
    final class HostilePostgres: FakePeer {
        private let peer: PostgresPeer
        private let good: String

        init() {
            good = (try? Recorded.text("postgres/primary-15.json")) ?? ""
            peer = PostgresPeer(answer: good)
        }

        var server: FakeServer { peer.server }

        func become(_ mood: PeerMood) {
            let escaped = #"evil\u001b[31m\nname'; DROP TABLE x; --\u202e"#
            peer.say(mood == .hostile ? good.replacing("\"app\":\"pg-b\"", with: "\"app\":\"\(escaped)\"") : good)
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

    /// Runs the feed on a peer until the body has seen what it wants.
    private func watching(
        _ peer: PostgresPeer, url: String? = nil, _ body: (RecordingSink, SteppedClock) async throws -> Void
    ) async throws {
        try peer.server.start()
        defer { peer.server.stop() }
        let sink = RecordingSink()
        let clock = SteppedClock()
        let feed = PostgresFeed(
            MemberID(GroupID("db"), "pg-a"),
            at: Endpoint(url: url ?? "postgres://127.0.0.1:\(peer.server.port)", username: "watcher"))
        let task = Task { await feed.run(into: sink, clock: clock) }
        defer { task.cancel() }
        try await body(sink, clock)
        task.cancel()
        await task.value
    }

    @Test func aServerThatIsStartingSaysSo() async throws {
        let peer = PostgresPeer(
            answer: "", refusal: .init(state: "57P03", text: "the database system is starting up"))
        try await watching(peer) { sink, _ in
            let update = try await sink.wait { if case .member = $0.body { true } else { false } }
            guard case .member(let id, let facts) = update.body else { return }
            #expect(id.name == "pg-a")
            #expect(facts.state == .starting)
            #expect(facts.stateDetail?.contains("starting up") == true)
            let status = try await sink.waitForStatus(.failed)
            #expect(status.problem?.contains("starting up") == true)
            #expect(status.problem?.contains("57P03") == false)
        }
    }

    @Test(arguments: [
        ("28P01", "password authentication failed for user \"watcher\"", "pg_hba.conf"),
        ("3D000", "database \"x\" does not exist", "name an existing database"),
        ("53300", "sorry, too many clients already", "connections are taken"),
    ])
    func aServerThatRefusesIsRefusing(state: String, text: String, remedy: String) async throws {
        try await watching(PostgresPeer(answer: "", refusal: .init(state: state, text: text))) { sink, _ in
            let status = try await sink.waitForStatus(.refused)
            #expect(status.problem?.contains(text) == true)
            #expect(status.problem?.contains(remedy) == true)
        }
    }

    @Test func withoutTheRightToSeeEverythingTheRemedyIsNamed() async throws {
        let peer = PostgresPeer(answer: try Recorded.text("postgres/primary-blind-15.json"))
        try await watching(peer) { sink, _ in
            let status = try await sink.waitForStatus(.live)
            #expect(status.problem?.contains("GRANT pg_monitor TO watcher") == true)
        }
    }

    @Test func anAnswerThatIsNoJSONIsShownEscapedAndTheFeedGoesOn() async throws {
        let peer = PostgresPeer(answer: "{\"recovery\":\u{1B}[2J")
        try await watching(peer) { sink, clock in
            let status = try await sink.waitForStatus(.failed)
            #expect(status.problem?.contains("\\x1b[2J") == true)
            peer.say(try Recorded.text("postgres/primary-15.json"))
            try await clock.advanceToSleeper(within: .seconds(1))
            try await sink.waitForStatus(.live)
        }
    }

    @Test func aStandbyThatLeavesIsTakenBackAlsoAcrossConnections() async throws {
        let primary = try Recorded.text("postgres/primary-15.json")
        let peer = PostgresPeer(answer: primary)
        try await watching(peer) { sink, clock in
            let standby = MemberID(GroupID("db"), "pg-b")
            try await sink.wait { if case .member(standby, _) = $0.body { true } else { false } }
            peer.say(primary.replacing("\"app\":\"pg-b\"", with: "\"app\":\"pg_basebackup\""))
            peer.server.cutConnections()
            try await clock.waitForSleeper(within: .seconds(1))
            try await clock.advanceToSleeper(within: .seconds(1))
            async let gone = sink.wait { $0.body == .memberGone(standby) && $0.isEdge }
            try await clock.advanceToSleeper(within: .seconds(1))
            _ = try await gone
        }
    }

    @Test(arguments: [
        "postgres://", "postgres://h:0", "postgres://h:x", "postgres://u:p@h", "postgres://a,b", "http://h",
        "postgres://h?options=-c", "postgres://h?sslmode=maybe", "postgres://[::1", "postgres://::1",
    ])
    func addressesThatCannotBeAreSaid(url: String) async throws {
        try await watching(PostgresPeer(answer: ""), url: url) { sink, _ in
            let status = try await sink.waitForStatus(.failed)
            #expect(status.problem?.contains("is not a usable address") == true)
            #expect(status.problem?.contains("u:p") == false)
        }
    }
}
