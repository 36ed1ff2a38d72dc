import Testing

@testable import Wire

@Suite struct RESPTests {
    private func decode(_ text: String, _ limits: RESPDecoder.Limits = .init()) throws -> [RESPValue] {
        var decoder = RESPDecoder(limits)
        decoder.append(Array(text.utf8))
        var all: [RESPValue] = []
        while let value = try decoder.next() { all.append(value) }
        return all
    }

    @Test func everyKindIsRead() throws {
        let values = try decode(
            "+OK\r\n-ERR no\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n*2\r\n:1\r\n*0\r\n%1\r\n+k\r\n:2\r\n~1\r\n#t\r\n"
                + ">2\r\n+pmessage\r\n_\r\n,1.5\r\n,inf\r\n(123456789012345678901234567890\r\n"
                + "=7\r\ntxt:a:b\r\n!3\r\nbad\r\n*-1\r\n")
        #expect(
            values == [
                .simple("OK"), .error("ERR no"), .integer(-7), .bulk([0x61, 0x0D, 0x0A]), .null,
                .array([.integer(1), .array([])]), .map([.simple("k"), .integer(2)]), .array([.boolean(true)]),
                .push([.simple("pmessage"), .null]), .double(1.5), .double(.infinity),
                .bulk(Array("123456789012345678901234567890".utf8)), .bulk(Array("a:b".utf8)), .error("bad"), .null,
            ])
    }

    @Test func attributesAreAboutTheNextValueAndAreLetGo() throws {
        #expect(try decode("|1\r\n+ttl\r\n:3\r\n*2\r\n|0\r\n:1\r\n:2\r\n") == [.array([.integer(1), .integer(2)])])
    }

    @Test(arguments: [
        "$5\r\nabcdefg\r\n", "*x\r\n", "hello\r\n", "+OK\n", "\r\n", "$-2\r\n", "*-2\r\n", "#x\r\n", "=2\r\nab\r\n",
        "*1000000\r\n", "$99999999999\r\n", ":12345678901234567890123\r\n", "%9223372036854775807\r\n", ",1e\r\n",
    ])
    func nonsenseIsRefusedAndStaysRefused(_ text: String) throws {
        var decoder = RESPDecoder()
        decoder.append(Array(text.utf8))
        #expect(throws: WireError.self) { try decoder.next() }
        decoder.append(Array("+OK\r\n".utf8))
        #expect(throws: WireError.self) { try decoder.next() }
        #expect(decoder.bytesHeld == 0)
    }

    @Test func depthAndLengthsAreBounded() throws {
        #expect(throws: WireError.self) { try decode(String(repeating: "*1\r\n", count: 17)) }
        #expect(try decode(String(repeating: "*1\r\n", count: 15) + ":1\r\n").count == 1)
        var limits = RESPDecoder.Limits()
        limits.lineBytesMax = 8
        limits.valueBytesMax = 40
        #expect(throws: WireError.self) { try decode("+123456789", limits) }
        #expect(throws: WireError.self) { try decode("*9\r\n" + String(repeating: "$4\r\nabcd\r\n", count: 9), limits) }
    }

    /// However the bytes are cut, the values are the same.
    @Test(arguments: ["events-resp3", "events-resp2", "sentinel-resp3-replicas", "redis-master-info-replication"])
    func cutsDoNotMatter(_ file: String) throws {
        let bytes = try Fixture.bytes("redis-7.0/\(file).bin")
        var whole = RESPDecoder()
        whole.append(bytes)
        var expected: [RESPValue] = []
        while let value = try whole.next() { expected.append(value) }
        #expect(!expected.isEmpty)
        for size in [1, 2, 3, 7, 64] {
            var decoder = RESPDecoder()
            var all: [RESPValue] = []
            var from = 0
            while from < bytes.count {
                decoder.append(bytes[from..<min(from + size, bytes.count)])
                from += size
                while let value = try decoder.next() { all.append(value) }
            }
            #expect(all == expected)
            #expect(decoder.bytesHeld == 0)
        }
    }

    @Test func sentinelsRecordsAreReadInBothVersions() throws {
        for version in ["resp2", "resp3"] {
            let replicas = try SentinelInstance.list(try value("sentinel-\(version)-replicas"))
            #expect(Set(replicas.compactMap(\.address)) == ["127.42.1.1:6379", "127.42.3.1:6379"])
            #expect(replicas.allSatisfy { $0.flags == ["slave"] && $0.number("slave-priority") == 100 })
            #expect(try SentinelQuorum(value("sentinel-\(version)-ckquorum")).usable == 3)
            #expect(throws: WireError.self) { try SentinelInstance.one(try value("sentinel-\(version)-nosuch")) }
        }
        let lost = try SentinelQuorum(value("no-quorum-ckquorum"))
        #expect(!lost.isReached)
        #expect(lost.usable == 1)
    }

    @Test func eventsOfAFailoverAreTold() throws {
        for version in ["resp2", "resp3"] {
            var decoder = RESPDecoder()
            decoder.append(try Fixture.bytes("redis-7.0/events-\(version).bin"))
            var events: [SentinelEvent] = []
            while let value = try decoder.next() { if let event = SentinelEvent(value) { events.append(event) } }
            let switched = try #require(events.first { $0.channel == "+switch-master" })
            #expect(switched.master == "session-cache")
            #expect(switched.address == "127.42.1.1:6379")
            let dead = try #require(events.first { $0.channel == "+sdown" && $0.kind == "slave" })
            #expect(dead.master == "session-cache")
            #expect(dead.address == "127.42.2.1:6379")
        }
    }

    private func value(_ file: String) throws -> RESPValue {
        var decoder = RESPDecoder()
        decoder.append(try Fixture.bytes("redis-7.0/\(file).bin"))
        return try #require(try decoder.next())
    }
}
