import Estate
import Feeds
import PitbossTestKit
import Settings
import Testing

@Suite(.timeLimit(.minutes(5))) struct NodeExporterFeedTests {
    static let hostileMount = "/mnt/evil\u{1B}[31m\"\n\\x\u{202E}"

    /// The page of a real exporter; in a hostile mood with a mount point that is meant to hurt.
    final class Exporter: FakePeer {
        private let http: FakeHTTP
        private let page: [UInt8]

        init() {
            page = (try? Recorded.bytes("nodeexporter/debian-1.5.0-host-1.prom")) ?? []
            let page = page
            http = FakeHTTP { _ in .reply(status: 200, body: page) }
        }

        var server: FakeServer { http.server }

        func become(_ mood: PeerMood) {
            let page = page
            switch mood {
            case .good: http.answer { _ in .reply(status: 200, body: page) }
            case .silent: http.answer { _ in .silence }
            case .malformed:
                let garbage = Array("node_load1\u{1B}[2J\u{7} x\nnode_load5{\u{0} 1\n".utf8)
                http.answer { _ in .reply(status: 200, body: garbage) }
            case .hostile:
                let mount = #"/mnt/evil\#u{1B}[31m\"\n\\x\#u{202E}"#
                let lines = ["size", "avail"].map {
                    "node_filesystem_\($0)_bytes{device=\"/dev/evil\",fstype=\"ext4\",mountpoint=\"\(mount)\"} 1000\n"
                }
                let hostile = page + Array(lines.joined().utf8)
                http.answer { _ in .reply(status: 200, body: hostile) }
            }
        }
    }

    static let feedCase = FeedCase(
        "node_exporter",
        makePeer: { Exporter() },
        makeFeed: { peer, pace in
            NodeExporterFeed(
                NodeID("node-ams"), at: Endpoint(url: "http://127.0.0.1:\(peer.server.port)"), pace: pace)
        },
        isValue: { update in
            guard case .node(let id, let facts) = update.body else { return false }
            return id.name == "node-ams" && facts.load1 != nil
        },
        isHostileValue: { update in
            guard case .node(_, let facts) = update.body else { return false }
            return facts.fileSystems.contains { $0.mountPoint == hostileMount }
        })

    @Test func firstValue() async throws { try await FeedConformance(Self.feedCase).firstValue() }
    @Test func silence() async throws { try await FeedConformance(Self.feedCase).silence() }
    @Test func deadline() async throws { try await FeedConformance(Self.feedCase).deadline() }
    @Test func cancel() async throws { try await FeedConformance(Self.feedCase).cancel() }
    @Test func reconnect() async throws { try await FeedConformance(Self.feedCase).reconnect() }
    @Test func malformed() async throws { try await FeedConformance(Self.feedCase).malformed() }
    @Test func hostileNames() async throws { try await FeedConformance(Self.feedCase).hostileNames() }

    private func status(
        path: String = "", answering answer: FakeHTTP.Answer
    ) async throws -> (SourceStatus, FakeHTTP.Request) {
        let http = FakeHTTP { _ in answer }
        try http.server.start()
        defer { http.server.stop() }
        let sink = RecordingSink()
        let feed = NodeExporterFeed(NodeID("n"), at: Endpoint(url: http.url + path))
        let task = Task { await feed.run(into: sink, clock: SteppedClock()) }
        defer { task.cancel() }
        let request = try await http.waitForRequest { _ in true }
        let status = try await sink.waitForStatus { $0.state != .connecting }
        task.cancel()
        await task.value
        return (status, request)
    }

    @Test func whatIsNoExporterIsSaid() async throws {
        let other = try await status(answering: .reply(status: 200, body: Array("go_info 1\n".utf8))).0
        #expect(other.state == .failed)
        #expect(other.problem?.contains("another exporter") == true)
        let missing = try await status(answering: .reply(status: 404, body: []))
        #expect(missing.0.state == .failed)
        #expect(missing.0.problem?.contains("404") == true)
        #expect(missing.1.path == "/metrics")
        let locked = try await status(path: "/node/metrics", answering: .reply(status: 401, body: []))
        #expect(locked.0.state == .refused)
        #expect(locked.1.path == "/node/metrics")
    }

    @Test func aPageThatIsCutOffIsSaid() async throws {
        let page = Array("node_load1 0.5\nnode_load5 0.".utf8)
        let status = try await status(path: "/", answering: .reply(status: 200, body: page)).0
        #expect(status.state == .live)
        #expect(status.problem?.contains("cut off") == true)
    }
}
