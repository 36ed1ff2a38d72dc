import Estate
import Feeds
import Foundation
import PitbossTestKit
import Settings
import Testing

@Suite(.timeLimit(.minutes(5))) struct EtcdFeedTests {
    private let group = GroupID("wallet-db")
    private let pace = FeedPace(
        interval: .seconds(1), replyDeadline: .seconds(3),
        backoff: Backoff.Limits(delayFirst: .milliseconds(100), delayMax: .milliseconds(800)), jitter: { 0 })

    /// Runs the feed on these endpoints until the body has seen what it wants.
    private func watching(
        _ endpoints: [Endpoint], _ body: (RecordingSink, SteppedClock) async throws -> Void
    ) async throws {
        let (sink, clock) = (RecordingSink(), SteppedClock())
        let feed = EtcdFeed(
            group: group, scope: "wallet-db", namespace: "/service/", endpoints: endpoints, pace: pace)
        let task = Task { await feed.run(into: sink, clock: clock) }
        do {
            try await body(sink, clock)
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await task.value
    }

    /// Moves the clock through the waits between attempts until the body is done. A connection that was idle when it
    /// was cut can cost an attempt.
    private func retrying(_ clock: SteppedClock, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { while true { try await clock.advanceToSleeper(within: .milliseconds(800)) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func leader(_ update: Update, is name: String?) -> Bool {
        if case .group(_, let facts) = update.body { return facts.leader == Known(name) }
        return false
    }

    private func edges(_ sink: RecordingSink, from mark: Int) -> [String?] {
        sink.all[mark...].compactMap { update -> String?? in
            guard update.isEdge, case .group(_, let facts) = update.body, let leader = facts.leader else { return nil }
            return .some(leader.value)
        }
    }

    @Test func changesArePushedWithoutTheClockMoving() async throws {
        let peer = EtcdPeer()
        try peer.server.start()
        defer { peer.server.stop() }
        try await watching([Endpoint(url: peer.url)]) { sink, _ in
            try await sink.wait { leader($0, is: "pg-a") }
            try await peer.http.waitForStreams(1)
            let mark = sink.mark
            peer.delete("leader")
            peer.put("leader", "pg-b")
            let elected = try await sink.wait(from: mark) { leader($0, is: "pg-b") }
            #expect(edges(sink, from: mark) == [nil, "pg-b"])
            guard case .group(_, let facts) = elected.body else { return }
            #expect(facts.revision == peer.state.value.revision)
            let ranges = peer.http.requests.count { $0.path == "/v3/kv/range" }
            #expect(ranges == 1, "a change was polled for")
        }
    }

    @Test func nothingIsMissedOverABreak() async throws {
        let peer = EtcdPeer()
        try peer.server.start()
        defer { peer.server.stop() }
        try await watching([Endpoint(url: peer.url)]) { sink, clock in
            try await peer.http.waitForStreams(1)
            try await clock.waitForSleeper(within: .seconds(1))
            let mark = sink.mark
            peer.server.cutConnections()
            try await sink.waitForStatus(from: mark) { $0.state == .failed }
            // While nobody watches, the leader is lost and elected twice.
            peer.delete("leader")
            peer.put("leader", "pg-b")
            peer.delete("leader")
            peer.put("leader", "pg-a")
            try await retrying(clock) { try await peer.http.waitForStreams(2) }
            try await sink.wait(from: mark) { leader($0, is: "pg-a") }
            #expect(edges(sink, from: mark) == [nil, "pg-b", nil, "pg-a"])
            #expect(!sink.all[mark...].contains { if case .event = $0.body { true } else { false } })
            let starts = peer.http.requests.filter { $0.path == "/v3/watch" }.map(\.text)
            #expect(starts.count == 2 && starts[1].contains("\"start_revision\":\"9\""), "\(starts)")
        }
    }

    @Test func compactionIsReadAnewAndSaid() async throws {
        let peer = EtcdPeer()
        try peer.server.start()
        defer { peer.server.stop() }
        try await watching([Endpoint(url: peer.url)]) { sink, clock in
            try await peer.http.waitForStreams(1)
            try await clock.waitForSleeper(within: .seconds(1))
            let mark = sink.mark
            peer.server.cutConnections()
            try await sink.waitForStatus(from: mark) { $0.state == .failed }
            peer.delete("leader")
            peer.put("leader", "pg-b")
            peer.compact()
            try await retrying(clock) { try await peer.http.waitForStreams(3) }
            try await sink.wait(from: mark) { leader($0, is: "pg-b") }
            try await sink.wait(from: mark) { update in
                if case .event(let event) = update.body { return event.kind == .gap }
                return false
            }
            // The new watch works.
            let again = sink.mark
            peer.put("leader", "pg-a")
            try await sink.wait(from: again) { leader($0, is: "pg-a") }
        }
    }

    @Test func anotherEndpointTakesOverAtOnce() async throws {
        let (dead, peer) = (EtcdPeer(), EtcdPeer())
        try dead.server.start()
        dead.server.stop()
        try peer.server.start()
        defer { peer.server.stop() }
        try await watching([Endpoint(url: dead.url), Endpoint(url: peer.url)]) { sink, clock in
            let status = try await sink.waitForStatus(.live)
            #expect(status.endpoint == peer.url)
            #expect(!clock.requestedSleeps.contains(.milliseconds(50)), "it waited before trying the other endpoint")
        }
    }

    @Test func aDeafWatchIsReplaced() async throws {
        let peer = EtcdPeer()
        try peer.server.start()
        defer { peer.server.stop() }
        try await watching([Endpoint(url: peer.url)]) { sink, clock in
            try await peer.http.waitForStreams(1)
            peer.state.update { $0.isDeaf = true }
            peer.put("leader", "pg-b")
            let mark = sink.mark
            for _ in 0..<2 {
                let asked = peer.http.requests.count
                try await clock.waitForSleeper(within: .seconds(1))
                try await clock.advanceToSleeper(within: .seconds(1))
                try await peer.http.waitForRequest(from: asked) { $0.path == "/v3/kv/range" }
            }
            let status = try await sink.waitForStatus(from: mark) { $0.state == .silent }
            #expect(status.problem?.contains("no longer tells") == true)
            try await retrying(clock) { try await sink.wait(from: mark) { leader($0, is: "pg-b") } }
        }
    }

    @Test func aLostQuorumIsCalledSo() async throws {
        let peer = EtcdPeer()
        peer.state.update { $0.hasQuorum = false }
        try peer.server.start()
        defer { peer.server.stop() }
        try await watching([Endpoint(url: peer.url)]) { sink, clock in
            // The status comes at once, the range never: each attempt ends at its deadline. The clock here can be
            // faster than the status, so one attempt need not be enough.
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await sink.waitForStatus { $0.problem?.contains("has no quorum") == true }
                }
                group.addTask {
                    while true { try await clock.advanceToSleeper(within: .seconds(3)) }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
            let status = try await sink.waitForStatus { $0.problem?.contains("has no quorum") == true }
            #expect(status.state == .failed)
        }
    }

    @Test func anotherClusterBehindTheSameAddressIsReadAnew() async throws {
        let peer = EtcdPeer()
        try peer.server.start()
        defer { peer.server.stop() }
        try await watching([Endpoint(url: peer.url)]) { sink, clock in
            try await peer.http.waitForStreams(1)
            try await clock.waitForSleeper(within: .seconds(1))
            let mark = sink.mark
            peer.state.update { state in
                state.clusterID = "78"
                state.revision = 3
                state.log = []
                state.keys = state.keys.filter { !$0.key.contains("pg-a") && !$0.key.hasSuffix("leader") }
            }
            peer.server.cutConnections()
            try await sink.waitForStatus(from: mark) { $0.state == .failed }
            try await retrying(clock) { try await sink.wait(from: mark) { leader($0, is: nil) } }
            try await sink.wait(from: mark) { $0.body == .memberGone(MemberID(group, "pg-a")) }
        }
    }

    @Test func userAndPasswordBecomeATokenThatIsRenewed() async throws {
        let peer = EtcdPeer()
        peer.state.update { $0.token = "first.1" }
        try peer.server.start()
        defer { peer.server.stop() }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("etcd-secret-\(peer.server.port)")
        try Data("s3cret\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let endpoint = Endpoint(url: peer.url, username: "watcher", password: .file(file.path))
        try await watching([endpoint]) { sink, clock in
            try await sink.waitForStatus(.live)
            try await peer.http.waitForStreams(1)
            peer.state.update { $0.token = "second.2" }
            let mark = sink.mark
            try await clock.waitForSleeper(within: .seconds(1))
            try await clock.advanceToSleeper(within: .seconds(1))
            try await sink.waitForStatus(.live, from: mark)
            #expect(!sink.statuses.contains { $0.state == .refused })
        }
        let logins = peer.http.requests.count { $0.path == "/v3/auth/authenticate" }
        #expect(logins == 2)
    }

    @Test func aWrongPasswordIsRefusedAndNotShown() async throws {
        let peer = EtcdPeer()
        peer.state.update { $0.token = "first.1" }
        try peer.server.start()
        defer { peer.server.stop() }
        setenv("PITBOSS_TEST_ETCD", "hunter2", 1)
        let endpoint = Endpoint(url: peer.url, username: "watcher", password: .environment("PITBOSS_TEST_ETCD"))
        try await watching([endpoint]) { sink, _ in
            let status = try await sink.waitForStatus(.refused)
            #expect(status.problem?.contains("authentication failed") == true)
            #expect(status.problem?.contains("hunter2") == false)
        }
    }

    @Test func scopesAreDiscovered() async throws {
        let (dead, peer) = (EtcdPeer(), EtcdPeer())
        try dead.server.start()
        dead.server.stop()
        try peer.server.start()
        defer { peer.server.stop() }
        let found = try await EtcdDiscovery.scopes(
            endpoints: [Endpoint(url: dead.url), Endpoint(url: peer.url)], clock: SteppedClock(), within: .seconds(3))
        #expect(found == ["wallet-db"])
        await #expect(throws: FeedError.self) {
            try await EtcdDiscovery.scopes(
                endpoints: [Endpoint(url: dead.url)], clock: SteppedClock(), within: .seconds(3))
        }
    }
}
