import Estate
import Feeds
import Foundation
import PitbossTestKit
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(5))) struct ProgramTests {
    private let clock = SystemTimekeeper()
    /// Far more than it takes where hundreds of tests run beside it: no test is about a machine's speed.
    private let patience = Span.seconds(240)

    @Test func outputErrorsAndStatusComeBack() async throws {
        let program = Program(["/bin/sh", "-c", "cat; echo oops >&2; exit 3"])
        let output = try await program.run(
            input: Array("hello".utf8), within: patience, clock: clock, outputBytesMax: 1_000)
        #expect(output.bytes == Array("hello".utf8))
        #expect(output.errors == Array("oops\n".utf8))
        #expect(output.status == 3)
    }

    @Test func whatCannotBeStartedIsSaid() async throws {
        await #expect(throws: TransportError.self) {
            _ = try await Program(["/no/such/program"]).run(within: patience, clock: clock, outputBytesMax: 10)
        }
    }

    @Test func moreThanTheLimitIsRefusedAndTheProgramEnds() async throws {
        await #expect(throws: TransportError.tooLong(endpoint: "yes", limitBytes: 1_000)) {
            _ = try await Program(["yes"]).run(within: patience, clock: clock, outputBytesMax: 1_000)
        }
    }

    /// One that ignores the request to end, and has a child of its own: neither is left.
    @Test func nothingOutlivesTheDeadline() async throws {
        let mark = "7\(UInt32.random(in: 10_000...99_999))"
        let script = "trap '' TERM; sleep \(mark) & while :; do sleep 1; done"
        let program = Program(["/bin/sh", "-c", script])
        await #expect(throws: TransportError.late(endpoint: "sh", afterSeconds: 0.5)) {
            _ = try await program.run(within: .milliseconds(500), clock: clock, outputBytesMax: 1_000)
        }
        #expect(!running("sleep \(mark)"), "what the program started is left")
        #expect(!running(script), "the program is left")
    }

    @Test func linesGoBothWays() async throws {
        let program = Program(["/bin/cat"])
        let got = Observed<[String]>([])
        try? await program.talking(lineBytesMax: 100) { talk in
            try await talk.send(Array("one\ntwo\n".utf8))
            try await talk.readLines { line in
                got.update { $0.append(String(decoding: line, as: UTF8.self)) }
                if got.value.count == 2 { throw CancellationError() }
            }
        }
        #expect(got.value == ["one", "two"])
    }

    @Test func aLineThatOutgrowsItsLimitEndsIt() async throws {
        await #expect(throws: TransportError.tooLong(endpoint: "sh", limitBytes: 100)) {
            try await Program(["/bin/sh", "-c", "head -c 500 /dev/zero | tr '\\0' a; sleep 60"]).talking(
                lineBytesMax: 100
            ) { talk in try await talk.readLines { _ in } }
        }
    }

    private func running(_ words: String) -> Bool {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return folders.contains { name in
            guard UInt32(name) != nil, let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
            else { return false }
            let line = String(decoding: data, as: UTF8.self).replacing("\0", with: " ")
            return line.hasPrefix(words) || line.contains("-c \(words)")
        }
    }
}
