import Estate
import Feeds
import Foundation
import PitbossTestKit
import Settings
import Testing

@Suite(.timeLimit(.minutes(5))) struct HAProxyFeedTests {
    static let hostileName = "evil\u{1B}[31m\u{202E}\u{7F},\"x\""

    /// Answers as a recorded balancer did, one connection a question.
    final class Balancer: FakePeer {
        let server: FakeServer
        private let mood = Observed(PeerMood.good)
        private let answer: Observed<String>
        private let good: String

        init(_ place: FakeServer.Place = .tcp(host: "127.0.0.1", port: 0)) {
            good = (try? Recorded.text("haproxy/joined-2.6.txt")) ?? ""
            let answer = Observed(good)
            self.answer = answer
            let mood = self.mood
            server = FakeServer(place) { input, connection in
                guard let newline = input.firstIndex(of: 0x0A) else { return }
                input.removeFirst(newline + 1)
                if mood.value == .silent { return }
                connection.send(answer.value)
                connection.close()
            }
        }

        func say(_ text: String) { answer.update { $0 = text } }

        func become(_ mood: PeerMood) {
            switch mood {
            case .good, .silent: say(good)
            case .malformed: say("HTTP/1.1 400 Bad\u{1B}[2J\u{7} request\r\n\r\n\u{0}\n")
            case .hostile:
                let quoted = "\"" + hostileName.replacing("\"", with: "\"\"") + "\""
                say(good.replacing("bet_api,bet-2,", with: "bet_api,\(quoted),"))
            }
            self.mood.update { $0 = mood }
        }
    }

    static let feedCase = FeedCase(
        "HAProxy over TCP",
        makePeer: { Balancer() },
        makeFeed: { peer, pace in
            HAProxyFeed("lb-1", at: Endpoint(url: "tcp://127.0.0.1:\(peer.server.port)"), pace: pace)
        },
        isValue: isValue, isHostileValue: isHostileValue)

    @Sendable static func isValue(_ update: Update) -> Bool {
        guard case .member(let id, let facts) = update.body else { return false }
        return id == MemberID(GroupID("bet_api"), "bet-1") && facts.traffic?.check == .up
    }

    @Sendable static func isHostileValue(_ update: Update) -> Bool {
        guard case .member(let id, _) = update.body else { return false }
        return id.name == hostileName
    }

    static let unixCase = FeedCase(
        "HAProxy over a unix socket",
        makePeer: { Balancer(.unix(path: "/tmp/pitboss-test-\(UUID().uuidString.prefix(8)).sock")) },
        makeFeed: { peer, pace in
            guard case .unix(let path) = peer.server.place else {
                return HAProxyFeed("lb-1", at: Endpoint(url: "unix:///"), pace: pace)
            }
            return HAProxyFeed("lb-1", at: Endpoint(url: "unix://\(path)"), pace: pace)
        },
        isValue: isValue, isHostileValue: isHostileValue)

    @Test(arguments: [feedCase, unixCase]) func firstValue(of feed: FeedCase) async throws {
        try await FeedConformance(feed).firstValue()
    }
    @Test(arguments: [feedCase, unixCase]) func silence(of feed: FeedCase) async throws {
        try await FeedConformance(feed).silence()
    }
    @Test(arguments: [feedCase, unixCase]) func deadline(of feed: FeedCase) async throws {
        try await FeedConformance(feed).deadline()
    }
    @Test(arguments: [feedCase, unixCase]) func cancel(of feed: FeedCase) async throws {
        try await FeedConformance(feed).cancel()
    }
    @Test(arguments: [feedCase, unixCase]) func reconnect(of feed: FeedCase) async throws {
        try await FeedConformance(feed).reconnect()
    }
    @Test(arguments: [feedCase, unixCase]) func malformed(of feed: FeedCase) async throws {
        try await FeedConformance(feed).malformed()
    }
    @Test(arguments: [feedCase, unixCase]) func hostileNames(of feed: FeedCase) async throws {
        try await FeedConformance(feed).hostileNames()
    }

    @Test func aRefusalSaysWhichLevelIsNeeded() async throws {
        let peer = Balancer()
        peer.say("Permission denied\n\n1\n# be_name srv_name srv_admin_state\n\n# pxname,svname,type\n\n")
        try peer.server.start()
        defer { peer.server.stop() }
        let sink = RecordingSink()
        let feed = HAProxyFeed("lb-1", at: Endpoint(url: "tcp://127.0.0.1:\(peer.server.port)"))
        let task = Task { await feed.run(into: sink, clock: SteppedClock()) }
        defer { task.cancel() }
        let status = try await sink.waitForStatus(.refused)
        #expect(status.problem?.contains("permission denied") == true)
        task.cancel()
        await task.value
    }

    @Test func withoutServerStatesThePoolsAreShownAllTheSame() async throws {
        let peer = Balancer()
        let good = try Recorded.text("haproxy/joined-2.6.txt")
        let parts = good.components(separatedBy: "\n\n")
        peer.say("\(parts[0])\n\nUnknown command\n\n\(parts[2])\n\n")
        try peer.server.start()
        defer { peer.server.stop() }
        let sink = RecordingSink()
        let feed = HAProxyFeed("lb-1", at: Endpoint(url: "tcp://127.0.0.1:\(peer.server.port)"))
        let task = Task { await feed.run(into: sink, clock: SteppedClock()) }
        defer { task.cancel() }
        try await sink.wait(for: Self.isValue)
        let status = try await sink.waitForStatus(.live)
        #expect(status.problem?.contains("server states cannot be read") == true)
        task.cancel()
        await task.value
    }
}
