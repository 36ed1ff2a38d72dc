import Foundation
import Testing

@testable import Wire

/// Nothing that a peer sends crashes, hangs or piles up. The same rounds every time; `scripts/fuzz` goes on for longer.
@Suite(.serialized) struct FuzzTests {
    static let roundsUsual = 4_000
    /// One answer, spoilt or not, is read within this.
    static let readSecondsMax = 2.0
    /// What may be held at the end beyond what was held at the start.
    static let growthBytesMax = 64 << 20

    static let codecs: [Fuzz.Codec] =
        [
            Fuzz.Codec(
                name: "RESP",
                fixtures: [
                    "events-resp3", "events-resp2", "sentinel-resp3-replicas", "sentinel-resp2-sentinels",
                    "redis-master-info-replication", "redis-replica-role", "sentinel-resp3-hello", "no-quorum-ckquorum",
                ].map { "redis-7.0/\($0).bin" },
                read: { bytes, fuzz in
                    var decoder = RESPDecoder()
                    var from = 0
                    while from < bytes.count {
                        let size = 1 + fuzz.below(bytes.count)
                        decoder.append(bytes[from..<min(bytes.count, from + size)])
                        from += size
                        while let value = try? decoder.next() {
                            _ = SentinelEvent(value)
                            _ = try? SentinelInstance.list(value)
                            _ = try? SentinelInstance.one(value)
                            _ = try? SentinelQuorum(value)
                            _ = (try? RedisInfo(value))?.records("slave")
                        }
                    }
                }),
            Fuzz.Codec(
                name: "Prometheus page", fixtures: ["etcd/metrics-3.4.prom"],
                read: { bytes, _ in
                    let page = PrometheusPage(
                        Array(bytes.prefix(20_000)), PrometheusFamilies(["etcd_server_has_leader"]))
                    _ = page.samples.count
                }),
            Fuzz.Codec(
                name: "etcd",
                fixtures: ["status-ams-3.4", "members-3.4", "status-noquorum-3.4"].map { "etcd/\($0).json" },
                read: { bytes, _ in
                    _ = try? EtcdStatus(parsing: bytes)
                    _ = try? EtcdMemberList(parsing: bytes)
                    _ = try? EtcdAlarm.list(parsing: bytes)
                }),
            Fuzz.Codec(
                name: "HAProxy",
                fixtures: ["show-stat-2.6.csv", "show-servers-state-2.6.txt", "show-info-2.6.txt"]
                    .map { "haproxy/\($0)" },
                read: { bytes, _ in
                    _ = try? HAProxyStatPage(bytes[...])
                    _ = try? HAProxyServerState.page(bytes[...])
                    _ = try? HAProxyInfo(bytes[...])
                }),
        ] + FuzzEstate.codecs + FuzzMore.codecs

    /// The one that `scripts/fuzz` wants, or all.
    static var wanted: [Fuzz.Codec] {
        let name = ProcessInfo.processInfo.environment["PITBOSS_FUZZ_ONLY"]
        return codecs.filter { name == nil || $0.name == name }
    }

    @Test(arguments: wanted) func bearsAnything(_ codec: Fuzz.Codec) throws {
        let fixtures = try codec.fixtures.map { try Fixture.bytes($0) }
        #expect(fixtures.allSatisfy { !$0.isEmpty })
        var fuzz = Fuzz(seed: 20_261_121)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Fuzz.secondsWanted)
        var (rounds, slowest) = (0, Duration.zero)
        let before = Fuzz.residentBytes
        while rounds < Self.roundsUsual || clock.now < end {
            let spoilt = fuzz.spoil(fixtures[rounds % fixtures.count], fixtures)
            slowest = max(slowest, clock.measure { codec.read(spoilt, &fuzz) })
            rounds += 1
        }
        #expect(slowest < .seconds(Self.readSecondsMax), "the slowest of \(rounds) took \(slowest)")
        let growth = Fuzz.residentBytes - before
        #expect(growth < Self.growthBytesMax, "after \(rounds) rounds it held \(growth) bytes more")
        if Fuzz.secondsWanted > 0 {
            FileHandle.standardError.write(
                Data("\(codec.name): \(rounds) rounds, slowest \(slowest), growth \(growth >> 10) kB\n".utf8))
        }
    }
}
