import Estate
import PitbossTestKit
import Settings
import Testing
@testable import Transport

@testable import Feeds

@Suite(.timeLimit(.minutes(5))) struct BlackboxFeedTests {
    static let hostileName = "evil\u{1B}[31m\u{202E}"
    static let group = GroupID("ways")

    /// The page of a real exporter.
    final class Exporter: FakePeer {
        let http: FakeHTTP
        init() { http = FakeHTTP { _ in Self.answer(.good) } }
        var server: FakeServer { http.server }
        func become(_ mood: PeerMood) { http.answer { _ in Self.answer(mood) } }
        static func answer(_ mood: PeerMood) -> FakeHTTP.Answer {
            if mood == .silent { return .silence }
            if mood == .malformed { return .reply(status: 200, body: Array("probe_success \u{1B}[2J\u{7}\n".utf8)) }
            return .reply(status: 200, body: (try? Recorded.bytes("blackbox/tcp-0.23.prom")) ?? [])
        }
    }

    static let feedCase = FeedCase(
        "blackbox_exporter",
        makePeer: { Exporter() },
        makeFeed: { peer, pace in
            let page = Endpoint(url: "http://127.0.0.1:\(peer.server.port)/probe?module=tcp&target=x:1")
            // Its names are the configuration's own: those are what may hurt.
            let probe = ProbeSettings(hostileName, .blackbox(page), provider: "exchange")
            return BlackboxFeed(group, probe, every: .seconds(1), pace: pace) ?? NoFeed.feed
        },
        isValue: { update in
            guard case .member(_, let facts) = update.body else { return false }
            return facts.path?.isUp == true && facts.path?.provider == "exchange"
        },
        isHostileValue: { update in
            guard case .member(let id, _) = update.body else { return false }
            return id.name == hostileName
        })

    enum NoFeed {
        static let feed = BlackboxFeed(
            group, ProbeSettings("none", .blackbox(Endpoint(url: "http://127.0.0.1:1"))), every: .seconds(1))!
    }

    @Test func firstValue() async throws { try await FeedConformance(Self.feedCase).firstValue() }
    @Test func silence() async throws { try await FeedConformance(Self.feedCase).silence() }
    @Test func deadline() async throws { try await FeedConformance(Self.feedCase).deadline() }
    @Test func cancel() async throws { try await FeedConformance(Self.feedCase).cancel() }
    @Test func reconnect() async throws { try await FeedConformance(Self.feedCase).reconnect() }
    @Test func malformed() async throws { try await FeedConformance(Self.feedCase).malformed() }
    @Test func hostileNames() async throws { try await FeedConformance(Self.feedCase).hostileNames() }
}

/// A way that does not answer is a value of this feed's, not a failure: of the suite for all feeds, what is about peers
/// that fail does not fit, and is said here in its own terms.
@Suite(.timeLimit(.minutes(5))) struct PathProbeFeedTests {
    private let group = GroupID("ways")

    private func feed(_ kind: ProbeSettings.Kind) throws -> PathProbeFeed {
        let settings = PathSettings(every: .seconds(1), probes: [ProbeSettings("way", kind, provider: "p")])
        return try #require(
            PathProbeFeed(group, settings, pace: FeedPace(interval: .seconds(1), replyDeadline: .seconds(3))))
    }

    private func path(_ update: Update) -> PathFacts? {
        if case .member(_, let facts) = update.body { facts.path } else { nil }
    }

    @Test func aConnectionIsAWayThroughAndARefusalIsNone() async throws {
        let server = FakeServer { _, _ in }
        try server.start()
        let sink = RecordingSink()
        let clock = SteppedClock()
        let feed = try feed(.tcp("127.0.0.1:\(server.port)"))
        let task = Task { await feed.run(into: sink, clock: clock) }
        try await sink.wait { path($0)?.isUp == true }
        server.stop()
        let mark = sink.mark
        for _ in 0..<PathWindow.failuresUntilDown {
            try await clock.waitForSleeper(within: .seconds(1))
            try await clock.advanceToSleeper(within: .seconds(1))
        }
        let down = try await sink.wait(from: mark) { path($0)?.isUp == false }
        #expect(down.isEdge, "a way that is lost must not be coalesced away")
        #expect(sink.statuses.last?.state == .live)
        task.cancel()
        await task.value
        try await server.waitForNoConnection()
        #expect(clock.sleepersCount == 0)
    }

    @Test func aWayThatNeverAnswersIsGivenUpAtTheDeadline() async throws {
        // Accepts, and shakes no hands.
        let server = FakeServer { _, _ in }
        try server.start()
        let sink = RecordingSink()
        let clock = SteppedClock()
        let feed = try feed(.tls(Endpoint(url: "tls://127.0.0.1:\(server.port)")))
        let task = Task { await feed.run(into: sink, clock: clock) }
        try await server.waitForAccepted(1)
        try await clock.waitForSleeper(within: .seconds(3))
        clock.advance(by: .seconds(3))
        try await sink.wait { path($0)?.isUp == false }
        task.cancel()
        await task.value
        try await server.waitForNoConnection()
        server.stop()
    }

    @Test func aWindowTellsLossLatencyAndJitter() {
        var window = PathWindow()
        window.take(nil)
        #expect(window.isUp == false, "who never got through is down at once")
        for n in 0..<8 { window.take(n % 2 == 0 ? 0.010 : 0.014) }
        window.take(nil)
        #expect(window.isUp == true, "one lost packet is loss")
        #expect(abs((window.loss ?? 0) - 0.2) < 1e-9)
        #expect(window.latencySeconds == 0.014)
        #expect(abs((window.jitterSeconds ?? 0) - 0.004) < 1e-9)
        window.take(nil)
        window.take(nil)
        #expect(window.isUp == false)
        for _ in 0..<PathWindow.triesMax { window.take(0.01) }
        #expect(window.loss == 0)
    }

    @Test func namesAreAskedForAndAnswersUnderstood() throws {
        let question = try #require(DNSQuestion.bytes("shop.example", id: 0x1234))
        #expect(question.count == 12 + 14 + 4)
        func verdict(_ bytes: [UInt8]) -> Bool? {
            DNSQuestion.verdict(bytes, id: 0x1234, name: "n", server: "s").map { (try? $0.get()) != nil }
        }
        var answer = question
        #expect(verdict(answer) == nil, "a question is no answer")
        answer[2] |= 0x80
        #expect(
            DNSQuestion.verdict(answer, id: 0x1234, name: "n", server: "s").map { "\($0)".contains("success") } == true)
        answer[3] = 3
        #expect(
            "\(String(describing: DNSQuestion.verdict(answer, id: 0x1234, name: "n", server: "s")))".contains(
                "no such name"))
        #expect(DNSQuestion.verdict(answer, id: 0x1235, name: "n", server: "s") == nil)
        #expect(DNSQuestion.bytes(String(repeating: "a", count: 64), id: 1) == nil)
        #expect(DNSQuestion.bytes("", id: 1) == nil)
    }

    @Test func anEchoIsOursOrNot() {
        let sequence: UInt16 = 0x0102
        var answer = EchoRequest.bytes(sequence)
        #expect(!EchoRequest.isAnswer(answer, sequence), "a request is no answer")
        answer[0] = 0
        #expect(EchoRequest.isAnswer(answer, sequence))
        #expect(!EchoRequest.isAnswer(answer, 7))
        #expect(EchoRequest.isAnswer([0x45] + [UInt8](repeating: 0, count: 19) + answer, sequence), "a raw socket's")
        #expect(!EchoRequest.isAnswer([0x45], sequence))
    }
}
