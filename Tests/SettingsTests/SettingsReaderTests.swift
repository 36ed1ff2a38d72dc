import Estate
import Testing

@testable import Settings

@Suite("Reading pitboss.yaml")
struct SettingsReaderTests {
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

    @Test("every entry arrives as a value")
    func wholeFile() throws {
        let settings = try read(SampleFile.yaml)
        #expect(settings.name == "lab-bets")
        #expect(settings.sites == [SiteID("ams"), SiteID("lon")])
        #expect(settings.nodes[0].nodeExporter == Endpoint(url: "http://127.0.1.1:9100/metrics"))
        #expect(settings.nodes[1].addresses == ["127.0.2.1", "lon.example"])
        let wallet = try #require(settings.group(GroupID("wallet-db")))
        #expect(wallet.plan.rto == .seconds(30))
        #expect(wallet.plan.rpoBytes == 0)
        let patroni = try #require(wallet.patroni)
        #expect(patroni.namespace == "/service/")
        var tls = TLSOptions()
        tls.caFile = "/etc/pitboss/tls/ca.pem"
        tls.certificateFile = "/abs/cert.pem"
        tls.keyFile = "/etc/pitboss/tls/key.pem"
        let first = Endpoint(
            url: "https://127.0.1.1:2379", tls: tls, username: "pitboss", password: .environment("ETCD_PASSWORD"))
        #expect(patroni.etcd.first == first)
        #expect(patroni.etcd.count == 2)
        #expect(patroni.rest.password == .file("/etc/pitboss/secrets/patroni-rest"))
        #expect(patroni.postgres?.sslMode == .verifyFull)
        #expect(patroni.postgres?.sslRootCertificateFile == "/etc/pitboss/tls/root.pem")
        #expect(settings.group(GroupID("bet-api"))?.haproxy == HAProxySettings(backend: "bet_api", balancers: ["lb-1"]))
        #expect(settings.balancers[1].socket.url == "tcp://127.0.2.1:9999")
        #expect(settings.operate)
        #expect(settings.theme == "dark")
        #expect(settings.limits == Limits(clockOffset: .milliseconds(250)))
    }

    @Test("the platform holds the groups and the etcd clusters")
    func platform() throws {
        let platform = try read(SampleFile.yaml).platform
        #expect(platform.groups.map(\.id.name) == ["wallet-db", "bet-api", "etcd"])
        #expect(platform.groups.map(\.mode) == [.activePassive, .activeActive, .quorum])
        #expect(platform.groups.map(\.store) == [nil, nil, nil], "the group's etcd speaks TLS, the cluster's does not")
        var settings = try read(SampleFile.yaml)
        settings.etcd[0].endpoints.append(Endpoint(url: "https://127.0.2.1:2379"))
        #expect(settings.platform.groups.map(\.store) == [GroupID("etcd"), nil, nil])
        #expect(platform.node(at: "127.0.2.1:5432")?.id == NodeID("node-lon"))
        #expect(platform.node(at: "127.0.2.1:5432")?.site == SiteID("lon"))
    }

    @Test("all mistakes at once, each with its place, what was expected and the nearest")
    func allAtOnce() {
        let list = mistakes(
            """
            platform: p
            sits: [ams]
            nodes:
              - {name: n1, site: asm}
            groups:
              - name: db
                teir: critical
                mode: active-pasive
                rto: soon
                patroni: {scop: db, etcd: {endpoints: [127.0.0.1:2379]}}
              - name: web
                haproxy: {backend: w}
            """)
        let places = list.map { "\($0.line):\($0.column)" }
        #expect(places == ["1:1", "2:1", "4:22", "7:5", "8:11", "9:10", "10:14", "10:15", "10:44"])
        #expect(list[1].nearest == "sites")
        #expect(list[1].subject == "")
        #expect(list[2].subject == "nodes[0].site")
        #expect(list[3].nearest == "tier")
        #expect(list[4].nearest == "active-passive")
        #expect(list[5].expected == Quantity.durationExpected)
        #expect(list[6].problem == "scope is missing")
        #expect(list[7].nearest == "scope")
        #expect(list[8].nearest == "http://127.0.0.1:2379")
        #expect(list.contains { $0.problem == "balancers is missing" })
    }

    @Test("a mistake reads as file, line, column, problem, nearest and what was expected")
    func wording() {
        let text = mistakes("platform: p\ngroups: [{name: a, haproxy: {backend: x}, ter: critical}]\nbalancers: []\n")
            .map(\.description)
        let expected =
            "p.yaml:2:43: groups[0]: unknown key ter; did you mean tier? "
            + "Expected: name, tier, mode, rto, rpo, survives_site, backups, patroni, haproxy, sentinel, postgres, "
            + "paths, envoy, health, exec."
        #expect(text == [expected])
    }

    @Test(
        "a secret in plain text is refused with the remedy and never repeated",
        arguments: [
            "rest: {username: u, password: hunter2}",
            "rest: {username: u, password: [hunter2]}",
            "postgres: {username: u, password: \"hunter2\"}",
        ])
    func plaintext(_ entry: String) {
        let list = mistakes(
            "platform: p\ngroups: [{name: a, patroni: {scope: a, etcd: {endpoints: [\"http://h:1\"]}, \(entry)}}]")
        #expect(list.count == 1)
        #expect(list.first?.problem.contains("plain text") == true)
        #expect(list.first?.expected.contains("{file: PATH}") == true)
        #expect(list.allSatisfy { !$0.description.contains("hunter2") })
    }

    @Test("user and password in an address are refused and never repeated")
    func userinfo() {
        let list = mistakes("platform: p\netcd: [{name: e, endpoints: [\"http://u:hunter2@h:2379\"]}]")
        #expect(list.map(\.subject) == ["etcd[0].endpoints"])
        #expect(list.allSatisfy { !$0.description.contains("hunter2") })
    }

    @Test(
        "addresses that cannot work are mistakes",
        arguments: [
            "tcp://host", "tcp://:9999", "tcp://host:0", "tcp://host:99999", "unix://", "unix://relative", "http://h:1",
            "/run/a.sock", "tcp://a:b:1", "tcp://h h:1",
        ])
    func addresses(_ socket: String) {
        let list = mistakes(
            "platform: p\ngroups: [{name: a, haproxy: {backend: b}}]\nbalancers: [{name: l, socket: \"\(socket)\"}]")
        #expect(list.map(\.subject) == ["balancers[0].socket"])
    }

    @Test("an IPv6 address is an address")
    func addressesV6() throws {
        let settings = try read("platform: p\netcd: [{name: e, endpoints: [\"http://[::1]:2379\"]}]")
        #expect(settings.etcd[0].endpoints[0].url == "http://[::1]:2379")
    }

    @Test("names are there once, and names that refer are known")
    func names() {
        let list = mistakes(
            """
            platform: p
            nodes: [{name: n}, {name: n}]
            groups:
              - {name: a, haproxy: {backend: b, balancers: [lb-2]}}
              - {name: a, haproxy: {backend: b}}
            balancers: [{name: lb-1, node: m, socket: "unix:///s"}]
            etcd: [{name: a, endpoints: ["http://h:1"]}]
            """)
        #expect(list.map(\.line) == [2, 4, 5, 6, 7])
        #expect(list[1].nearest == "lb-1")
    }

    @Test(
        "what is no YAML, or nothing, is told with its place",
        arguments: [
            ("", 1), ("# nothing\n", 1), ("platform: [", 1), ("platform: p\nplatform: q\n", 1), ("- a\n- b\n", 1),
            ("platform: p\n\tx: 1\n", 2), ("just words", 1),
        ])
    func syntax(_ yaml: String, _ line: Int) {
        let list = mistakes(yaml)
        #expect(list.count == 1)
        #expect(list.first.map { $0.line >= line && $0.column >= 1 } == true)
    }

    @Test("control characters never reach the terminal")
    func control() {
        let list = mistakes("platform: p\n\"\\e[31mx\": 1\ngroups: []")
        #expect(list.count == 1)
        #expect(list.allSatisfy { !$0.description.unicodeScalars.contains { $0.value < 0x20 } })
    }

    @Test("REST alone is enough; neither etcd nor REST is not")
    func restAlone() throws {
        let settings = try read(
            "platform: p\ngroups: [{name: a, patroni: {scope: a, rest: {endpoints: [\"http://h:8008\"]}}}]")
        #expect(settings.groups[0].patroni?.rest.endpoints == ["http://h:8008"])
        #expect(mistakes("platform: p\ngroups: [{name: a, patroni: {scope: a}}]").count == 1)
    }

    @Test("a password without a user and a user without a password are mistakes")
    func pairs() {
        let entries = ["username: u", "password: {env: X}"]
        for entry in entries {
            let list = mistakes("platform: p\netcd: [{name: e, endpoints: [\"http://h:1\"], \(entry)}]")
            #expect(list.count == 1, "\(entry)")
        }
    }

    @Test("more mistakes than the limit are counted")
    func tooMany() {
        let many = (0..<(MistakeList.mistakesMax + 50)).map { "key\($0): 1" }.joined(separator: "\n")
        let list = mistakes("platform: p\ngroups: []\n" + many)
        #expect(list.count == MistakeList.mistakesMax + 1)
        #expect(list.last?.problem == "50 more mistakes are not listed")
    }
}
