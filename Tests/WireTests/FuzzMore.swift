import Estate

@testable import Wire

/// What else comes from a peer.
enum FuzzMore {
    static let codecs: [Fuzz.Codec] = [
        Fuzz.Codec(
            name: "Patroni",
            fixtures: [
                "3.0/cluster", "3.0/cluster-failover", "3.0/config", "3.0/history", "3.0/patroni-ams",
                "3.0/patroni-dub-promoted", "4.1/cluster-paused", "4.1/cluster-stalled", "4.1/config-paused",
                "4.1/history", "4.1/patroni-primary", "4.1/patroni-stalled",
            ].map { "patroni-\($0).json" },
            read: { bytes, _ in
                _ = try? PatroniCluster(parsing: bytes)
                _ = try? PatroniNode(parsing: bytes)
                _ = try? PatroniMember(name: "m", parsing: bytes)
                _ = try? PatroniStatus(parsing: bytes)
                _ = try? PatroniConfig(parsing: bytes)
                _ = try? PatroniTimelineEnd.list(parsing: bytes)
                _ = PatroniSync(parsing: bytes)
                _ = PatroniFailoverRequest(parsing: bytes)
            }),
        Fuzz.Codec(
            name: "etcd ranges and watches",
            fixtures: [
                "range-3.4.json", "range-after-failover-3.4.json", "watch-failover-3.4.jsonl",
                "watch-compacted-3.4.jsonl",
            ].map { "etcd/\($0)" },
            read: { bytes, _ in
                _ = try? EtcdRange(parsing: bytes)
                _ = try? EtcdTransaction(parsing: bytes)
                _ = try? EtcdLease(parsing: bytes)
                _ = EtcdFault(parsing: bytes)
                _ = try? EtcdRequest.token(parsing: bytes)
                for line in bytes.split(separator: UInt8(ascii: "\n")) {
                    _ = try? EtcdWatchMessage(parsing: Array(line))
                }
            }),
        Fuzz.Codec(
            name: "the operators' register", fixtures: ["etcd/range-3.4.json", "exec/lines.jsonl"],
            read: { bytes, fuzz in
                let reason = String(decoding: bytes.prefix(200), as: UTF8.self)
                let facts = LeaseFacts(
                    action: "1", who: "ana@host", verb: "promote", target: "db/pg-1", reason: reason,
                    since: Timestamp(seconds: 1), until: Timestamp(seconds: 2))
                let whole = fuzz.spoil(RegisterRecord.lease(facts), [bytes])
                for text in [whole, bytes] {
                    _ = try? RegisterRecord.lease(parsing: text)
                    _ = try? RegisterRecord.offer(parsing: text)
                    _ = try? RegisterRecord.answer(parsing: text)
                    _ = try? RegisterRecord.anchor(parsing: text)
                }
            }),
        Fuzz.Codec(
            name: "node_exporter and SMART",
            fixtures: ["debian-1.5.0-host-1", "debian-1.5.0-host-2", "debian-1.5.0-raid"].map {
                "nodeexporter/\($0).prom"
            },
            read: { bytes, fuzz in
                let at = fuzz.below(bytes.count)
                let piece = Array(bytes[at..<min(bytes.count, at + 30_000)])
                _ = PrometheusPage(piece).samples.count
                _ = PrometheusPage(piece, format: .openMetrics).samples.count
            }),
        Fuzz.Codec(
            name: "Envoy", fixtures: ["clusters.json", "server_info.json", "stats.txt"].map { "envoy/\($0)" },
            read: { bytes, _ in
                _ = try? EnvoyCluster.list(bytes)
                _ = try? EnvoyServerInfo(bytes)
                _ = EnvoyBreakers.open(bytes)
            }),
        Fuzz.Codec(
            name: "health answers", fixtures: ["envoy/server_info.json", "patroni-3.0/patroni-ams.json"],
            read: { bytes, fuzz in
                let field = ["status", "state", "a.b.c", ""][fuzz.below(4)]
                _ = try? HealthAnswer(status: fuzz.below(600), bytes, field: field)
                _ = try? HealthAnswer(status: 200, bytes)
            }),
        Fuzz.Codec(
            name: "syslog", fixtures: ["haproxy/no-such-backend-2.6.txt", "redis-7.0/events-resp3.bin"],
            read: { bytes, _ in
                // What is sent, not what comes: whatever it is made of, one datagram within its limit comes out.
                let text = String(decoding: bytes, as: UTF8.self)
                _ = Escaped.text(text)
                _ = Escaped.text(bytes)
            }),
    ]
}
