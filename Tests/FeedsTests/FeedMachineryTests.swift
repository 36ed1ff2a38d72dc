import Estate
import PitbossTestKit
import Settings
import Testing
import Wire

@testable import Feeds
@testable import Transport

@Suite struct BackoffTests {
    private let limits = Backoff.Limits(
        delayFirst: .milliseconds(100), delayMax: .seconds(1), stableAfter: .seconds(10))

    @Test func doublesUpToTheLimit() {
        var backoff = Backoff(limits)
        let delays = (0..<6).map { _ in backoff.next(jitter: 1).nanoseconds / 1_000_000 }
        #expect(delays == [100, 200, 400, 800, 1000, 1000])
    }

    @Test func spreadsBetweenHalfAndAll() {
        for jitter in [0.0, 0.25, 0.5, 0.999] {
            var backoff = Backoff(limits)
            let delay = backoff.next(jitter: jitter)
            #expect(delay == Span.milliseconds(100) * (0.5 + jitter / 2))
        }
    }

    @Test func neverOverflowsAndNeverLeavesTheLimits() {
        var backoff = Backoff(limits)
        for _ in 0..<200 {
            for jitter in [-1.0, 0, 2] {
                let delay = backoff.next(jitter: jitter)
                #expect(delay >= .milliseconds(50) && delay <= .seconds(1))
            }
        }
    }

    @Test func onlyALongLifeForgets() {
        var backoff = Backoff(limits)
        for _ in 0..<3 { _ = backoff.next(jitter: 1) }
        let start = Timestamp(nanoseconds: 0)
        backoff.lived(from: start, to: start + .seconds(9.9))
        let kept = backoff.next(jitter: 1)
        #expect(kept == .milliseconds(800))
        backoff.lived(from: start, to: start + .seconds(10))
        let forgotten = backoff.next(jitter: 1)
        #expect(forgotten == .milliseconds(100))
    }
}

@Suite struct SubscriptionTests {
    private let start = Timestamp(nanoseconds: 1_000_000_000_000)
    private func make(_ endpoints: [String]) -> Subscription {
        Subscription(
            endpoints: endpoints, freshFor: .seconds(6),
            backoff: Backoff.Limits(delayFirst: .milliseconds(100), delayMax: .seconds(1), stableAfter: .seconds(10)))
    }
    private let failure = FeedError.unreachable(endpoint: "a", reason: "refused")

    @Test func edgesAreChangesOfStateOnly() {
        var one = make(["a"])
        let begun = one.start()
        #expect(begun.isEdge)
        let first = one.heard(at: start, latency: .milliseconds(3))
        #expect(first.isEdge && first.status.state == .live && first.status.latencySeconds == 0.003)
        #expect(first.status.freshFor == .seconds(6) && first.status.endpoint == "a" && first.status.problem == nil)
        let second = one.heard(at: start, latency: nil)
        #expect(!second.isEdge)
        let (failed, _) = one.failed(failure, at: start, jitter: 1)
        #expect(failed.isEdge && failed.status.state == .failed && failed.status.problem == "refused")
        let (again, _) = one.failed(failure, at: start, jitter: 1)
        #expect(!again.isEdge)
        let (silent, _) = one.failed(.silent(endpoint: "a", reason: "s"), at: start, jitter: 1)
        #expect(silent.isEdge && silent.status.state == .silent)
    }

    @Test func turnsOverItsEndpointsAndWaitsOncePerTurn() {
        var three = make(["a", "b", "c"])
        var seen: [String] = []
        var waits: [Int64] = []
        for _ in 0..<7 {
            seen.append(three.endpoint)
            waits.append(three.failed(failure, at: start, jitter: 1).delay.nanoseconds / 1_000_000)
        }
        #expect(seen == ["a", "b", "c", "a", "b", "c", "a"])
        #expect(waits == [0, 0, 100, 0, 0, 200, 0])
    }

    @Test func anEndpointThatLivesBrieflyDoesNotResetTheWaits() {
        var one = make(["a"])
        var waits: [Int64] = []
        for _ in 0..<4 {
            _ = one.heard(at: start, latency: nil)
            waits.append(one.failed(failure, at: start + .seconds(1), jitter: 1).delay.nanoseconds / 1_000_000)
        }
        #expect(waits == [100, 200, 400, 800])
        _ = one.heard(at: start, latency: nil)
        let wait = one.failed(failure, at: start + .seconds(20), jitter: 1).delay
        #expect(wait == .milliseconds(100))
    }

    @Test func threeWaysToFailDoNotFlicker() {
        var three = make(["a", "b", "c"])
        let quorum = FeedError.withoutQuorum(endpoint: "c", reason: "no leader")
        var shown: [String?] = []
        for error in [failure, failure, quorum, failure, failure, quorum, failure, failure, failure, failure] {
            let status = three.failed(error, at: start, jitter: 1).report.status
            shown.append(status.problem?.contains("no quorum") == true ? status.endpoint : nil)
        }
        // From the first time on it is shown, until a whole turn and one have passed without it.
        #expect(shown == [nil, nil, "c", "c", "c", "c", "c", "c", "c", nil])
        _ = three.heard(at: start, latency: nil)
        let after = three.failed(failure, at: start, jitter: 1).report.status
        #expect(after.problem == "refused")
    }

    @Test func aProblemCanBeToldWhileLive() {
        var one = make(["a"])
        let report = one.heard(at: start, latency: nil, problem: "half", standsByAll: true)
        #expect(report.status.state == .live && report.status.problem == "half" && report.status.standsByAll)
    }

    @Test func withoutEndpointsNothingTraps() {
        var none = make([])
        let begun = none.start()
        #expect(begun.status.endpoint == nil && none.endpoint.isEmpty)
        let wait = none.failed(failure, at: start, jitter: 0).delay
        #expect(wait > .zero)
    }
}

@Suite struct FeedErrorTests {
    @Test func everyFailureHasAStateAndWords() {
        let cases: [(any Error, SourceStatus.State)] = [
            (TransportError.late(endpoint: "a", afterSeconds: 2), .silent),
            (TransportError.untrusted(endpoint: "a", reason: .unsigned), .untrusted),
            (TransportError.noSecret(place: "file x", reason: "r"), .refused),
            (TransportError.unreachable(endpoint: "a", reason: "r"), .failed),
            (TransportError.badAddress(endpoint: "a", reason: "r"), .failed),
            (TransportError.tooLong(endpoint: "a", limitBytes: 1), .failed),
            (WireError.refused(format: "f", status: 7, message: "m"), .refused),
            (WireError.missing(format: "f", field: "x", bytes: "b"), .failed),
            (FeedError.withoutQuorum(endpoint: "a", reason: "r"), .failed),
        ]
        for (error, state) in cases {
            let made = FeedError(error, endpoint: "a")
            #expect(made.state == state)
            #expect(!made.description.isEmpty)
        }
        #expect(TransportError.late(endpoint: "a", afterSeconds: 2).description.contains("within 2 s"))
    }
}

@Suite struct LineSplitterTests {
    @Test func cutsWhereverTheChunksAreCut() throws {
        let text = Array("one\ntwo\r\n\nthree\nfo".utf8)
        for size in 1...text.count {
            var splitter = LineSplitter(lineBytesMax: 100)
            var lines: [String] = []
            for start in stride(from: 0, to: text.count, by: size) {
                let chunk = text[start..<min(start + size, text.count)]
                lines += try splitter.feed(chunk).map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(lines == ["one", "two", "", "three"])
            let rest = splitter.finish()
            let nothing = splitter.finish()
            #expect(rest == Array("fo".utf8) && nothing == nil)
        }
    }

    @Test func refusesALineBeyondTheLimit() throws {
        var whole = LineSplitter(lineBytesMax: 3)
        let lines = try whole.feed(Array("abc\n".utf8))
        #expect(lines == [Array("abc".utf8)])
        #expect(throws: LineSplitter.TooLong(limitBytes: 3)) { try whole.feed(Array("abcd\n".utf8)) }
        var endless = LineSplitter(lineBytesMax: 3)
        let none = try endless.feed(Array("ab".utf8))
        #expect(none.isEmpty)
        #expect(throws: LineSplitter.TooLong(limitBytes: 3)) { try endless.feed(Array("cd".utf8)) }
    }
}
