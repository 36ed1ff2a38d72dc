import Estate
import Feeds
import Foundation
import PitbossTestKit
import Settings
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(5))) struct HTTPDoorTests {
    private func serving(
        _ handler: @escaping FakeHTTP.Handler, _ body: (FakeHTTP, HTTPDoor, SteppedClock) async throws -> Void
    ) async throws {
        let (http, clock) = (FakeHTTP(handler), SteppedClock())
        let door = HTTPDoor(clock: clock)
        try http.server.start()
        do {
            try await body(http, door, clock)
        } catch {
            await door.close()
            http.server.stop()
            throw error
        }
        await door.close()
        try await http.server.waitForNoConnection()
        http.server.stop()
    }

    private func ok(_ text: String) -> FakeHTTP.Answer { .reply(status: 200, body: Array(text.utf8)) }

    @Test func sendsAndReceives() async throws {
        try await serving { _ in
            ok("hello")
        } _: { http, door, _ in
            let request = HTTPRequest(
                "PATCH", "/config?x=1", headers: [(name: "x-a", value: "b")], body: Array("{}".utf8))
            let reply = try await door.send(
                request, to: Endpoint(url: http.url + "/"), within: .seconds(3), bodyBytesMax: 10)
            #expect(reply.status == 200 && reply.body == Array("hello".utf8))
            let seen = try #require(http.requests.first)
            #expect(seen.method == "PATCH" && seen.path == "/config?x=1" && seen.text == "{}")
            #expect(seen.headers["x-a"] == "b" && seen.headers["content-type"] == "application/json")
            #expect(seen.headers["authorization"] == nil)
        }
    }

    @Test func credentialsAreAddedOnlyWhenAsked() async throws {
        setenv("PITBOSS_TEST_PASSWORD", "pass:wörd", 1)
        try await serving { _ in
            ok("")
        } _: { http, door, _ in
            let endpoint = Endpoint(url: http.url, username: "joe", password: .environment("PITBOSS_TEST_PASSWORD"))
            for authorization in [HTTPRequest.Authorization.none, .basic, .token("t.1")] {
                _ = try await door.send(
                    HTTPRequest("POST", "/", authorization: authorization), to: endpoint, within: .seconds(3),
                    bodyBytesMax: 10)
            }
            let pair = Data("joe:pass:wörd".utf8).base64EncodedString()
            #expect(http.requests.map { $0.headers["authorization"] } == [nil, "Basic \(pair)", "t.1"])
        }
    }

    @Test func anAnswerBeyondItsLimitIsCutOff() async throws {
        try await serving { _ in
            ok(String(repeating: "x", count: 100_000))
        } _: { http, door, _ in
            await #expect(throws: TransportError.tooLong(endpoint: http.url, limitBytes: 99_999)) {
                try await door.send(
                    HTTPRequest("GET", "/"), to: Endpoint(url: http.url), within: .seconds(3), bodyBytesMax: 99_999)
            }
            let whole = try await door.send(
                HTTPRequest("GET", "/"), to: Endpoint(url: http.url), within: .seconds(3), bodyBytesMax: 100_000)
            #expect(whole.body.count == 100_000)
        }
    }

    @Test func theDeadlineIsOnTheInjectedClock() async throws {
        try await serving { _ in
            .silence
        } _: { http, door, clock in
            let url = http.url
            let task = Task {
                try await door.send(
                    HTTPRequest("GET", "/"), to: Endpoint(url: url), within: .seconds(3), bodyBytesMax: 10)
            }
            try await http.waitForRequest { _ in true }
            try await clock.waitForSleeper(exactly: .seconds(3))
            clock.advance(by: .seconds(3))
            await #expect(throws: TransportError.late(endpoint: url, afterSeconds: 3)) { try await task.value }
        }
    }

    @Test func cancellingClosesTheConnection() async throws {
        try await serving { _ in
            .silence
        } _: { http, door, _ in
            let url = http.url
            let task = Task {
                try await door.send(
                    HTTPRequest("GET", "/"), to: Endpoint(url: url), within: .seconds(3), bodyBytesMax: 10)
            }
            try await http.waitForRequest { _ in true }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await http.server.waitForNoConnection()
        }
    }

    @Test func aRedirectIsNotFollowed() async throws {
        try await serving { _ in
            .raw(Array("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n".utf8))
        } _: { http, door, _ in
            let reply = try await door.send(
                HTTPRequest("GET", "/"), to: Endpoint(url: http.url), within: .seconds(3), bodyBytesMax: 10)
            #expect(reply.status == 302 && http.requests.count == 1)
        }
    }

    @Test func whatIsNotHTTPIsAnError() async throws {
        for bytes in ["garbage\u{0}\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"]
        {
            try await serving { _ in
                .raw(Array(bytes.utf8))
            } _: { http, door, _ in
                let url = http.url
                let task = Task {
                    try await door.send(
                        HTTPRequest("GET", "/"), to: Endpoint(url: url), within: .seconds(3), bodyBytesMax: 10)
                }
                try await http.waitForRequest { _ in true }
                http.server.cutConnections()
                await #expect(throws: TransportError.self) { try await task.value }
            }
        }
    }

    @Test func nobodyThereIsSaidAtOnce() async throws {
        try await serving { _ in
            ok("")
        } _: { http, door, clock in
            http.server.stop()
            await #expect {
                try await door.send(
                    HTTPRequest("GET", "/"), to: Endpoint(url: http.url), within: .seconds(3), bodyBytesMax: 10)
            } throws: { error in
                guard case TransportError.unreachable(_, let reason)? = error as? TransportError else { return false }
                return reason.contains("connection refused")
            }
            #expect(clock.requestedSleeps.allSatisfy { $0 == .seconds(3) })
        }
    }

    @Test func aClosedDoorStaysClosed() async throws {
        let door = HTTPDoor(clock: SteppedClock())
        await door.close()
        await #expect(throws: TransportError.closed) {
            try await door.send(
                HTTPRequest("GET", "/"), to: Endpoint(url: "http://127.0.0.1:9"), within: .seconds(3), bodyBytesMax: 10)
        }
    }

    @Test(arguments: [
        "", "127.0.0.1:2379", "ftp://h", "http://", "https:///", "http://u:secretpw@h:1", "http://h:1?token=secretpw",
        "http://h o s t",
    ])
    func unusableAddressesAreRefusedAndShowNoSecret(_ url: String) async throws {
        let door = HTTPDoor(clock: SteppedClock())
        await #expect {
            try await door.send(HTTPRequest("GET", "/"), to: Endpoint(url: url), within: .seconds(3), bodyBytesMax: 10)
        } throws: { error in
            guard case TransportError.badAddress? = error as? TransportError else { return false }
            return !"\(error)".contains("secretpw")
        }
        await door.close()
    }

    @Test func linesComeAsTheyArePushed() async throws {
        try await serving { _ in
            .stream(first: Array("one\ntw".utf8))
        } _: { http, door, _ in
            let lines = try await door.open(
                HTTPRequest("POST", "/v3/watch"), to: Endpoint(url: http.url), within: .seconds(3), lineBytesMax: 10)
            var iterator = lines.makeAsyncIterator()
            #expect(try await iterator.next() == Array("one".utf8))
            try await http.waitForStreams(1)
            http.push(Array("o\nthree\n".utf8))
            #expect(try await iterator.next() == Array("two".utf8))
            #expect(try await iterator.next() == Array("three".utf8))
            http.push(Array("01234567890".utf8))
            await #expect(throws: TransportError.tooLong(endpoint: http.url, limitBytes: 10)) {
                try await iterator.next()
            }
        }
    }

    @Test func aStreamThatBreaksIsAnError() async throws {
        try await serving { _ in
            .stream(first: Array("one\n".utf8))
        } _: { http, door, _ in
            let lines = try await door.open(
                HTTPRequest("POST", "/v3/watch"), to: Endpoint(url: http.url), within: .seconds(3), lineBytesMax: 10)
            var iterator = lines.makeAsyncIterator()
            #expect(try await iterator.next() == Array("one".utf8))
            http.server.cutConnections()
            await #expect(throws: TransportError.self) { try await iterator.next() }
        }
    }
}

@Suite struct SecretTests {
    private func file(_ bytes: [UInt8], mode: Int = 0o600) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("secret-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test func readsFilesAndTheEnvironment() throws {
        let path = try file(Array("pässword \r\n\n".utf8))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try Secret(.file(path)).resolve() == "pässword ")
        setenv("PITBOSS_TEST_SECRET", "abc", 1)
        #expect(try Secret(.environment("PITBOSS_TEST_SECRET")).resolve() == "abc")
        let yaml = try file(Array("ctl:\n  authentication:\n    password: xyz\n".utf8))
        defer { try? FileManager.default.removeItem(atPath: yaml) }
        #expect(try Secret(.entry(file: yaml, keys: ["ctl", "authentication", "password"])).resolve() == "xyz")
    }

    @Test func whatCannotBeUsedIsAnErrorWithThePlace() throws {
        for bytes in [[UInt8]("\n".utf8), [0xFF, 0xFE], [UInt8](repeating: 0x61, count: Secret.secretBytesMax + 1)] {
            let path = try file(bytes)
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect {
                try Secret(.file(path)).resolve()
            } throws: { "\($0)".contains(path) }
        }
        #expect(throws: TransportError.self) { try Secret(.file("/nonexistent/secret")).resolve() }
        #expect(throws: TransportError.self) { try Secret(.environment("PITBOSS_TEST_UNSET")).resolve() }
        #expect(throws: TransportError.self) { try Secret(.entry(file: "/nonexistent", keys: ["a"])).resolve() }
    }

    @Test func showsItsPlaceAndNeverItself() throws {
        let path = try file(Array("hunter2".utf8), mode: 0o644)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let secret = Secret(.file(path))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(!text.contains("hunter2") && text.contains(path))
        }
        #expect(secret.warning?.contains("mode 644") == true && secret.warning?.contains("chmod 600") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(secret.warning == nil)
        #expect(Secret(.environment("X")).warning == nil)
    }
}
