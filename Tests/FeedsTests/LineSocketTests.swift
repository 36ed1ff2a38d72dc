import Estate
import Foundation
import PitbossTestKit
import Settings
import Testing
import Transport

@Suite(.timeLimit(.minutes(5))) struct LineSocketTests {
    private let clock = SteppedClock()

    private func server(
        _ place: FakeServer.Place = .tcp(host: "127.0.0.1", port: 0), _ answer: @escaping @Sendable (String) -> String?
    ) throws -> FakeServer {
        let server = FakeServer(place) { input, connection in
            guard let newline = input.firstIndex(of: 0x0A) else { return }
            let line = String(decoding: input[..<newline], as: UTF8.self)
            input.removeFirst(newline + 1)
            guard let text = answer(line) else { return }
            connection.send(text)
            connection.close()
        }
        try server.start()
        return server
    }

    private func socket(_ server: FakeServer) -> LineSocket {
        LineSocket(Endpoint(url: "tcp://127.0.0.1:\(server.port)"), clock: clock)
    }

    @Test func asksAndGathersUntilTheEnd() async throws {
        let server = try server { "you said \($0)\n" + String(repeating: "x", count: 300_000) }
        let reply = try await socket(server).ask("show stat", within: .seconds(1), replyBytesMax: 1_000_000)
        #expect(String(decoding: reply.bytes.prefix(19), as: UTF8.self) == "you said show stat\n")
        #expect(reply.bytes.count == 300_019)
        try await server.waitForNoConnection()
    }

    @Test func unixSockets() async throws {
        let path = "/tmp/pitboss-test-\(UUID().uuidString.prefix(8)).sock"
        let server = try server(.unix(path: path)) { "\($0)!" }
        let socket = LineSocket(Endpoint(url: "unix://\(path)"), clock: clock)
        let reply = try await socket.ask("hello", within: .seconds(1), replyBytesMax: 100)
        #expect(reply.bytes == Array("hello!".utf8))
        server.stop()
        await #expect(throws: TransportError.self) {
            try await socket.ask("hello", within: .seconds(1), replyBytesMax: 100)
        }
    }

    @Test func promptsEndAnAnswerToo() async throws {
        let server = FakeServer { input, connection in
            input.removeAll()
            connection.send("one\ntwo\n> ")
        }
        try server.start()
        let reply = try await socket(server).ask("x", within: .seconds(1), replyBytesMax: 100, until: .prompt("\n> "))
        #expect(reply.bytes == Array("one\ntwo".utf8))
        try await server.waitForNoConnection()
    }

    @Test func moreThanTheLimit() async throws {
        let server = try server { _ in String(repeating: "x", count: 1_001) }
        await #expect(throws: TransportError.tooLong(endpoint: "tcp://127.0.0.1:\(server.port)", limitBytes: 1_000)) {
            try await socket(server).ask("x", within: .seconds(1), replyBytesMax: 1_000)
        }
        try await server.waitForNoConnection()
    }

    @Test func anEndWithoutAnAnswerIsCutOff() async throws {
        let server = try server { _ in "" }
        await #expect(throws: TransportError.self) {
            try await socket(server).ask("x", within: .seconds(1), replyBytesMax: 100)
        }
        try await server.waitForNoConnection()
    }

    @Test func silenceEndsAtTheDeadlineOnTheClockHandedIn() async throws {
        let server = try server { _ in nil }
        let socket = socket(server)
        let task = Task { try await socket.ask("x", within: .seconds(7), replyBytesMax: 100) }
        try await server.waitForBytes(beyond: 0)
        try await clock.waitForSleeper(exactly: .seconds(7))
        clock.advance(by: .seconds(7))
        await #expect(throws: TransportError.late(endpoint: "tcp://127.0.0.1:\(server.port)", afterSeconds: 7)) {
            try await task.value
        }
        try await server.waitForNoConnection()
    }

    @Test func cancellingClosesTheConnection() async throws {
        let server = try server { _ in nil }
        let socket = socket(server)
        let task = Task { try await socket.ask("x", within: .seconds(7), replyBytesMax: 100) }
        try await server.waitForBytes(beyond: 0)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await server.waitForNoConnection()
    }

    @Test func nobodyListens() async throws {
        // A port that was free a moment ago may be another test's by now; nobody serves the lowest.
        let socket = LineSocket(Endpoint(url: "tcp://127.0.0.1:1"), clock: clock)
        let error = await #expect(throws: TransportError.self) {
            try await socket.ask("x", within: .seconds(1), replyBytesMax: 100)
        }
        guard case .unreachable(_, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("refused"))
    }

    @Test func aLineBreakInACommandIsNeverSent() async throws {
        let server = try server { "\($0)!" }
        for line in ["a\nset server x/y state ready", "a\rb", "a\0b"] {
            await #expect(throws: TransportError.self) {
                try await socket(server).ask(line, within: .seconds(1), replyBytesMax: 100)
            }
        }
        #expect(server.connectionsAccepted == 0)
    }

    @Test(arguments: [
        "unix://", "unix://relative", "unix:///", "tcp://", "tcp://h", "tcp://h:0", "tcp://h:99999", "tcp://:80",
        "tcp://::1:80", "tcp://u@h:80", "tcp://h:80/x", "http://h:80", "",
        "unix:///" + String(repeating: "x", count: 120),
    ])
    func addressesThatCannotBe(url: String) async throws {
        let error = await #expect(throws: TransportError.self) {
            try await LineSocket(Endpoint(url: url), clock: clock).ask("x", within: .seconds(1), replyBytesMax: 1)
        }
        guard case .badAddress? = error else {
            Issue.record("\(url): \(String(describing: error))")
            return
        }
    }

    @Test func namesAreResolvedAndAddressesAreNot() async throws {
        let clock = SteppedClock()
        #expect(try await NameResolver.addresses(of: "127.0.0.1", within: .seconds(1), clock: clock) == ["127.0.0.1"])
        #expect(try await NameResolver.addresses(of: "::1", within: .seconds(1), clock: clock) == ["::1"])
        let local = try await NameResolver.addresses(of: "localhost", within: .seconds(1), clock: clock)
        #expect(local.contains("127.0.0.1") || local.contains("::1"))
        // Many at a time share one question.
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<200 {
                group.addTask { try await NameResolver.addresses(of: "localhost", within: .seconds(1), clock: clock) }
            }
            for try await answer in group { #expect(answer == local) }
        }
        await #expect(throws: TransportError.self) {
            try await NameResolver.addresses(of: "no such host", within: .seconds(1), clock: clock)
        }
    }
}
