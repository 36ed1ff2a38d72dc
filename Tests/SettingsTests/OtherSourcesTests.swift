import Estate
import Foundation
import Testing

@testable import Settings

@Suite("What is written reads back")
struct SettingsWriterTests {
    @Test("a written file reads back as the same settings")
    func roundTrip() throws {
        let settings = try SettingsReader.read(SampleFile.yaml, file: "p.yaml", folder: "/etc/pitboss")
        let written = SettingsWriter.yaml(settings)
        #expect(try SettingsReader.read(written, file: "w.yaml", folder: "/elsewhere") == settings)
        #expect(written.contains("# Failure domains"))
    }

    @Test("settings that were discovered read back, with what is not known as comments")
    func discovered() throws {
        let settings = PitbossSettings.discovered(
            etcd: [Endpoint(url: "http://127.0.0.1:2379")],
            scopes: [
                DiscoveredScope(
                    namespace: "/service/", scope: "wallet-db", members: [("pg-1", "10.0.0.1:5432"), ("pg-2", nil)]),
                DiscoveredScope(namespace: "/test/", scope: "wallet-db", members: [("pg-1", "10.0.0.1:5433")]),
            ])
        #expect(settings.groups.map(\.id.name) == ["wallet-db-service", "wallet-db-test"])
        #expect(settings.nodes.map(\.id.name) == ["10.0.0.1"])
        let written = SettingsWriter.yaml(settings)
        #expect(try SettingsReader.read(written, file: "w.yaml", folder: "/x") == settings)
        #expect(written.contains("# postgres:"))
    }

    @Test(
        "any text survives being written",
        arguments: ["true", "a b", "10", "x: y", "#x", "a\"b\\c", "ünï", "~", "-", "null", "/a/b-c", "1e3", "0x1f"])
    func scalars(_ text: String) throws {
        let settings = PitbossSettings(name: text)
        #expect(try SettingsReader.read(SettingsWriter.yaml(settings), file: "t", folder: "/").name == text)
    }

    @Test("control characters are written as escapes")
    func control() {
        #expect(SettingsWriter.scalar("a\u{7}\u{1b}b") == "\"a\\x07\\x1bb\"")
    }
}

@Suite("Starting from patronictl.yaml")
struct PatronictlReaderTests {
    private func read(_ yaml: String) throws(SettingsError) -> PitbossSettings {
        try PatronictlReader.read(yaml, file: "/etc/patroni/patronictl.yaml", folder: "/etc/patroni")
    }

    @Test("scope, hosts, TLS and the login, which stays in its file")
    func whole() throws {
        let settings = try read(
            """
            scope: wallet-db
            namespace: /service
            etcd3:
              hosts: [127.0.1.1:2379, db2]
              protocol: https
              cacert: ca.pem
              username: patroni
              password: etcd-secret
            restapi:
              authentication: {username: other, password: b}
            ctl:
              insecure: true
              authentication: {username: admin, password: hunter2}
            """)
        let patroni = try #require(settings.groups.first?.patroni)
        #expect(patroni.namespace == "/service/")
        #expect(patroni.etcd.map(\.url) == ["https://127.0.1.1:2379", "https://db2:2379"])
        #expect(patroni.etcd[0].tls?.caFile == "/etc/patroni/ca.pem")
        let file = "/etc/patroni/patronictl.yaml"
        #expect(patroni.etcd[0].password == .entry(file: file, keys: ["etcd3", "password"]))
        #expect(patroni.rest.username == "admin")
        #expect(patroni.rest.password == .entry(file: file, keys: ["ctl", "authentication", "password"]))
        #expect(patroni.rest.tls?.insecureSkipVerify == true)
        #expect(settings.etcd.map(\.name) == ["etcd"])
        #expect(!SettingsWriter.yaml(settings).contains("hunter2"))
        #expect(try SettingsReader.read(SettingsWriter.yaml(settings), file: "w", folder: "/x") == settings)
    }

    @Test(
        "hosts as Patroni allows them",
        arguments: [
            ("etcd3: {host: a:1}", ["http://a:1"]), ("etcd: {hosts: \"a:1, b:2\"}", ["http://a:1", "http://b:2"]),
            ("etcd3: {hosts: [\"[::1]:2379\"]}", ["http://[::1]:2379"]),
            ("etcd3: {url: \"https://h:2379\"}", ["https://h:2379"]),
        ])
    func hosts(_ line: String, _ urls: [String]) throws {
        let settings = try read("scope: s\n\(line)\n")
        #expect(settings.groups[0].patroni?.etcd.map(\.url) == urls)
    }

    @Test("what is missing, or kept elsewhere, is told at once")
    func missing() {
        for (yaml, count) in [("consul: {host: a}", 2), ("scope: s", 1), ("scope: s\netcd3: {}", 1), ("[]", 1)] {
            do throws(SettingsError) {
                _ = try read(yaml)
                Issue.record("accepted \(yaml)")
            } catch {
                guard case .mistakes(let list) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(list.count == count, "\(yaml)")
            }
        }
    }

    @Test("the secret is read where it is kept")
    func entry() throws {
        let process = ProcessInfo.processInfo.processIdentifier
        let path = FileManager.default.temporaryDirectory.path + "/pitboss-entry-\(process)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "ctl: {authentication: {password: hunter2}}".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try SecretEntry.read(file: path, keys: ["ctl", "authentication", "password"]) == "hunter2")
        #expect(throws: SettingsError.noEntry(file: path, keys: ["ctl", "x"], reason: "there is no key x")) {
            try SecretEntry.read(file: path, keys: ["ctl", "x"])
        }
    }
}

@Suite("Places and quantities")
struct PlacesTests {
    @Test("a named file is the only place; else the user's own, then the machine's")
    func places() throws {
        let locator = SettingsLocator(environment: ["HOME": "/home/a", "XDG_CONFIG_HOME": "relative"])
        #expect(locator.places(named: nil) == ["/home/a/.config/pitboss/pitboss.yaml", "/etc/pitboss/pitboss.yaml"])
        #expect(locator.places(named: "x.yaml") == ["x.yaml"])
        let named = SettingsLocator(environment: ["HOME": "/h", "PITBOSS_CONFIG": "/c.yaml"])
        #expect(named.places(named: nil) == ["/c.yaml"])
        #expect(named.places(named: "x.yaml") == ["x.yaml"])
        #expect(try named.find(named: nil) { _ in false } == "/c.yaml")
        let xdg = SettingsLocator(environment: ["HOME": "/h", "XDG_CONFIG_HOME": "/x"])
        #expect(try xdg.find(named: nil) { $0 == "/etc/pitboss/pitboss.yaml" } == "/etc/pitboss/pitboss.yaml")
        let places = ["/x/pitboss/pitboss.yaml", "/etc/pitboss/pitboss.yaml"]
        #expect(throws: SettingsError.notFound(searched: places)) { try xdg.find(named: nil) { _ in false } }
    }

    @Test(
        "lengths of time",
        arguments: [
            ("30s", 30.0), ("500ms", 0.5), ("1.5h", 5400), ("2d", 172_800), ("5m", 300), ("30", nil), ("s", nil),
            ("-1s", nil), ("1w", nil), ("9999999999999h", nil), ("", nil), ("1e3s", nil),
        ] as [(String, Double?)])
    func durations(_ text: String, _ seconds: Double?) {
        #expect(Quantity.duration(text)?.seconds == seconds)
        if let span = Quantity.duration(text) { #expect(Quantity.duration(Quantity.text(span)) == span) }
    }

    @Test(
        "amounts of bytes",
        arguments: [
            ("0B", 0), ("16MB", 16 << 20), ("1.5kB", 1536), ("1TB", 1 << 40), ("10", nil), ("99999999TB", nil),
            ("0.3B", 0), ("MB", nil),
        ] as [(String, Int64?)])
    func bytes(_ text: String, _ bytes: Int64?) {
        #expect(Quantity.bytes(text) == bytes)
        if let bytes { #expect(Quantity.bytes(Quantity.text(bytes: bytes)) == bytes) }
    }

    @Test("the nearest word, or none when nothing is near")
    func nearest() {
        let words = ["tier", "mode", "patroni"]
        #expect(Nearest.word(to: "teir", among: words) == "tier")
        #expect(Nearest.word(to: "patron", among: words) == "patroni")
        #expect(Nearest.word(to: "xyzxyz", among: words) == nil)
        #expect(Nearest.distance("teir", "tier") == 1)
        #expect(Nearest.distance("", "abc") == 3)
    }
}
