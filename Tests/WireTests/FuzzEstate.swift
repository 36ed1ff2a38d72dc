@testable import Wire

/// What observes the rest of the estate.
enum FuzzEstate {
    static let codecs: [Fuzz.Codec] = [
        Fuzz.Codec(
            name: "pgBackRest",
            fixtures: ["info", "info-repo-gone", "info-repo-unreadable", "info-running", "archive"]
                .map { "pgbackrest/\($0)-2.45.json" },
            read: { bytes, _ in
                _ = try? PgBackRestStanza.stanzas(bytes)
                _ = (try? PgBackRestArchiveListing(bytes))?.missing(since: "000000010000000000000002")
            }),
        Fuzz.Codec(
            name: "Prometheus answer",
            fixtures: ["gauges", "cpu", "files", "range", "scalar", "bad-query"].map { "prometheus/\($0)-2.42.json" },
            read: { bytes, fuzz in
                var answer = PrometheusAnswer()
                var from = 0
                while from < bytes.count {
                    let size = 1 + fuzz.below(bytes.count)
                    let piece = bytes[from..<min(bytes.count, from + size)]
                    from += size
                    let isOver =
                        (try? answer.feed(piece) { element in
                            _ = try? PrometheusResult(element: element, wanted: [Array("instance".utf8)])
                            _ = try? PrometheusSeries(element: element)
                        }) == nil
                    if isOver { break }
                }
                _ = try? answer.finish(status: 200)
            }),
        Fuzz.Codec(
            name: "Alertmanager",
            fixtures: ["alerts", "alerts-silenced", "silences"].map { "alertmanager/\($0)-0.25.json" },
            read: { bytes, _ in
                _ = try? AlertmanagerAlert.list(bytes)
                _ = try? AlertmanagerSilence.list(bytes)
            }),
        Fuzz.Codec(
            name: "HAProxy's tables and certificates",
            fixtures: ["show-table", "show-table-www", "show-ssl-cert", "show-ssl-cert-one"]
                .map { "haproxy/\($0)-2.6.txt" },
            read: { bytes, _ in
                _ = HAProxyTableHead.list(bytes)
                _ = HAProxyTable(bytes)
                _ = HAProxyCertificate(bytes)
                _ = HAProxyCertificate.files(bytes)
            }),
        Fuzz.Codec(
            name: "a program's lines", fixtures: ["exec/lines.jsonl"],
            read: { bytes, _ in
                for line in bytes.split(separator: UInt8(ascii: "\n")) { _ = try? ExecLine(Array(line)) }
            }),
        Fuzz.Codec(
            name: "blackbox_exporter", fixtures: ["blackbox/tcp-0.23.prom"],
            read: { bytes, _ in
                _ =
                    PrometheusPage(bytes, PrometheusFamilies(["probe_success", "probe_duration_seconds"])).samples.count
            }),
    ]
}
