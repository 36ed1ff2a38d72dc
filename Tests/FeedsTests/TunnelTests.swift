import Estate
import Foundation
import PitbossTestKit
import Settings
import Testing

@testable import Feeds
@testable import Transport

/// Through a real sshd.
@Suite(.timeLimit(.minutes(2)), .serialized) struct TunnelTests {
    let clock = SystemTimekeeper()

    private func with(_ body: (SecuredBastion) async throws -> Void) async throws {
        let sshd = try SecuredBastion()
        do { try await body(sshd) } catch {
            await Tunnels.shared.close()
            sshd.stop()
            throw error
        }
        await Tunnels.shared.close()
        sshd.stop()
    }

    private func ask(_ endpoint: Endpoint, _ path: String = "/x", seconds: Double = 30) async throws -> HTTPReply {
        let door = HTTPDoor(clock: clock)
        do {
            let reply = try await door.send(
                HTTPRequest("GET", path), to: endpoint, within: .seconds(seconds), bodyBytesMax: 1_000)
            await door.close()
            return reply
        } catch {
            await door.close()
            throw error
        }
    }

    private func fault(_ endpoint: Endpoint) async -> TransportError? {
        do {
            _ = try await ask(endpoint)
            return nil
        } catch {
            return error as? TransportError
        }
    }

    @Test func hypertextGoesThrough() async throws {
        try await with { sshd in
            let far = FakeHTTP { request in
                .reply(status: 200, body: Array("\(request.path) for \(request.headers["host"] ?? "nobody")".utf8))
            }
            try far.server.start()
            let endpoint = Endpoint(url: "http://localhost:\(far.server.port)", via: try sshd.bastion())
            let door = HTTPDoor(clock: clock)
            for n in 1...3 {
                let reply = try await door.send(
                    HTTPRequest("GET", "/a?n=\(n)"), to: endpoint, within: .seconds(30), bodyBytesMax: 1_000)
                #expect(String(decoding: reply.body, as: UTF8.self) == "/a?n=\(n) for localhost:\(far.server.port)")
            }
            await door.close()
            far.server.stop()
        }
    }

    @Test func namesAreProvedAgainstTheFarHost() async throws {
        try await with { sshd in
            let etcd = try SecuredEtcd()
            let port = try #require(etcd.url.split(separator: ":").last)
            let via = try sshd.bastion()
            var reply: HTTPReply?
            for _ in 0..<50 where reply == nil {
                reply = try? await ask(Endpoint(url: etcd.url, tls: etcd.tls, via: via), "/version")
                try await clock.sleep(for: .milliseconds(100))
            }
            #expect(reply?.status == 200, "its certificate has the address 127.0.0.1")
            // The same server under a name and an address that its certificate does not have.
            for host in ["localhost", "[::ffff:127.0.0.1]"] {
                let other = Endpoint(url: "https://\(host):\(port)", tls: etcd.tls, via: via)
                guard case .untrusted? = await fault(other) else {
                    Issue.record("\(host): \(String(describing: await fault(other)))")
                    continue
                }
            }
            // The same for those who speak on sockets: bytes come only after the handshake.
            let stream = try await StreamSocket.open(
                Endpoint(url: "tls://127.0.0.1:\(port)", tls: etcd.tls, via: via), clock: clock)
            try stream.send(Array("GET /version HTTP/1.0\r\n\r\n".utf8))
            #expect(String(decoding: try await stream.receive(), as: UTF8.self).hasPrefix("HTTP/1.0 200"))
            await stream.close()
            let wrong = try await StreamSocket.open(
                Endpoint(url: "tls://localhost:\(port)", tls: etcd.tls, via: via), clock: clock)
            try wrong.send(Array("GET /version HTTP/1.0\r\n\r\n".utf8))
            await #expect(throws: TransportError.self) { try await wrong.receive() }
            await wrong.close()
            etcd.stop()
        }
    }

    @Test func farSocketsAndLines() async throws {
        try await with { sshd in
            let path = sshd.folder + "/admin.sock"
            let far = FakeServer(.unix(path: path)) { input, connection in
                guard let end = input.firstIndex(of: 10) else { return }
                connection.send("you said " + String(decoding: input[..<end], as: UTF8.self) + "\n")
                connection.close()
            }
            try far.start()
            if getuid() == 0 { try RealProgram.run("/usr/bin/chown", "postgres", path) }
            let via = try sshd.bastion()
            let socket = LineSocket(Endpoint(url: "unix://\(path)", via: via), clock: clock)
            let reply = try await socket.ask("show info", within: .seconds(30), replyBytesMax: 100)
            #expect(String(decoding: reply.bytes, as: UTF8.self) == "you said show info\n")
            far.stop()
        }
    }

    @Test func whatTheBastionCannotReachIsToldWithItsReason() async throws {
        try await with { sshd in
            let gone = FakeServer { _, _ in }
            try gone.start()
            let port = gone.port
            gone.stop()
            let via = try sshd.bastion()
            let told = await fault(Endpoint(url: "http://127.0.0.1:\(port)", via: via))
            #expect(told?.isRefusedByHost == true, "\(String(describing: told))")
            #expect(told?.description.contains("as ssh://") == true)
            let socket = LineSocket(Endpoint(url: "tcp://127.0.0.1:\(port)", via: via), clock: clock)
            await #expect(throws: TransportError.self) {
                try await socket.ask("x", within: .seconds(30), replyBytesMax: 100)
            }
            // Statements, too: this is how a server proves to be stopped.
            let postgres = PostgresDoor(clock: clock)
            let outcome = await postgres.ask(
                "SELECT 1", at: Endpoint(url: "postgres://127.0.0.1:\(port)/x", username: "u", via: via),
                within: .seconds(30))
            guard case .notSent(let reason) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reason.contains("connection refused"), "\(reason)")
        }
    }

    @Test func failuresSayWhatToDo() async throws {
        try await with { sshd in
            let far = "http://127.0.0.1:1"
            func told(_ bastion: Bastion) async -> (String, Bool) {
                guard case .noWay(_, let reason, let isRefusal)? = await fault(Endpoint(url: far, via: bastion)) else {
                    return ("another error", false)
                }
                return (reason, isRefusal)
            }
            let unknown = await told(try sshd.bastion("unknown"))
            #expect(unknown.0.hasPrefix("its host key is not known") && unknown.1, "\(unknown)")
            let changed = await told(try sshd.bastion("changed"))
            #expect(changed.0.hasPrefix("its host key is not the known one") && changed.1, "\(changed)")
            let denied = await told(try sshd.bastion("denied"))
            #expect(denied.0.contains("Permission denied") && denied.0.contains("ssh-add") && denied.1, "\(denied)")
            let closed = await told(try sshd.bastion(port: 1))
            #expect(closed.0.hasPrefix("connection refused") && !closed.1, "\(closed)")
            let strange = Bastion("ssh://no-such-host.invalid", configFile: sshd.folder + "/good.conf")
            let nameless = await told(try #require(strange))
            #expect(nameless.0.hasPrefix("its name is not known"), "\(nameless)")
        }
    }

    @Test func aBastionThatComesBackIsUsedAgain() async throws {
        try await with { sshd in
            let far = FakeHTTP { _ in .reply(status: 200, body: []) }
            try far.server.start()
            let endpoint = Endpoint(url: "http://127.0.0.1:\(far.server.port)", via: try sshd.bastion())
            #expect(try await ask(endpoint).status == 200)
            sshd.kill()
            var isDown = false
            for _ in 0..<50 where !isDown {
                if case .noWay? = await fault(endpoint) { isDown = true }
            }
            #expect(isDown)
            try sshd.start()
            var reply: HTTPReply?
            for _ in 0..<100 where reply == nil {
                reply = try? await ask(endpoint)
                try await clock.sleep(for: .milliseconds(100))
            }
            #expect(reply?.status == 200)
            far.server.stop()
        }
    }

    @Test func nothingIsLeft() async throws {
        try await with { sshd in
            let tunnels = Tunnels(stateFolder: sshd.folder + "/state")
            let via = try sshd.bastion()
            try await tunnels.knock(via, within: .seconds(120), clock: clock)
            let folder = sshd.folder + "/state/\(getpid())"
            let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
            #expect(mode == 0o700)
            #expect(programs(with: folder) > 0)
            await tunnels.close()
            // What was killed may take a moment to die.
            for _ in 0..<500 where programs(with: folder) > 0 { try await clock.sleep(for: .milliseconds(10)) }
            #expect(programs(with: folder) == 0)
            #expect(!FileManager.default.fileExists(atPath: folder))
        }
    }

    /// Processes that have this in their command line.
    private func programs(with text: String) -> Int {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { name in
            guard pid_t(name) != nil, let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
                return false
            }
            return String(decoding: data, as: UTF8.self).contains(text)
        }.count
    }
}

@Suite struct BastionMachineTests {
    private let fault = SSHFault(reason: "x", isRefusal: false)

    @Test func oneConnectsAndTheOthersWait() {
        var machine = BastionMachine()
        #expect(machine.asked(at: .zero) == .connect)
        #expect(machine.asked(at: .zero) == .wait)
        machine.stands(at: .zero)
        #expect(machine.asked(at: .zero) == .use)
    }

    @Test func waitsGrowToALimitAndNobodyConnectsMeanwhile() {
        var machine = BastionMachine()
        var now = Timestamp.zero
        for seconds in [1, 2, 4, 8, 16, 30, 30] as [Double] {
            #expect(machine.asked(at: now) == .connect)
            machine.ended(fault, at: now)
            #expect(machine.asked(at: now + .seconds(seconds - 0.001)) == .fail(fault))
            now = now + .seconds(seconds)
        }
        #expect(machine.asked(at: now) == .connect)
        machine.stands(at: now)
        now = now + BastionMachine.stableAfter
        machine.ended(fault, at: now)
        #expect(machine.asked(at: now + BastionMachine.delayFirst) == .connect, "it stood long: a new beginning")
    }
}

@Suite struct SSHWordsTests {
    @Test func nothingOfAnAddressIsAnOption() throws {
        for text in [
            "ssh://-oProxyCommand=touch${IFS}/tmp/x", "ssh://-oProxyCommand=id@host", "ssh://host:-1",
            "ssh://a b", "ssh://a;id", "ssh://$(id)", "ssh://host:22/x", "ssh://user:password@host", "ssh://",
            "ssh://@host", "ssh://host:0", "ssh://host:65536", "ssh://[::1", "http://host", "ssh://h%h", "ssh://host\n",
        ] {
            #expect(Bastion(text) == nil, "\(text)")
        }
        let bastion = try #require(Bastion("ssh://ops@[fe80::1]:2222", configFile: "/c"))
        #expect(bastion.url == "ssh://ops@[fe80::1]:2222")
        let words = SSHWords.master(bastion, control: "/s/c1")
        #expect(Array(words.suffix(8)) == ["-F", "/c", "-p", "2222", "-l", "ops", "--", "fe80::1"])
        #expect(words.contains("BatchMode=yes"))
    }

    @Test func farPlacesAreHostsAndPaths() throws {
        #expect(try FarPlace(Endpoint(url: "https://db-1.example/x")).text == "db-1.example:443")
        #expect(try FarPlace(Endpoint(url: "tcp://[::1]:9999")).text == "[::1]:9999")
        #expect(try FarPlace(Endpoint(url: "unix:///run/haproxy/admin.sock")).text == "/run/haproxy/admin.sock")
        for url in [
            "unix:///run/a:b", "unix:///a b", "unix:///%h", "tcp://-x:1", "tcp://a%b:1", "tcp://a", "tcp://a:0",
            "http://",
            "tcp://a$x:1",
        ] {
            #expect(throws: TransportError.self, "\(url)") { try FarPlace(Endpoint(url: url)) }
        }
    }

    @Test func whatOpenSSHSaysIsTold() {
        func told(_ said: String) -> String { SSHFault(said: said, bastion: "b").reason }
        #expect(told("") == "ssh ended and gave no reason")
        #expect(told("ssh: connect to host h port 22: Connection timed out\r\n").hasPrefix("it does not answer"))
        #expect(told("Timeout, server h not responding.").hasPrefix("it does not answer"))
        #expect(
            told("/x/config: line 1: Bad configuration option: foo\n/x/config: terminating, 1 bad").contains("config"))
        #expect(told("\u{1B}[31mred").allSatisfy { $0.isASCII && $0 != "\u{1B}" })
        #expect(
            SSHFault.refusedFarEnd(said: "channel 3: open failed: connect failed: No route to host")?.reason
                == "No route to host")
        #expect(
            SSHFault.refusedFarEnd(said: "channel 3: open failed: administratively prohibited: open failed")?
                .reason.hasPrefix("the bastion forbids it") == true)
    }
}
