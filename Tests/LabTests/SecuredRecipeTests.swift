import Foundation
import PitbossTestKit
import Testing

@testable import Lab

/// What a lab with TLS is configured with; the servers themselves are started by the live tests.
@Suite struct SecuredRecipeTests {
    /// A lab's folder with its certificates made, by this very user, and nothing started.
    private func made(_ body: (Recipes) throws -> Void) throws {
        let paths = LabPaths(folder: "/tmp/lab-tls-\(UUID().uuidString.prefix(8))")
        let secrets = LabSecrets(
            patroniREST: "restword", pitbossSQL: "sqlword", app: "appword", superuser: "superword",
            replication: "replword")
        let user = ServiceUser(name: "me", uid: getuid(), gid: getgid())
        let recipes = Recipes(
            plan: try LabPlan(block: 7, isSecured: true), paths: paths, secrets: secrets, serve: ["/opt/pitboss"],
            user: user)
        try FileManager.default.createDirectory(atPath: paths.tls, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: paths.folder) }
        let task = try #require(recipes.certificateTasks.first)
        try Files.write(
            recipes.certificates.text(for: user), to: recipes.certificates.script, mode: 0o600, owner: nil)
        try RealProgram.run(task.command)
        try body(recipes)
    }

    @Test func certificatesAreTheAuthoritysAndKeysAreClosed() throws {
        try made { recipes in
            let files = recipes.certificates
            let names =
                [LabCertificates.client] + ["etcd-ams", "etcd-dub", "pg-ams-1", "pg-lon-1", "lb-1", "lb-2"]
            for name in names {
                try RealProgram.run("/usr/bin/openssl", "verify", "-CAfile", files.authority, files.certificate(name))
            }
            for (name, address) in [("etcd-dub", "127.7.3.1"), ("pg-dub-1", "127.7.3.1"), ("pg-dub-1", "127.7.1.1")] {
                try RealProgram.run(
                    "/usr/bin/openssl", "verify", "-CAfile", files.authority, "-verify_ip", address,
                    files.certificate(name))
            }
            #expect(throws: RealProgram.Failure.self) {
                try RealProgram.run(
                    "/usr/bin/openssl", "verify", "-CAfile", files.authority, "-verify_ip", "127.7.9.1",
                    files.certificate("pg-dub-1"))
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: recipes.paths.tls) {
                var status = stat()
                #expect(stat(recipes.paths.tls + "/" + name, &status) == 0)
                #expect(status.st_mode & 0o777 == (name.hasSuffix(".pem") ? 0o644 : 0o600), "\(name)")
            }
            #expect(try LabTrust.read(recipes.plan, recipes.paths) != nil)
        }
    }

    @Test(.timeLimit(.minutes(2))) func requestsProveTheServerAndShowACertificate() throws {
        try made { recipes in
            let files = recipes.certificates
            let (address, port) = ("127.7.1.1", 17_000 + Int(getpid()) % 1000)
            let server = try RealProgram([
                "/usr/bin/openssl", "s_server", "-accept", "\(address):\(port)", "-www", "-quiet", "-Verify", "1",
                "-verify_return_error", "-CAfile", files.authority, "-cert", files.certificate("etcd-ams"), "-key",
                files.key("etcd-ams"),
            ])
            defer { server.stop() }
            let trust = try #require(try LabTrust.read(recipes.plan, recipes.paths))
            func ask(_ place: String) throws -> HTTPAnswer {
                try LoopbackHTTP.request("GET", place, port, "/", timeoutSeconds: 5, trust: trust)
            }
            let end = monotonicSeconds() + 30
            while (try? ask(address)) == nil, monotonicSeconds() < end { pauseMilliseconds(20) }
            // Each answer is whole, whichever of the two goodbyes is the first.
            for _ in 0..<20 { #expect(try ask(address).status == 200) }
        }
    }

    @Test func nobodyIsBelievedAtAnotherAddress() throws {
        try made { recipes in
            let files = recipes.certificates
            let (address, port) = ("127.7.9.1", 18_000 + Int(getpid()) % 1000)
            let server = try RealProgram([
                "/usr/bin/openssl", "s_server", "-accept", "\(address):\(port)", "-www", "-quiet", "-cert",
                files.certificate("etcd-ams"), "-key", files.key("etcd-ams"),
            ])
            defer { server.stop() }
            let trust = try #require(try LabTrust.read(recipes.plan, recipes.paths))
            let end = monotonicSeconds() + 30
            var failure: SocketFailure?
            while failure == nil || failure?.code == ECONNREFUSED, monotonicSeconds() < end {
                do throws(SocketFailure) {
                    _ = try LoopbackHTTP.request("GET", address, port, "/", timeoutSeconds: 5, trust: trust)
                    break
                } catch {
                    failure = error
                    pauseMilliseconds(20)
                }
            }
            #expect(failure == .unproved)
        }
    }

    @Test func haproxyItselfAcceptsItsConfiguration() throws {
        try made { recipes in
            for member in recipes.plan.kind(.haproxy) {
                let text = HAProxyRecipe(recipes: recipes, member: member).text
                #expect(text.contains("check-ssl verify required") && text.contains("verifyhost pg-dub-1"))
                let file = recipes.paths.folder + "/\(member.name).cfg"
                // Its admin socket would need the folder of a running lab.
                let settings = text.split(separator: "\n").filter { !$0.contains("stats socket /") }
                try settings.map { $0 + "\n" }.joined().write(toFile: file, atomically: true, encoding: .utf8)
                try RealProgram.run("/usr/sbin/haproxy", "-c", "-dW", "-f", file)
            }
        }
    }

    @Test func nothingIsLeftInTheClear() throws {
        try made { recipes in
            for kind in [LabKind.etcd, .patroni] {
                for member in recipes.plan.kind(kind) {
                    let said = (recipes.settings(member) ?? "") + recipes.command(member).joined(separator: " ")
                    #expect(!said.contains("http://") && !said.contains(" host "), "\(said)")
                }
            }
            let etcd = recipes.command(try recipes.plan.member("etcd-ams"))
            #expect(etcd.contains("--client-cert-auth") && etcd.contains("--peer-client-cert-auth"))
            let pitboss = Configuration(recipes: recipes).pitboss
            #expect(pitboss.components(separatedBy: "tls: {ca: tls/ca.pem").count == 4)
            #expect(pitboss.contains("sslmode: verify-full"))
            #expect(Configuration(recipes: recipes).patronictl.contains("protocol: https"))
        }
    }

    @Test func stateOfAnOlderLabIsInTheClear() throws {
        let old = #"{"block":3,"extras":[],"patroni":{"debian":{}},"portOffset":5}"#
        #expect(try JSONDecoder().decode(LabPlan.self, from: Data(old.utf8)) == LabPlan(block: 3, portOffset: 5))
        let new = try LabPlan(block: 4, isSecured: true)
        #expect(try JSONDecoder().decode(LabPlan.self, from: JSONEncoder().encode(new)) == new)
    }
}
