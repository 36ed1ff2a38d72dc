public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// A Redis server by its own word, over a connection that stays open: its role and offsets each second, which nothing
/// pushes, and what changes slowly now and then. That it is gone is seen at once.
public struct RedisFeed: Feed {
    public let source: SourceID

    public static let standardPace = FeedPace(
        interval: .seconds(1), replyDeadline: .seconds(2), backoff: Backoff.Limits(delayMax: .seconds(3)))
    /// Questions from one about slow figures to the next.
    public static let roundsBetweenFigures = 10

    private let member: MemberID
    private let address: String
    private let endpoint: Endpoint
    private let names: PlaceNames
    private let pace: FeedPace

    /// Source `redis:GROUP/MEMBER`.
    public init(
        _ member: MemberID, address: String, at endpoint: Endpoint, names: PlaceNames,
        pace: FeedPace = RedisFeed.standardPace
    ) {
        source = SourceID("redis", member.description)
        self.member = member
        self.address = address
        self.endpoint = endpoint
        self.names = names
        self.pace = pace
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        // Outlives connections: that another process answers than before is news.
        let view = Mutex(RedisView(member, address: address, names: names))
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            let link = try await open(session)
            do {
                try await watch(link, view, session)
            } catch {
                await link.close()
                throw error
            }
        }
    }

    private func open(_ session: FeedSession) async throws -> RedisLink {
        do {
            return try await RedisLink.open(endpoint, within: pace.replyDeadline, clock: session.clock)
        } catch let error as TransportError {
            if error.isRefusedByHost {
                // The host itself says so: packets arrive, and no server is there. Silence says nothing of the kind.
                var facts = MemberFacts()
                facts.address = address
                facts.state = .stopped
                facts.stateDetail = "its host answers that nothing listens there"
                session.send(.member(member, facts), isEdge: true)
            }
            throw error
        }
    }

    private func watch(
        _ link: RedisLink, _ view: borrowing Mutex<RedisView>, _ session: FeedSession
    ) async throws {
        let clock = session.clock
        var rounds = 0
        while true {
            let isDue = rounds == 0
            rounds = (rounds + 1) % Self.roundsBetweenFigures
            let slow =
                isDue ? [["INFO", "server"], ["INFO", "clients"], ["INFO", "memory"], RedisView.asksRank] : []
            let asked = clock.now()
            let answers = try await link.ask(
                [["INFO", "replication"]] + slow, within: pace.replyDeadline, clock: clock)
            // The rank beyond what it tells of itself is a courtesy: not every user may ask for it.
            for case .error(let words) in answers.prefix(4) { throw link.refused(words) }
            let now = clock.now()
            let infos = try answers.prefix(4).map { try RedisInfo($0) }
            let (facts, event) = try view.withLock { view throws(WireError) -> (MemberFacts, Event?) in
                let event =
                    isDue ? view.learn(server: infos[1], clients: infos[2], memory: infos[3], at: now) : nil
                if isDue { view.learn(rank: answers[4]) }
                return (try view.facts(infos[0], at: now), event)
            }
            session.heard(latency: now - asked)
            if var event {
                event.source = source
                session.send(.event(event), isEdge: true, at: now)
            }
            session.send(.member(member, facts), at: now)
            try await rest(link, until: pace.nextAsk(after: clock.now()), clock)
        }
    }

    /// Waits, and throws as soon as the server closes the connection.
    private func rest(_ link: RedisLink, until time: Timestamp, _ clock: any Timekeeper) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                // What is pushed here is nobody's business: nothing was subscribed to.
                while true {
                    try await link.waitForPush()
                    _ = link.takePushes()
                }
            }
            group.addTask {
                try await clock.sleep(until: time)
                return false
            }
            defer { group.cancelAll() }
            _ = try await group.next()
        }
    }
}
