import Foundation

extension LabKind {
    public static let prometheus = LabKind(rawValue: "prometheus")
    public static let alertmanager = LabKind(rawValue: "alertmanager")
    public static let blackbox = LabKind(rawValue: "blackbox")
}

extension LabPort {
    public static let prometheus = LabPort(rawValue: "prometheus")
    public static let alertmanager = LabPort(rawValue: "alertmanager")
    public static let blackbox = LabPort(rawValue: "blackbox")
}

/// Prometheus that scrapes the lab's hosts, Alertmanager behind it, and a blackbox_exporter that probes from London.
struct MetricsExtra: LabExtra {
    let name = "metrics"
    let kinds: [LabKind] = [.prometheus, .alertmanager, .blackbox]

    var programs: [(path: String, package: String)] {
        [
            ("/usr/bin/prometheus", "prometheus"), ("/usr/bin/prometheus-alertmanager", "prometheus-alertmanager"),
            ("/usr/bin/prometheus-blackbox-exporter", "prometheus-blackbox-exporter"),
        ]
    }

    func members(_ plan: LabPlan) -> [LabMember] {
        [
            plan.make("prometheus", .prometheus, "ams", [.prometheus: 9090]),
            plan.make("alertmanager", .alertmanager, "ams", [.alertmanager: 9093]),
            plan.make("blackbox", .blackbox, "lon", [.blackbox: 9115]),
        ]
    }

    func folders(_ member: LabMember) -> [String] { ["data"] }

    func command(_ member: LabMember, _ recipes: Recipes) -> [String] {
        let home = recipes.paths.home(member)
        switch member.kind {
        case .prometheus:
            return [
                "/usr/bin/prometheus", "--config.file=\(home)/prometheus.yml", "--storage.tsdb.path=\(home)/data",
                "--storage.tsdb.retention.time=1d", "--log.level=warn",
                "--web.listen-address=\(member.address):\(member.port(.prometheus))",
            ]
        case .alertmanager:
            return [
                "/usr/bin/prometheus-alertmanager", "--config.file=\(home)/alertmanager.yml",
                "--storage.path=\(home)/data", "--cluster.listen-address=", "--log.level=warn",
                "--web.listen-address=\(member.address):\(member.port(.alertmanager))",
            ]
        default:
            return [
                "/usr/bin/prometheus-blackbox-exporter", "--config.file=\(home)/blackbox.yml", "--log.level=warn",
                "--web.listen-address=\(member.address):\(member.port(.blackbox))",
            ]
        }
    }

    func files(_ member: LabMember, _ recipes: Recipes) -> [LabFile] {
        switch member.kind {
        case .prometheus:
            return [
                LabFile(name: "prometheus.yml", text: prometheus(member, recipes)),
                LabFile(name: "rules.yml", text: Self.rules),
            ]
        case .alertmanager: return [LabFile(name: "alertmanager.yml", text: Self.routes)]
        default: return [LabFile(name: "blackbox.yml", text: Self.modules)]
        }
    }

    private func prometheus(_ member: LabMember, _ recipes: Recipes) -> String {
        let plan = recipes.plan
        let hosts = plan.kind(.exporter).map { "\"\($0.address):\($0.port(.metrics))\"" }.joined(separator: ", ")
        let alerts = plan.kind(.alertmanager).map { "\"\($0.address):\($0.port(.alertmanager))\"" }
            .joined(separator: ", ")
        return """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            alerting: {alertmanagers: [{static_configs: [{targets: [\(alerts)]}]}]}
            scrape_configs:
              - job_name: node
                static_configs: [{targets: [\(hosts)]}]
              - job_name: prometheus
                static_configs: [{targets: ["\(member.address):\(member.port(.prometheus))"]}]

            """
    }

    private static let rules = """
        groups:
          - name: lab
            rules:
              - alert: HostNotScraped
                expr: up{job="node"} == 0
                labels: {severity: critical, service: wallet-db}
                annotations: {summary: "{{ $labels.instance }} cannot be scraped"}
              - alert: HostBusy
                expr: node_load1 > 3 * count by (instance) (node_cpu_seconds_total{mode="idle"})
                labels: {severity: warning}
                annotations: {summary: "load {{ $value }} on {{ $labels.instance }}"}

        """

    private static let routes = """
        route: {receiver: none, group_wait: 1s, group_interval: 5s}
        receivers: [{name: none}]

        """

    private static let modules = """
        modules:
          tcp: {prober: tcp, timeout: 2s}
          http: {prober: http, timeout: 2s}

        """

    func configuration(_ recipes: Recipes) -> [LabFragment] {
        let plan = recipes.plan
        func url(_ kind: LabKind, _ port: LabPort) -> String {
            plan.kind(kind).first.map { "http://\($0.address):\($0.port(port))" } ?? ""
        }
        let balancers = plan.kind(.haproxy)
        let doors = balancers.map { member in
            """
                - name: way-\(member.site)
                  provider: \(member.site == "ams" ? "transit-a" : "transit-b")
                  tcp: "\(member.address):\(member.port(.betAPI))"
            """
        }
        let far = balancers.first.map {
            """
                - name: seen-from-lon
                  provider: exchange
                  blackbox: "\(url(.blackbox, .blackbox))/probe?module=tcp&target=\($0.address):\($0.port(.betAPI))"
            """
        }
        return [
            .items(
                of: "groups",
                """
                - name: ways-in
                  tier: standard
                  paths:
                    every: 1s
                    probes:
                \(Self.indented(doors + (far.map { [$0] } ?? [])))
                """),
            .items(
                of: "prometheus",
                """
                - name: metrics
                  url: \(url(.prometheus, .prometheus))
                  every: 5s
                  window: 10s
                  nodes: true
                  figures:
                    - {name: hosts scraped, query: 'sum(up{job="node"})', alarm_below: 2, warn_below: 3, group: bet-api}
                    - {name: samples, query: 'sum(rate(prometheus_tsdb_head_samples_appended_total[10s]))', unit: /s}
                """),
            .items(
                of: "alertmanager",
                """
                - name: alerts
                  url: \(url(.alertmanager, .alertmanager))
                  every: 1s
                  rules: [{match: {service: wallet-db}, group: wallet-db}, {node_from: instance}]
                """),
        ]
    }

    private static func indented(_ blocks: [String]) -> String {
        blocks.flatMap { $0.split(separator: "\n") }.map { "  " + $0 }.joined(separator: "\n")
    }

    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding {
        let (port, path): (LabPort, String) =
            switch member.kind {
            case .prometheus: (.prometheus, "/-/ready")
            case .alertmanager: (.alertmanager, "/-/ready")
            default: (.blackbox, "/-/healthy")
            }
        return probe.page(member, port, path)
    }
}
