public import Estate
public import Settings
import Transport
import Wire

/// One instance of a service by its own word: its health address, and when it started.
public struct HealthFeed: Feed {
    public let source: SourceID

    public static let replyDeadline = Span.seconds(2)
    public static let answerBytesMax = 256 << 10
    public static let pageBytesMax = 8 << 20

    private let member: MemberID
    private let settings: HealthSettings
    private let base: Endpoint
    private let path: String
    private let metrics: (base: Endpoint, path: String)?
    private let pace: FeedPace

    /// Source `health:GROUP/INSTANCE`.
    public init(
        _ group: GroupID, _ instance: HealthSettings.Instance, _ settings: HealthSettings, pace: FeedPace? = nil
    ) {
        source = SourceID("health", "\(group.name)/\(instance.name)")
        member = MemberID(group, instance.name)
        self.settings = settings
        (base, path) = Self.split(instance.endpoint)
        metrics = instance.metrics.map { Self.split($0) }
        self.pace =
            pace
            ?? FeedPace(
                interval: max(settings.every, .seconds(1)), replyDeadline: Self.replyDeadline,
                backoff: Backoff.Limits(delayMax: .seconds(3)))
    }

    private static func split(_ endpoint: Endpoint) -> (Endpoint, String) {
        guard let scheme = endpoint.url.firstRange(of: "://"),
            let slash = endpoint.url[scheme.upperBound...].firstIndex(where: { $0 == "/" || $0 == "?" })
        else { return (endpoint, "/") }
        var base = endpoint
        base.url = String(endpoint.url[..<slash])
        let path = String(endpoint.url[slash...])
        return (base, path.hasPrefix("/") ? path : "/" + path)
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let door = HTTPDoor(clock: clock)
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [base.label]).run { session in
            do {
                while true {
                    try await ask(door, session)
                    try await clock.sleep(until: pace.nextAsk(after: clock.now()))
                }
            } catch let error as TransportError where error.isRefusedByHost {
                // The host answers in its place: nothing listens there.
                var facts = MemberFacts()
                facts.role = .server
                facts.state = .stopped
                facts.stateDetail = "nothing listens at its health address"
                facts.service = ServiceFacts(isWell: false, status: "stopped")
                session.send(.member(member, facts), isEdge: true)
                throw error
            }
        }
        await door.close()
    }

    private func ask(_ door: HTTPDoor, _ session: FeedSession) async throws {
        let reply = try await door.send(
            HTTPRequest("GET", path, authorization: .configured), to: base, within: pace.replyDeadline,
            bodyBytesMax: Self.answerBytesMax)
        guard reply.status != 401, reply.status != 403 else {
            throw FeedError.refused(endpoint: base.label, reason: "status \(reply.status); name a user or a token")
        }
        let answer = try HealthAnswer(
            status: reply.status, reply.body, field: settings.field, words: settings.words)
        let started = try await startedAt(door)
        let now = session.clock.now()
        session.heard(latency: reply.took, problem: started.problem)
        var facts = MemberFacts()
        facts.role = .server
        facts.address = base.label.firstRange(of: "://").map { String(base.label[$0.upperBound...]) }
        facts.state = answer.isWell ? .running : .failed
        let word = answer.word ?? "status \(reply.status)"
        facts.stateDetail = word
        facts.startedAt = started.at
        facts.service = ServiceFacts(
            isWell: answer.isWell, status: word, code: reply.status, latencySeconds: reply.took.seconds)
        session.send(.member(member, facts), at: now)
        var group = GroupFacts()
        group.notes["health"] = "asked"
        session.send(.group(member.group, group), at: now)
    }

    private static let family = PrometheusFamilies(["process_start_time_seconds"])

    /// When its process began, as its metrics page has it.
    private func startedAt(_ door: HTTPDoor) async throws -> (at: Timestamp?, problem: String?) {
        guard let metrics else { return (nil, nil) }
        let reply = try await door.send(
            HTTPRequest("GET", metrics.path, authorization: .configured), to: metrics.base,
            within: pace.replyDeadline, bodyBytesMax: Self.pageBytesMax)
        var seconds: Double?
        _ = PrometheusScanner.scan(reply.body.span.bytes, Self.family) { seconds = $0.value }
        guard reply.status == 200, let seconds, seconds > 0, seconds < 9e9 else {
            return (nil, "no process_start_time_seconds at \(metrics.base.label)\(metrics.path)")
        }
        return (Timestamp(seconds: seconds), nil)
    }
}
