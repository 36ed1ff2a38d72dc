import Estate
import Testing

@testable import Settings

@Suite("Backups, paths and further observers")
struct ObserverSettingsTests {
    private func read(_ yaml: String) throws(SettingsError) -> PitbossSettings {
        try SettingsReader.read(yaml, file: "p.yaml", folder: "/etc/pitboss")
    }

    private func mistakes(_ yaml: String) -> [SettingsError.Mistake] {
        do throws(SettingsError) {
            _ = try read(yaml)
            return []
        } catch {
            if case .mistakes(let list) = error { return list }
            return []
        }
    }

    static let yaml = """
        platform: lab
        sites: [ams, lon]
        tiers:
          critical: {survives_site: true, backups: {full: 26h, any: 7h, restore_test: 30d}}
        exec: [{name: odds, command: [python3, odds.py], every: 2s}]
        groups:
          - name: wallet-db
            tier: critical
            backups:
              full: 50h
              pgbackrest:
                stanza: wallet
                command: [ssh, backup-1, pgbackrest]
                every: 30s
                archive_check: "off"
                repositories: [{key: 1, name: nas, site: ams}, {key: 2, off_site: true}]
                restore_test: {file: last-restore}
            patroni: {scope: wallet-db, etcd: {endpoints: ["http://127.0.0.1:2379"]}}
          - name: bet-db
            tier: critical
            survives_site: false
            backups: {required: false}
            patroni: {scope: bet-db, etcd: {endpoints: ["http://127.0.0.1:2379"]}}
          - name: ways-out
            tier: critical
            paths:
              every: 1s
              probes:
                - {name: transit-a, provider: telia, capacity: 1GB, tcp: "203.0.113.1:443"}
                - {name: shop, tls: shop.example}
                - {name: api, tls: {host: "api.example:8443", tls: {ca: ca.pem}}}
                - {name: names, dns: {name: shop.example, server: 10.0.0.2}}
                - {name: ping, icmp: 203.0.113.1}
                - {name: from-lon, blackbox: "http://10.0.0.9:9115/probe?target=x&module=tcp"}
          - {name: odds-feed, exec: odds}
          - {name: web, haproxy: {backend: web, frontends: [www], table: st, client_limit: 20}}
        balancers: [{name: lb-1, socket: "unix:///run/lb.sock"}]
        prometheus:
          - name: main
            url: "https://mimir.example/prometheus"
            token: {env: TOKEN}
            every: 10s
            window: 1m
            nodes: {selector: 'job="node"', label: host, unlisted: false}
            figures:
              - {name: bets per second, query: 'sum(rate(bets[1m]))', unit: /s, group: web, warn_below: 10, alarm_below: 1}
              - {name: logins, query: x, group: web, failed_logins: true}
        alertmanager:
          - name: main
            url: "http://am:9093"
            username: u
            password: {env: P}
            rules:
              - {match: {service: wallet*}, group: wallet-db}
              - {node_from: instance}

        """

    @Test("every entry arrives as a value")
    func whole() throws {
        let settings = try read(Self.yaml)
        let wallet = try #require(settings.group(GroupID("wallet-db")))
        #expect(wallet.plan.survivesSite)
        #expect(wallet.plan.backups?.fullAgeMax == .seconds(50 * 3600), "the group's own word counts")
        #expect(wallet.plan.backups?.restoreTestAgeMax == .seconds(30 * 86_400), "and its tier's where it says none")
        let tool = try #require(wallet.pgbackrest)
        #expect(tool.command == ["ssh", "backup-1", "pgbackrest"])
        #expect(tool.archiveEvery == nil)
        #expect(tool.repositories[1] == RepositorySettings(key: 2, isOffSite: true))
        #expect(tool.restoreTest == .file("/etc/pitboss/last-restore"))
        let bets = try #require(settings.group(GroupID("bet-db")))
        #expect(bets.plan.backups == nil)
        #expect(!bets.plan.survivesSite)
        let ways = try #require(settings.group(GroupID("ways-out")))
        #expect(ways.plan.backups == nil, "a way through the network has no data")
        #expect(ways.plan.survivesSite)
        let probes = try #require(ways.paths).probes
        #expect(probes.map(\.name) == ["transit-a", "shop", "api", "names", "ping", "from-lon"])
        #expect(probes[0].capacityBytesRate == 1_073_741_824)
        #expect(probes[1].kind == .tls(Endpoint(url: "tls://shop.example:443")))
        #expect(probes[3].kind == .dns(name: "shop.example", server: "10.0.0.2:53"))
        #expect(settings.group(GroupID("web"))?.haproxy?.clientLimitRate == 20)
        let prometheus = try #require(settings.prometheus.first)
        #expect(prometheus.endpoint.token == .environment("TOKEN"))
        #expect(prometheus.nodes?.label == "host")
        #expect(prometheus.figures[0].limits == FigureLimits(warnBelow: 10, alarmBelow: 1))
        #expect(prometheus.figures[1].isFailedLogins)
        #expect(settings.alertmanager[0].rules[0].match == ["service": "wallet*"])
        #expect(settings.exec == [ExecSettings("odds", command: ["python3", "odds.py"], every: .seconds(2))])
    }

    @Test("what is written reads back as the same")
    func roundTrip() throws {
        let settings = try read(Self.yaml)
        let text = SettingsWriter.yaml(settings)
        do throws(SettingsError) {
            #expect(try read(text) == settings)
        } catch {
            Issue.record("\(error)\n\(text)")
        }
    }

    @Test("all mistakes at once, each with its place and the nearest key")
    func wrong() throws {
        let list = mistakes(
            """
            platform: p
            tiers: {criticl: {}}
            exec: [{name: x, command: "a b"}]
            groups:
              - name: a
                backups: {ful: 3h, any: 100h, pgbackrest: {command: [], repositories: [{site: ams}]}}
                patroni: {scope: a, etcd: {endpoints: ["http://h:1"]}}
              - {name: b, exec: y, paths: {}}
              - {name: c, paths: {probes: [{name: p}, {name: q, tcp: h, icmp: h}, {name: r, tcp: h}]}}
            prometheus:
              - {name: m, url: "ftp://x", figures: [{name: f, group: nn}], token: plain}
            alertmanager: [{name: m, url: "http://h:9093", rules: [{match: {a: b}}]}]
            """)
        func has(_ words: String...) -> Bool {
            list.contains { mistake in words.allSatisfy { "\(mistake)".contains($0) } }
        }
        #expect(list.contains { $0.line == 2 && $0.nearest == "critical" })
        #expect(has("exec[0].command", "no shell"))
        #expect(list.contains { $0.subject.hasSuffix("backups") && $0.nearest == "full" })
        #expect(has("any", "would never count"))
        #expect(has("stanza is missing"))
        #expect(has("key is missing"))
        #expect(has("paths and exec both keep"))
        #expect(has("nothing says how it is probed"))
        #expect(has("more than one way"))
        #expect(has("tcp", "host:port"))
        #expect(has("ftp"))
        #expect(has("query is missing"))
        #expect(has("groups has no nn"))
        #expect(has("plain text"))
        #expect(has("group is missing", "group_from"))
    }
}
