import Estate
import Foundation
import PitbossTestKit
import Settings
import Testing

@testable import Feeds
@testable import Transport

/// A real etcd with TLS, client certificates and users, on loopback.
final class SecuredEtcd {
    let folder: String
    let url: String
    private let process: RealProgram

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("etcd-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try SecuredEtcd.certificates(in: folder)
        // A free port, found by binding one and letting it go.
        let (one, two) = (FakeServer { _, _ in }, FakeServer { _, _ in })
        try one.start()
        try two.start()
        let (client, peer) = (one.port, two.port)
        one.stop()
        two.stop()
        url = "https://127.0.0.1:\(client)"
        process = try RealProgram([
            "/usr/bin/etcd", "--name", "e1", "--data-dir", folder + "/data", "--listen-client-urls", url,
            "--advertise-client-urls", url, "--listen-peer-urls", "http://127.0.0.1:\(peer)",
            "--initial-advertise-peer-urls", "http://127.0.0.1:\(peer)", "--initial-cluster",
            "e1=http://127.0.0.1:\(peer)", "--cert-file", folder + "/server.pem", "--key-file",
            folder + "/server.key", "--client-cert-auth", "--trusted-ca-file", folder + "/ca.pem",
        ])
    }

    func stop() {
        process.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var tls: TLSOptions {
        var options = TLSOptions()
        options.caFile = folder + "/ca.pem"
        options.certificateFile = folder + "/client.pem"
        options.keyFile = folder + "/client.key"
        return options
    }

    var endpoint: Endpoint { Endpoint(url: url, tls: tls) }

    private static func certificates(in folder: String) throws {
        func openssl(_ arguments: String...) throws { try RealProgram.run(["/usr/bin/openssl"] + arguments) }
        func authority(_ name: String) throws {
            try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem")
        }
        func leaf(_ name: String, san: String, by authority: String = "ca") throws {
            let extensions = "\(folder)/\(name).ext"
            try Data("subjectAltName=\(san)\nextendedKeyUsage=serverAuth,clientAuth\n".utf8)
                .write(to: URL(fileURLWithPath: extensions))
            try openssl(
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/O=\(name)",
                "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).csr")
            try openssl(
                "x509", "-req", "-in", "\(folder)/\(name).csr", "-CA", "\(folder)/\(authority).pem", "-CAkey",
                "\(folder)/\(authority).key", "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out",
                "\(folder)/\(name).pem")
        }
        try authority("ca")
        try authority("stranger")
        try leaf("server", san: "IP:127.0.0.1,DNS:etcd.example")
        try leaf("client", san: "DNS:client.example")
    }

    /// Asks etcd's own client, as an administrator would.
    func ctl(_ arguments: String...) throws {
        try RealProgram.run(
            [
                "/usr/bin/env", "ETCDCTL_API=3", "/usr/bin/etcdctl", "--endpoints", url, "--cacert", folder + "/ca.pem",
                "--cert",
                folder + "/client.pem", "--key", folder + "/client.key",
            ] + arguments)
    }
}

@Suite(.timeLimit(.minutes(5)), .serialized) struct EtcdTLSTests {
    /// Runs the feed until the body has seen what it wants, on the real clock: the server is real.
    private func watching(_ endpoint: Endpoint, _ body: (RecordingSink) async throws -> Void) async throws {
        let sink = RecordingSink()
        let pace = FeedPace(
            interval: .milliseconds(200), replyDeadline: .seconds(5),
            backoff: Backoff.Limits(delayFirst: .milliseconds(50), delayMax: .milliseconds(200)))
        let feed = EtcdFeed(
            group: GroupID("w"), scope: "w", namespace: "/service/", endpoints: [endpoint], pace: pace)
        let task = Task { await feed.run(into: sink, clock: SystemTimekeeper()) }
        do {
            try await body(sink)
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await task.value
    }

    private func started() async throws -> SecuredEtcd {
        let etcd = try SecuredEtcd()
        // Up when it can be watched; before that the connection is refused and tried again.
        try await watching(etcd.endpoint) { try await $0.waitForStatus(.live) }
        return etcd
    }

    @Test func certificatesAndUsersOfARealEtcd() async throws {
        let etcd = try await started()
        defer { etcd.stop() }

        try await watching(etcd.endpoint) { sink in
            try await sink.waitForStatus(.live)
            try etcd.ctl("put", "/service/w/leader", "pg-a")
            try await sink.wait { update in
                if case .group(_, let facts) = update.body { return facts.leader == Known("pg-a") }
                return false
            }
        }

        var stranger = etcd.endpoint
        stranger.tls?.caFile = etcd.folder + "/stranger.pem"
        try await watching(stranger) { sink in
            let status = try await sink.waitForStatus { $0.problem != nil }
            #expect(status.state == .untrusted)
            #expect(
                status.problem == "\(Distrust.unsigned.words) (\(etcd.url)); \(Distrust.unsigned.remedy)",
                "\(status.problem ?? "")")
        }

        var systemRoots = etcd.endpoint
        systemRoots.tls?.caFile = nil
        try await watching(systemRoots) { sink in
            let status = try await sink.waitForStatus { $0.problem != nil }
            #expect(status.state == .untrusted, "verification is on unless switched off")
        }

        var nameless = etcd.endpoint
        nameless.tls?.certificateFile = nil
        nameless.tls?.keyFile = nil
        try await watching(nameless) { sink in
            let status = try await sink.waitForStatus { $0.problem != nil }
            #expect(status.state != .live, "etcd let us in without a certificate")
            #expect(status.problem?.contains("wants a client certificate") == true, "\(status.problem ?? "")")
        }

        var insecure = etcd.endpoint
        insecure.tls?.caFile = nil
        insecure.tls?.insecureSkipVerify = true
        try await watching(insecure) { try await $0.waitForStatus(.live) }

        var plain = etcd.endpoint
        plain.url = etcd.url.replacing("https://", with: "http://")
        try await watching(plain) { sink in
            let status = try await sink.waitForStatus { $0.problem != nil }
            #expect(status.state != .live)
        }

        try await usersOf(etcd)
    }

    private func usersOf(_ etcd: SecuredEtcd) async throws {
        try etcd.ctl("user", "add", "root:r00t")
        try etcd.ctl("role", "add", "reader")
        try etcd.ctl("role", "grant-permission", "--prefix=true", "reader", "read", "/service/")
        try etcd.ctl("user", "add", "watcher:s3cret")
        try etcd.ctl("user", "grant-role", "root", "root")
        try etcd.ctl("user", "grant-role", "watcher", "reader")
        try etcd.ctl("auth", "enable")
        setenv("PITBOSS_TEST_WATCHER", "s3cret", 1)
        setenv("PITBOSS_TEST_WRONG", "wrong", 1)

        var user = etcd.endpoint
        user.username = "watcher"
        user.password = .environment("PITBOSS_TEST_WATCHER")
        try await watching(user) { sink in
            try await sink.waitForStatus(.live)
            try etcd.ctl("--user=root:r00t", "put", "/service/w/leader", "pg-b")
            try await sink.wait { update in
                if case .group(_, let facts) = update.body { return facts.leader == Known("pg-b") }
                return false
            }
        }

        user.password = .environment("PITBOSS_TEST_WRONG")
        try await watching(user) { sink in
            let status = try await sink.waitForStatus { $0.problem != nil }
            #expect(status.state == .refused && status.problem?.contains("wrong") == false, "\(status.problem ?? "")")
        }

        try await watching(etcd.endpoint) { sink in
            let status = try await sink.waitForStatus { $0.problem != nil }
            #expect(status.state == .refused, "\(status.problem ?? "")")
        }
    }

    @Test func unusableFilesAreNamed() async throws {
        let loader = TLSLoader()
        var options = TLSOptions()
        options.caFile = "/nonexistent/ca.pem"
        #expect {
            try loader.configuration(options)
        } throws: { "\($0)".contains("/nonexistent/ca.pem") && "\($0)".contains("cannot be read") }
        options = TLSOptions()
        options.keyFile = "/nonexistent/key.pem"
        #expect(throws: TransportError.self) { try loader.configuration(options) }
        let junk = FileManager.default.temporaryDirectory.appendingPathComponent("junk-\(UUID().uuidString)")
        try Data("not a certificate".utf8).write(to: junk)
        defer { try? FileManager.default.removeItem(at: junk) }
        options = TLSOptions()
        options.caFile = junk.path
        #expect(throws: TransportError.self) { try loader.configuration(options) }
    }
}
