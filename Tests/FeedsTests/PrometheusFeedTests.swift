import Estate
import PitbossTestKit
import Settings
import Testing
import Transport
import Wire

@testable import Feeds

@Suite(.timeLimit(.minutes(5))) struct PrometheusFeedTests {
    static let hostileMount = "/mnt/evil\u{1B}[31m\"\\\u{202E}"

    /// Answers each query with what a real server said to it.
    final class Server: FakePeer {
        let http: FakeHTTP
        init() { http = FakeHTTP { Self.answer($0, .good) } }
        var server: FakeServer { http.server }
        func become(_ mood: PeerMood) { http.answer { Self.answer($0, mood) } }

        static func answer(_ request: FakeHTTP.Request, _ mood: PeerMood) -> FakeHTTP.Answer {
            if mood == .silent { return .silence }
            if mood == .malformed { return .reply(status: 200, body: Array("{\u{1B}[2J\"data\":[\u{7}".utf8)) }
            let path = request.path
            let fixture =
                switch path {
                case _ where path.contains("query=wrong"): "bad-query"
                case _ where path.contains("query=scalar"): "scalar"
                case _ where path.contains("node_load1"): "gauges"
                case _ where path.contains("node_cpu_seconds_total") && path.contains("avg"): "cpu"
                case _ where path.contains("node_disk_io_time"): "disk-busy"
                case _ where path.contains("node_filesystem_size"): "files"
                default: "empty"
                }
            var text = (try? Recorded.text("prometheus/\(fixture)-2.42.json")) ?? ""
            if mood == .hostile {
                text = text.replacing("\"mountpoint\":\"/\"", with: #""mountpoint":"/mnt/evil\u001b[31m\"\\\u202e""#)
            }
            return .reply(status: fixture == "bad-query" ? 400 : 200, body: Array(text.utf8))
        }
    }

    static func settings(_ peer: any FakePeer) -> PrometheusSettings {
        PrometheusSettings(
            "main", endpoint: Endpoint(url: "http://127.0.0.1:\(peer.server.port)"), nodes: PrometheusNodes(),
            figures: [
                FigureSettings("answer", query: "scalar(vector(42))", unit: "/s", group: GroupID("bet-api")),
                FigureSettings("broken", query: "wrong("), FigureSettings("absent", query: "nothing"),
            ])
    }

    static let feedCase = FeedCase(
        "Prometheus",
        makePeer: { Server() },
        makeFeed: { peer, pace in
            PrometheusFeed(settings(peer), nodes: [Node(NodeID("node-ams"), addresses: ["127.0.0.1"])], pace: pace)
        },
        isValue: { update in
            guard case .node(let id, let facts) = update.body else { return false }
            return id.name == "node-ams" && facts.load1 != nil && facts.cpuBusy != nil
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

    @Test func figuresSayWhatTheyAreOrWhyTheyAreNot() async throws {
        let peer = Server()
        try peer.server.start()
        defer { peer.server.stop() }
        let sink = RecordingSink()
        let feed = PrometheusFeed(Self.settings(peer), nodes: [])
        let task = Task { await feed.run(into: sink, clock: SteppedClock()) }
        defer { task.cancel() }
        try await sink.wait { if case .platform = $0.body { true } else { false } }
        let facts = sink.all.compactMap { update -> PlatformFacts? in
            if case .platform(let facts) = update.body { facts } else { nil }
        }.first
        let figures = try #require(facts?.figures)
        #expect(figures.map(\.name) == ["answer", "broken", "absent"])
        #expect(figures[0].value == 42)
        #expect(figures[0].group == GroupID("bet-api"))
        #expect(figures[1].value == nil)
        #expect(figures[1].problem?.contains("unclosed left parenthesis") == true)
        #expect(figures[2].problem == "the query gives no number")
        // One that the configuration does not list is called by its host.
        try await sink.wait { if case .node(let id, _) = $0.body { id.name == "127.0.0.1" } else { false } }
        task.cancel()
        await task.value
    }

    @Test func aLateQueryKeepsNoOtherBack() async throws {
        let peer = Server()
        peer.http.answer { $0.path.contains("query=slow") ? .silence : Server.answer($0, .good) }
        try peer.server.start()
        defer { peer.server.stop() }
        var settings = Self.settings(peer)
        settings.figures.insert(FigureSettings("slow", query: "slow"), at: 0)
        let (sink, clock) = (RecordingSink(), SteppedClock())
        let task = Task { await PrometheusFeed(settings, nodes: []).run(into: sink, clock: clock) }
        defer { task.cancel() }
        try await peer.http.waitForRequest { $0.path.contains("query=slow") }
        try await clock.waitForSleeper(within: PrometheusFeed.replyDeadline)
        clock.advance(by: PrometheusFeed.replyDeadline)
        try await sink.wait { if case .platform = $0.body { true } else { false } }
        let figures = sink.all.compactMap { update -> [KeyFigure]? in
            if case .platform(let facts) = update.body { facts.figures } else { nil }
        }.first
        #expect(figures?.map(\.name) == ["slow", "answer", "broken", "absent"])
        #expect(figures?[0].problem?.hasPrefix("no answer within 10 s") == true)
        #expect(figures?[1].value == 42)
        task.cancel()
        await task.value
    }

    @Test func aTokenIsSent() async throws {
        let http = FakeHTTP { _ in .reply(status: 401, body: []) }
        try http.server.start()
        defer { http.server.stop() }
        let sink = RecordingSink()
        var settings = PrometheusSettings("main", endpoint: Endpoint(url: http.url))
        settings.endpoint.token = .environment("PATH")
        let feed = PrometheusFeed(settings, nodes: [])
        let task = Task { await feed.run(into: sink, clock: SteppedClock()) }
        let request = try await http.waitForRequest { _ in true }
        #expect(request.headers["authorization"]?.hasPrefix("Bearer /") == true)
        try await sink.waitForStatus(.refused)
        task.cancel()
        await task.value
    }

    @Test func everyQueryNamesTheNodesAndIsWhole() {
        let nodes = PrometheusNodes(selector: "job=\"n\",dc=\"x\"", label: "host")
        let all = PrometheusQuery.quick(nodes, window: "1m") + PrometheusQuery.slow(nodes, window: "1m")
        for query in all {
            #expect(query.text.contains("job=\"n\",dc=\"x\""), "\(query.text)")
            #expect(query.labels.first == "host")
            #expect(query.text.count { $0 == "(" } == query.text.count { $0 == ")" })
            #expect(query.text.count { $0 == "{" } == query.text.count { $0 == "}" })
            #expect(!query.text.contains(",}"), "\(query.text)")
        }
    }

    @Test func targetsThatAreDownAreNamed() {
        var book = PrometheusNodeBook([], takesUnlisted: true)
        book.begin(isSlow: true)
        let down = PrometheusQuery.quick(PrometheusNodes(), window: "1m").first { query in
            if case .down = query.meaning { true } else { false }
        }
        for n in 0..<7 {
            book.take(PrometheusResult(labels: ["h\(n):9100"], value: 0), of: down!, isSlow: false)
        }
        #expect(
            book.problem == "7 of 7 nodes cannot be scraped: h0:9100, h1:9100, h2:9100, h3:9100, h4:9100 and 2 more")
        book.begin(isSlow: false)
        #expect(book.problem == nil)
    }

    @Test func placesKnowAddressesAndNames() {
        let places = NodePlaces([Node(NodeID("db-1"), addresses: ["10.0.0.1", "[::1]"]), Node(NodeID("db-2"))])
        #expect(places.node("10.0.0.1:9100") == NodeID("db-1"))
        #expect(places.node("[::1]:9100") == NodeID("db-1"))
        #expect(places.node("http://db-2:9100/metrics") == NodeID("db-2"))
        #expect(places.node("db-2.example.com:9100") == NodeID("db-2"))
        #expect(places.node("10.0.0.2:9100") == nil)
        #expect(NodePlaces.host("fe80::1") == "fe80::1")
    }
}

@Suite struct FillSlopeTests {
    private func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1e9 + seconds) }

    @Test func aDiskThatFillsTellsWhen() throws {
        var slope = FillSlope()
        var left: Double?
        // 10 MB each second of 10 GB.
        for n in 0..<10 {
            left = slope.take("/", available: 10_000_000_000 - Int64(n) * 200_000_000, at: at(Double(n) * 20))
        }
        #expect(abs((try #require(left)) - 820) < 1)
    }

    @Test func whatStandsStillOrWasSeenBrieflySaysNothing() {
        var slope = FillSlope()
        for n in 0..<10 { #expect(slope.take("/", available: 5_000, at: at(Double(n) * 20)) == nil) }
        // 1 MB a second of 100 GB would take a day: two minutes say nothing of that.
        for n in 0..<7 {
            let free = 100_000_000_000 - Int64(n) * 20_000_000
            #expect(slope.take("/data", available: free, at: at(Double(n) * 20)) == nil)
        }
    }

    @Test func whatWasFreedBeginsAnew() {
        var slope = FillSlope()
        for n in 0..<6 {
            _ = slope.take("/", available: 10_000_000_000 - Int64(n) * 1_000_000_000, at: at(Double(n) * 20))
        }
        #expect(slope.take("/", available: 9_000_000_000, at: at(120)) == nil)
    }
}

@Suite struct SmartPageTests {
    @Test func disksSayHowTheyAre() throws {
        let page = NodePage(
            Array(
                """
                smartmon_device_smart_healthy{device="/dev/sda",disk="0",type="sat"} 1
                smartmon_device_smart_healthy{disk="/dev/sdb",type="sat"} 0
                smartmon_reallocated_sector_ct_raw_value{disk="/dev/sdb",smart_id="5",type="sat"} 1.2e+01
                smartmon_temperature_celsius_raw_value{disk="/dev/sdb",smart_id="194",type="sat"} 2.57698037796e+11
                smartmon_temperature_celsius_raw_value{disk="/dev/sdd",smart_id="194",type="sat"} 2.576980e+11
                smartmon_temperature_celsius_raw_value{disk="/dev/sde",smart_id="194",type="sat"} 3.600000e+01
                smartctl_device_attribute{device="sdc",attribute_id="197",attribute_value_type="raw"} 3
                smartctl_device_attribute{device="sdc",attribute_id="197",attribute_value_type="value"} 100
                nvme_percentage_used_ratio{device="nvme0n1"} 0.93
                node_load1 0.5

                """.utf8))
        let facts = NodeRates.once(page)
        let health = Dictionary(uniqueKeysWithValues: facts.disks.map { ($0.device, $0.health) })
        #expect(health["sdb"]??.isPassed == false)
        #expect(health["sdb"]??.reallocatedSectors == 12)
        #expect(health["sdb"]??.celsius == 36, "the higher bytes are the least and the most")
        #expect(health["sdd"]??.celsius == nil, "seven digits do not hold it")
        #expect(health["sde"]??.celsius == 36)
        #expect(health["sdc"]??.pendingSectors == 3)
        #expect(health["nvme0n1"]??.wearUsed == 0.93)
        #expect(facts.load1 == 0.5)
    }
}

extension NodeRates {
    fileprivate static func once(_ page: NodePage) -> NodeFacts {
        var rates = NodeRates()
        return rates.take(page, at: Timestamp(seconds: 1e9), took: .zero)
    }
}
