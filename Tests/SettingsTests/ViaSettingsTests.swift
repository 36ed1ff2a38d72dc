import Estate
import Testing

@testable import Settings

@Suite struct ViaSettingsTests {
    private func read(_ yaml: String) throws(SettingsError) -> PitbossSettings {
        try SettingsReader.read(yaml, file: "p.yaml", folder: "/etc/pitboss")
    }

    private let everywhere = """
        platform: p
        via: {url: "ssh://ops@jump:2222", config: ssh/config}
        nodes:
          - {name: n, node_exporter: "http://n:9100/metrics"}
          - {name: m, node_exporter: {url: "http://m:9100/metrics", via: none}}
        balancers:
          - {name: lb-1, socket: "unix:///run/haproxy/admin.sock", via: "ssh://lb-1"}
          - {name: lb-2, socket: "tcp://10.0.2.1:9999"}
        groups:
          - name: db
            patroni:
              scope: db
              etcd: {endpoints: ["http://e:2379"]}
              postgres: {username: u, via: none}
          - name: cache
            sentinel:
              endpoints: ["tcp://s:26379"]
              via: "ssh://other"
              redis: {username: u, password: {env: P}}
          - name: plain
            postgres: {hosts: ["h:5432"], username: u, fence: [/sbin/fence, --now]}
          - {name: pool, haproxy: {backend: b}}
        etcd: [{name: e, endpoints: ["http://e:2379"]}]
        prometheus: [{name: main, url: "http://p:9090"}]
        alertmanager: [{name: main, url: "http://a:9093", via: none}]
        """

    @Test("what stands at the top holds for every endpoint that says nothing else")
    func standard() throws {
        let settings = try read(everywhere)
        let top = try #require(Bastion("ssh://ops@jump:2222", configFile: "/etc/pitboss/ssh/config"))
        #expect(settings.nodes.map { $0.nodeExporter?.via } == [top, nil])
        #expect(settings.balancers.map(\.socket.via?.url) == ["ssh://lb-1", "ssh://ops@jump:2222"])
        let patroni = try #require(settings.groups[0].patroni)
        #expect(patroni.etcd.first?.via == top)
        #expect(patroni.restEndpoint("http://x:8008").via == top)
        #expect(patroni.postgres?.endpoint("x:5432").via == nil)
        let sentinel = try #require(settings.groups[1].sentinel)
        #expect(sentinel.sentinel(at: "y:26379").via?.url == "ssh://other")
        #expect(sentinel.redis.endpoint("y:6379").via?.url == "ssh://other")
        #expect(settings.groups[2].streaming?.postgres.endpoint("h:5432").via == top)
        #expect(settings.groups[2].streaming?.fenceLabel == "fence")
        #expect(settings.etcd[0].endpoints[0].via == top)
        #expect(settings.prometheus[0].endpoint.via == top)
        #expect(settings.alertmanager[0].endpoint.via == nil)
        #expect(settings.bastions.map(\.url) == ["ssh://ops@jump:2222", "ssh://lb-1", "ssh://other"])
    }

    @Test("a written file reads back the same")
    func roundTrip() throws {
        let settings = try read(everywhere)
        #expect(try read(SettingsWriter.yaml(settings)) == settings)
    }

    @Test(
        "what could be taken for an option is refused, with its place",
        arguments: ["ssh://-oProxyCommand=id", "ssh://-x@jump", "ssh://jump;id", "ssh://u:secret@jump"])
    func hostile(_ text: String) {
        do {
            _ = try read("platform: p\nvia: \"\(text)\"\netcd: [{name: e, endpoints: [\"http://e:2379\"]}]\n")
            Issue.record("\(text) was read")
        } catch {
            #expect(error.description.contains("p.yaml:2:6: via: "), "\(error)")
            #expect(error.description.contains("is not the address of a bastion"))
        }
    }

    @Test("a forgotten scheme is named")
    func nearest() {
        do {
            _ = try read("platform: p\nvia: ops@jump\netcd: [{name: e, endpoints: [\"http://e:2379\"]}]\n")
            Issue.record("it was read")
        } catch {
            #expect(error.description.contains("did you mean ssh://ops@jump?"), "\(error)")
        }
    }
}
