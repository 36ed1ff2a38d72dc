import Estate
import Settings
import Testing
import Transport

@testable import Feeds

@Suite struct PostgresAddressTests {
    private func parameters(_ endpoint: Endpoint, _ addresses: [String] = ["10.0.0.1"]) throws -> [String: String] {
        let address = try PostgresAddress(endpoint)
        let list = address.parameters(addresses: addresses) { _ in "geheim" }
        #expect(Set(list.map(\.keyword)).count == list.count)
        return Dictionary(uniqueKeysWithValues: list.map { ($0.keyword, $0.value) })
    }

    @Test func plain() throws {
        let made = try parameters(
            Endpoint(
                url: "postgres://db-1:5433/stats", username: "watcher", password: .environment("X")))
        #expect(made["host"] == "db-1")
        #expect(made["hostaddr"] == "10.0.0.1")
        #expect(made["port"] == "5433")
        #expect(made["dbname"] == "stats")
        #expect(made["user"] == "watcher")
        #expect(made["password"] == "geheim")
        #expect(made["sslmode"] == nil)
        #expect(made["gssencmode"] == "disable")
        #expect(made["options"]?.contains("default_transaction_read_only=on") == true)
    }

    @Test func defaults() throws {
        let made = try parameters(Endpoint(url: "postgresql://[::1]"), ["::1", "127.0.0.1"])
        #expect(made["host"] == "::1,::1")
        #expect(made["hostaddr"] == "::1,127.0.0.1")
        #expect(made["port"] == "5432")
        #expect(made["dbname"] == "postgres")
        #expect(made["password"] == nil)
        #expect(try PostgresAddress(Endpoint(url: "postgres://[fe80::1]:6000/x")).port == 6000)
    }

    @Test func tlsOfSettingsAndAddress() throws {
        var tls = TLSOptions()
        tls.caFile = "/ca.pem"
        #expect(try parameters(Endpoint(url: "postgres://h", tls: tls))["sslmode"] == "verify-full")
        #expect(try parameters(Endpoint(url: "postgres://h", tls: tls))["sslrootcert"] == "/ca.pem")
        tls.insecureSkipVerify = true
        #expect(try parameters(Endpoint(url: "postgres://h", tls: tls))["sslmode"] == "require")
        let asked = try parameters(Endpoint(url: "postgres://h?sslmode=verify-ca&sslrootcert=/b.pem", tls: tls))
        #expect(asked["sslmode"] == "verify-ca")
        #expect(asked["sslrootcert"] == "/b.pem")
    }

    @Test func fromSettings() throws {
        var settings = PostgresSettings(
            username: "watcher", database: "a b/c?d&e", password: .file("/s"), sslMode: .verifyFull)
        settings.sslRootCertificateFile = "/with space/ü.pem"
        let made = try parameters(PostgresFeed.endpoint(host: "fd00::1", port: 5432, settings))
        #expect(made["host"] == "fd00::1")
        #expect(made["dbname"] == "a b/c?d&e")
        #expect(made["sslmode"] == "verify-full")
        #expect(made["sslrootcert"] == "/with space/ü.pem")
        #expect(made["user"] == "watcher")
        #expect(made["password"] == "geheim")
    }
}
