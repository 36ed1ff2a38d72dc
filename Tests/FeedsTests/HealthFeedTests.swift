import Estate
import PitbossTestKit
import Settings
import Testing

@testable import Feeds

@Suite(.timeLimit(.minutes(5))) struct HealthFeedTests {
    static let group = GroupID("odds")

    private func watching(
        _ instance: HealthSettings.Instance, _ body: (RecordingSink) async throws -> Void
    ) async throws {
        let sink = RecordingSink()
        let settings = HealthSettings(instances: [instance])
        let pace = FeedPace(
            interval: .milliseconds(50), replyDeadline: .seconds(2),
            backoff: Backoff.Limits(delayFirst: .milliseconds(20), delayMax: .milliseconds(50)))
        let feed = HealthFeed(Self.group, instance, settings, pace: pace)
        let task = Task { await feed.run(into: sink, clock: SystemTimekeeper()) }
        do { try await body(sink) } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await task.value
    }

    private func facts(_ sink: RecordingSink, where isWanted: @escaping @Sendable (MemberFacts) -> Bool) async throws {
        _ = try await sink.wait { update in
            if case .member(_, let facts) = update.body { isWanted(facts) } else { false }
        }
    }

    @Test func tellsItsWordItsAgeAndItsEnd() async throws {
        let server = FakeHTTP { request in
            switch request.path {
            case "/health?full=1": .reply(status: 200, body: Array(#"{"status":"UP"}"#.utf8))
            case "/metrics": .reply(status: 200, body: Array("process_start_time_seconds 1.7e9\n".utf8))
            default: .reply(status: 404, body: [])
            }
        }
        try server.server.start()
        let base = "http://127.0.0.1:\(server.server.port)"
        var instance = HealthSettings.Instance("odds-1", endpoint: Endpoint(url: base + "/health?full=1"))
        instance.metrics = Endpoint(url: base + "/metrics")
        try await watching(instance) { sink in
            try await facts(sink) { facts in
                facts.state == .running && facts.service?.status == "UP" && facts.service?.code == 200
                    && facts.startedAt == Timestamp(seconds: 1.7e9) && facts.service?.latencySeconds != nil
            }
            server.server.stop()
            try await facts(sink) { $0.state == .stopped && $0.service?.isWell == false }
        }
    }

    @Test func anAnswerOtherThanWellIsAFactAndNoFailure() async throws {
        let server = FakeHTTP { _ in .reply(status: 503, body: Array("{\"status\":\"DOWN\"}".utf8)) }
        try server.server.start()
        let url = "http://127.0.0.1:\(server.server.port)/health"
        try await watching(HealthSettings.Instance("odds-1", endpoint: Endpoint(url: url))) { sink in
            try await facts(sink) { facts in
                facts.state == .failed && facts.service?.isWell == false && facts.service?.status == "DOWN"
                    && facts.service?.code == 503
            }
        }
        server.server.stop()
    }
}
