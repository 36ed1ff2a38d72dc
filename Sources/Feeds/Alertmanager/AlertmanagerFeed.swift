public import Estate
public import Settings
import Transport
import Wire

/// What fires, and what is silenced, as one Alertmanager says.
public struct AlertmanagerFeed: Feed {
    public let source: SourceID

    public static let replyDeadline = Span.seconds(4)
    /// Longest answer: some ten thousand alerts.
    public static let replyBytesMax = 16 << 20

    private let endpoint: Endpoint
    private let book: AlertBook
    private let pace: FeedPace

    /// - Parameters:
    ///   - groups: names that an alert's labels may mean.
    ///   - nodes: hosts by the addresses that an alert's labels may have.
    public init(_ settings: AlertmanagerSettings, groups: [GroupID], nodes: [Node], pace: FeedPace? = nil) {
        source = SourceID("alertmanager", settings.name)
        endpoint = settings.endpoint
        book = AlertBook(
            rules: settings.rules, groups: groups, places: NodePlaces(nodes), door: settings.endpoint.url)
        self.pace = pace ?? FeedPace(interval: settings.every, replyDeadline: Self.replyDeadline)
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let door = HTTPDoor(clock: clock)
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            while true {
                let alerts = try await ask("/api/v2/alerts", door)
                let silences = try await ask("/api/v2/silences", door)
                let now = clock.now()
                let (list, leftOut) = try AlertmanagerAlert.list(alerts.body)
                let facts = book.facts(list, leftOut: leftOut, try AlertmanagerSilence.list(silences.body))
                session.heard(
                    latency: alerts.took, problem: facts.leftOut > 0 ? "\(facts.leftOut) alerts are left out" : nil)
                session.send(.platform(facts), at: now)
                try await clock.sleep(until: pace.nextAsk(after: clock.now()))
            }
        }
        await door.close()
    }

    private func ask(_ path: String, _ door: HTTPDoor) async throws -> HTTPReply {
        let reply = try await door.send(
            HTTPRequest("GET", path, authorization: .configured), to: endpoint, within: pace.replyDeadline,
            bodyBytesMax: Self.replyBytesMax)
        switch reply.status {
        case 200: return reply
        case 401, 403:
            throw FeedError.refused(
                endpoint: endpoint.label, reason: "status \(reply.status); check the user and the secret")
        default:
            throw FeedError.unreadable(
                endpoint: endpoint.label,
                reason: "status \(reply.status) for \(path): “\(Escaped.text(reply.body))”; is it an Alertmanager?")
        }
    }
}
