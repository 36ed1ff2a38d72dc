public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// One member asked itself, through Patroni's REST API: what the register lacks or learns only a loop later.
public struct PatroniMemberFeed: Feed {
    public let source: SourceID
    private let member: MemberID
    private let endpoint: Endpoint
    private let pace: FeedPace

    public static let standardPace = FeedPace(interval: .seconds(1), replyDeadline: .seconds(2))
    /// Where the register and the server itself are observed: Patroni answers each question on a connection of its
    /// own, and has little to add while nothing changes.
    public static let besideOthersPace = FeedPace(
        interval: .seconds(1), calmInterval: .seconds(5), replyDeadline: .seconds(2))
    /// Largest answer, bytes.
    public static let answerBytesMax = 1 << 20

    /// Source `patroni:GROUP/MEMBER`. `endpoint` is the door: scheme, host and port.
    public init(member: MemberID, endpoint: Endpoint, pace: FeedPace = standardPace) {
        source = SourceID("patroni", member.description)
        self.member = member
        self.endpoint = endpoint
        self.pace = pace
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let door = HTTPDoor(clock: clock)
        let view = Mutex(PatroniMemberView(member: member))
        let loop = FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label])
        await loop.run { session in
            while true {
                let reply = try await PatroniDoor.get("/patroni", at: endpoint, through: door, pace: pace)
                // 503 comes with the same body: the member answers, its PostgreSQL does not.
                guard reply.status == 200 || reply.status == 503 else {
                    throw PatroniDoor.fault(reply, endpoint: endpoint)
                }
                let node = try PatroniNode(parsing: reply.body)
                let now = clock.now()
                let (facts, isCalm) = view.withLock { ($0.facts(node, at: now), $0.isCalm(node, at: now)) }
                session.heard(latency: reply.took, problem: view.withLock { $0.problem(node) })
                session.send(.member(member, facts), at: now)
                try await clock.sleep(until: pace.nextAsk(after: clock.now(), isCalm: isCalm))
            }
        }
        await door.close()
    }
}

/// Reading from Patroni's REST API. It speaks HTTP/1.0 and needs no credentials to read.
enum PatroniDoor {
    static func get(
        _ path: String, at endpoint: Endpoint, through door: HTTPDoor, pace: FeedPace
    ) async throws -> HTTPReply {
        try await door.send(
            HTTPRequest("GET", path, headers: [(name: "connection", value: "close")]), to: endpoint,
            within: pace.replyDeadline, bodyBytesMax: PatroniMemberFeed.answerBytesMax)
    }

    static func fault(_ reply: HTTPReply, endpoint: Endpoint) -> FeedError {
        let words = Escaped.text(reply.body)
        if reply.status == 401 || reply.status == 403 {
            return .refused(endpoint: endpoint.label, reason: "status \(reply.status) “\(words)”")
        }
        return .unreadable(
            endpoint: endpoint.label, reason: "status \(reply.status) “\(words)”; is it Patroni's REST API?")
    }
}
