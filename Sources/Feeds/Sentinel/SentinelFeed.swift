public import Estate
public import Settings
import Synchronization
import Transport
import Wire

/// A cache group as one of its Sentinels sees it: asked once, and again whenever it says on its own that something
/// changed. Between times it is only asked whether it lives.
public struct SentinelFeed: Feed {
    public let source: SourceID

    /// From one sign of life to the next.
    public static let standardPace = FeedPace(
        interval: .seconds(2), replyDeadline: .seconds(2), backoff: Backoff.Limits(delayMax: .seconds(5)))
    /// Signs of life from one reading that nothing prompted to the next.
    public static let beatsBetweenReadings = 10

    private let group: GroupID
    private let master: String
    private let endpoint: Endpoint
    private let names: PlaceNames
    private let pace: FeedPace

    /// Source `sentinel:GROUP/PLACE`, the place being the Sentinel's node and port, or its address.
    ///
    /// - Parameter master: what the Sentinels call the group.
    public init(
        group: GroupID, master: String, at endpoint: Endpoint, names: PlaceNames,
        pace: FeedPace = SentinelFeed.standardPace
    ) {
        source = SourceID("sentinel", "\(group.name)/\(names.name(of: Self.door(endpoint)))")
        self.group = group
        self.master = master
        self.endpoint = endpoint
        self.names = names
        self.pace = pace
    }

    private static func door(_ endpoint: Endpoint) -> String {
        endpoint.url.firstRange(of: "://").map { String(endpoint.url[$0.upperBound...]) } ?? endpoint.url
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        let view = Mutex(SentinelView(group: group, door: Self.door(endpoint), names: names))
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            let link = try await RedisLink.open(endpoint, within: pace.replyDeadline, clock: clock)
            do {
                if link.isRESP3 {
                    try await watch(link, ears: link, view, session)
                } else {
                    // Before RESP3 a connection that listens can ask nothing.
                    let ears = try await RedisLink.open(endpoint, within: pace.replyDeadline, clock: clock)
                    do {
                        try await watch(link, ears: ears, view, session)
                    } catch {
                        await ears.close()
                        throw error
                    }
                }
            } catch {
                await link.close()
                throw error
            }
        }
    }

    /// Lives as long as the connection does.
    private func watch(
        _ link: RedisLink, ears: RedisLink, _ view: borrowing Mutex<SentinelView>, _ session: FeedSession
    ) async throws {
        let clock = session.clock
        try await ears.listen(within: pace.replyDeadline, clock: clock)
        var beats = 0
        while true {
            let asked = clock.now()
            if beats == 0 {
                try await read(link, view, session)
            } else {
                let answer = try await link.ask([["PING"]], within: pace.replyDeadline, clock: clock)
                if case .error(let words)? = answer.first { throw link.refused(words) }
                session.heard(latency: clock.now() - asked, problem: problem(view), standsByAll: true)
            }
            beats = (beats + 1) % Self.beatsBetweenReadings
            if try await isPushed(ears, before: pace.nextAsk(after: clock.now()), clock) {
                tell(ears, session)
                beats = 0
            }
        }
    }

    private func read(
        _ link: RedisLink, _ view: borrowing Mutex<SentinelView>, _ session: FeedSession
    ) async throws {
        let clock = session.clock
        let asked = clock.now()
        let answers = try await link.ask(
            SentinelReading.questions(master), within: pace.replyDeadline, clock: clock)
        for case .error(let words) in answers {
            let refusal = RedisRefusal(words)
            if refusal.isAboutLogin { throw link.refused(words) }
            if words.contains("No such master") {
                throw FeedError.refused(endpoint: endpoint.label, reason: "it watches no group called \(master)")
            }
        }
        let reading = try SentinelReading(answers)
        let now = clock.now()
        let bodies = view.withLock { view in
            view.problem = reading.isTilted ? "it does not act for half a minute: its clock jumped" : nil
            return view.round(reading)
        }
        session.heard(latency: now - asked, problem: problem(view))
        for body in bodies {
            if case .memberGone = body {
                session.send(body, isEdge: true, at: now)
            } else if case .group = body {
                session.send(body, isEdge: true, at: now)
            } else {
                session.send(body, at: now)
            }
        }
    }

    private func problem(_ view: borrowing Mutex<SentinelView>) -> String? { view.withLock { $0.problem } }

    /// True as soon as something is pushed; false when the time has come.
    private func isPushed(_ ears: RedisLink, before time: Timestamp, _ clock: any Timekeeper) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await ears.waitForPush()
                return true
            }
            group.addTask {
                try await clock.sleep(until: time)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private func tell(_ ears: RedisLink, _ session: FeedSession) {
        let now = session.clock.now()
        let (pushes, lost) = ears.takePushes()
        if lost > 0 { session.send(.gap(lost), isEdge: true, at: now) }
        for push in pushes {
            guard let message = SentinelEvent(push),
                var event = SentinelNews.event(message, master: master, group: group, names: names, at: now)
            else { continue }
            event.source = source
            session.send(.event(event), isEdge: true, at: now)
        }
    }
}
