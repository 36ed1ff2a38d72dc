import Estate
import PitbossTestKit
import Settings
import Testing
import Wire

@testable import Feeds

@Suite(.timeLimit(.minutes(5))) struct SentinelFeedTests {
    static let group = GroupID("session-cache")
    static let names = PlaceNames.cache(Platform(name: "test"))

    static func sentinelCase(_ name: String, isRESP3: Bool) -> FeedCase {
        FeedCase(
            name,
            makePeer: { RedisPeer.sentinel(isRESP3: isRESP3) },
            makeFeed: { peer, pace in
                SentinelFeed(
                    group: group, master: "session-cache",
                    at: Endpoint(url: "tcp://127.0.0.1:\(peer.server.port)"), names: names, pace: pace)
            },
            isValue: { update in
                guard case .group(_, let facts) = update.body else { return false }
                return facts.leader == Known(RedisPeer.master) && facts.quorum?.votersHealthy == 3
            },
            isHostileValue: { update in
                guard case .member(let id, _) = update.body else { return false }
                return id.name == RedisPeer.hostileName + ":6379"
            })
    }

    static let redis = FeedCase(
        "Redis server",
        makePeer: { RedisPeer.leader() },
        makeFeed: { peer, pace in
            RedisFeed(
                MemberID(group, "cache-1"), address: RedisPeer.master,
                at: Endpoint(url: "tcp://127.0.0.1:\(peer.server.port)"), names: names, pace: pace)
        },
        isValue: { update in
            guard case .member(let id, let facts) = update.body else { return false }
            return id.name == "cache-1" && facts.replication?.writtenLSN == LSN(35_587)
        },
        isHostileValue: { update in
            guard case .member(_, let facts) = update.body else { return false }
            return facts.replication?.senders.contains { $0.application.hasPrefix("evil\u{1B}") } == true
        })

    static let cases = [
        sentinelCase("Sentinel, RESP3", isRESP3: true), sentinelCase("Sentinel, RESP2", isRESP3: false), redis,
    ]

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

    /// What is pushed is read at once: no time passes on the clock.
    @Test func eventBringsANewReadingAtOnce() async throws {
        let peer = RedisPeer.sentinel()
        try peer.server.start()
        defer { peer.server.stop() }
        let (sink, clock) = (RecordingSink(), SteppedClock())
        let feed = SentinelFeed(
            group: Self.group, master: "session-cache", at: Endpoint(url: "tcp://127.0.0.1:\(peer.server.port)"),
            names: Self.names)
        let task = Task { await feed.run(into: sink, clock: clock) }
        try await sink.wait { if case .group = $0.body { true } else { false } }
        try await clock.waitForSleeper(within: .seconds(2))
        let mark = sink.mark
        for (word, name) in [("MASTER", "master"), ("REPLICAS", "replicas"), ("CKQUORUM", "ckquorum")] {
            peer.say("SENTINEL \(word) session-cache", try Recorded.bytes("redis-7.0/after-failover-\(name).bin"))
        }
        peer.push(try Recorded.bytes("redis-7.0/events-resp3.bin"))
        try await sink.wait(from: mark) { update in
            guard case .group(_, let facts) = update.body else { return false }
            return facts.leader == Known("127.42.1.1:6379")
        }
        task.cancel()
        await task.value
    }
}

@Suite struct SentinelViewTests {
    static let group = GroupID("session-cache")

    private func values(_ file: String) throws -> RESPValue {
        var decoder = RESPDecoder()
        decoder.append(try Recorded.bytes("redis-7.0/\(file).bin"))
        return try #require(try decoder.next())
    }

    private func round(_ tag: String) throws -> [Update.Body] {
        var view = SentinelView(
            group: Self.group, door: "127.42.3.1:26379",
            names: PlaceNames.cache(
                Platform(
                    name: "t",
                    nodes: [
                        Node(NodeID("node-ams"), addresses: ["127.42.1.1"]),
                        Node(NodeID("node-lon"), addresses: ["127.42.2.1"]),
                    ])))
        let reading = try SentinelReading([
            values("\(tag)-master"), values("\(tag)-replicas"), values("\(tag)-sentinels"), values("\(tag)-ckquorum"),
            values("sentinel-resp3-info"),
        ])
        return view.round(reading)
    }

    private func member(_ name: String, _ bodies: [Update.Body]) -> MemberFacts? {
        for case .member(let id, let facts) in bodies where id.name == name { return facts }
        return nil
    }

    private func group(_ bodies: [Update.Body]) -> GroupFacts? {
        for case .group(_, let facts) in bodies { return facts }
        return nil
    }

    @Test func nodesGiveTheNamesAndTheSentinelSaysHowToReachIt() throws {
        let bodies = try round("after-failover")
        let facts = try #require(group(bodies))
        #expect(facts.leader == Known("node-ams"))
        #expect(facts.roster == ["127.42.3.1:6379", "node-ams", "node-lon"])
        #expect(facts.quorum == GroupQuorum(votersTotal: 3, votersHealthy: 3, hasLeader: true))
        #expect(facts.notes[GroupFacts.noteDoor] == "127.42.3.1:26379")
        #expect(facts.notes[GroupFacts.noteRegisteredAs] == "session-cache")
        #expect(member("127.42.3.1:6379", bodies)?.replication?.upstream == "node-ams")
    }

    @Test func deadOnesAreFailedInOurWords() throws {
        let down = try round("sdown")
        #expect(member("node-lon", down)?.state == .failed)
        #expect(member("node-lon", down)?.stateDetail == "down: enough of those who watch agree")
        let after = try round("after-failover")
        #expect(member("node-lon", after)?.stateDetail == "does not answer")
        #expect(member("node-lon", after)?.replication == nil, "what it last said of its link is old")
    }

    @Test func lostQuorumIsSaidWithTheCount() throws {
        let facts = try #require(group(try round("no-quorum")))
        #expect(facts.quorum == GroupQuorum(votersTotal: 3, votersHealthy: 1, hasLeader: false))
        #expect(facts.notes["watchersOut"] == "127.42.1.1:26379, 127.42.2.1:26379")
    }

    @Test func replicaTellsItsOffsetsAndRank() throws {
        let view = RedisView(
            MemberID(Self.group, "r"), address: "127.42.1.1:6379", names: PlaceNames.cache(Platform(name: "t")))
        let facts = try view.facts(try RedisInfo(values("redis-replica-info-replication")), at: .zero)
        #expect(facts.role == .replica)
        #expect(facts.replication?.inRecovery == true)
        #expect(facts.replication?.receivedLSN == LSN(36_147))
        #expect(facts.replication?.upstream == "127.42.2.1:6379")
        #expect(facts.replication?.streaming == true)
        #expect(facts.tags?.failoverPriority == 100)
    }

    @Test func aLeaderTellsItsRankWhenItIsAskedForIt() throws {
        var view = RedisView(
            MemberID(Self.group, "m"), address: RedisPeer.master, names: PlaceNames.cache(Platform(name: "t")))
        let info = try RedisInfo(values("redis-master-info-replication"))
        view.learn(rank: try values("redis-refusal-noauth-config"))
        #expect(try view.facts(info, at: .zero).tags == nil, "one that may not be asked")
        view.learn(rank: try values("redis-master-priority"))
        #expect(try view.facts(info, at: .zero).tags?.failoverPriority == 100)
    }

    @Test func anotherRunIsAnEvent() throws {
        var view = RedisView(MemberID(Self.group, "r"), address: "a:1", names: PlaceNames.cache(Platform(name: "t")))
        func info(_ text: String) throws -> RedisInfo { try RedisInfo(.bulk(Array(text.utf8))) }
        let (clients, memory) = (try info("connected_clients:3"), try info("used_memory:9"))
        #expect(view.learn(server: try info("run_id:a"), clients: clients, memory: memory, at: .zero) == nil)
        #expect(view.learn(server: try info("run_id:a"), clients: clients, memory: memory, at: .zero) == nil)
        let event = view.learn(server: try info("run_id:b"), clients: clients, memory: memory, at: .zero)
        #expect(event?.text == "r was started anew")
    }
}
