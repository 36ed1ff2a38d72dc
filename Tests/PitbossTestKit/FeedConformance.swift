public import Estate
public import Feeds

/// How a fake peer behaves from now on.
public enum PeerMood: Sendable, Equatable {
    /// As the real one, with recorded answers.
    case good
    /// Accepts, reads and says nothing.
    case silent
    /// Answers with bytes that make no sense (control characters among them).
    case malformed
    /// Answers well, with names that are meant to hurt.
    case hostile
}

/// A peer that speaks one system's language on a real socket.
public protocol FakePeer: Sendable {
    var server: FakeServer { get }
    func become(_ mood: PeerMood)
}

/// What a feed's author gives the suite.
public struct FeedCase: Sendable, CustomStringConvertible {
    public let description: String
    /// A peer that is not listening yet, in good mood.
    let makePeer: @Sendable () -> any FakePeer
    /// The feed on the peer, which listens by then.
    let makeFeed: @Sendable (any FakePeer, FeedPace) -> any Feed
    /// The update that proves that a value arrived.
    let isValue: @Sendable (Update) -> Bool
    /// The update that proves that a hostile name arrived as it is.
    let isHostileValue: @Sendable (Update) -> Bool

    public init(
        _ description: String, makePeer: @escaping @Sendable () -> any FakePeer,
        makeFeed: @escaping @Sendable (any FakePeer, FeedPace) -> any Feed,
        isValue: @escaping @Sendable (Update) -> Bool, isHostileValue: @escaping @Sendable (Update) -> Bool
    ) {
        self.description = description
        self.makePeer = makePeer
        self.makeFeed = makeFeed
        self.isValue = isValue
        self.isHostileValue = isHostileValue
    }
}

/// What every feed must do, whatever it speaks. Each check throws what it found wrong.
public struct FeedConformance: Sendable {
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    /// Unequal spans, so that the suite can tell who sleeps: idle feeds sleep for the interval at most, a feed that
    /// waits for an answer sleeps for more.
    public static let interval = Span.seconds(1)
    public static let replyDeadline = Span.seconds(3)
    static let backoff = Backoff.Limits(
        delayFirst: .milliseconds(100), delayMax: .milliseconds(800), stableAfter: .seconds(10))
    /// Jitters handed out in turn.
    static let jitters = [0.0, 0.5, 0.25, 0.75, 0.125, 0.625]

    let feedCase: FeedCase
    let peer: any FakePeer
    let sink = RecordingSink()
    let clock = SteppedClock()
    private let jittersDrawn = Observed(0)

    public init(_ feedCase: FeedCase) {
        self.feedCase = feedCase
        peer = feedCase.makePeer()
    }

    /// First value: the source says that it connects, then that it lives, and a value comes.
    public func firstValue() async throws {
        try await running {
            try await sink.wait(for: feedCase.isValue)
            try await sink.waitForStatus(.live)
            try demand(sink.statuses.first?.state == .connecting, "the first status is not “connecting”")
            let source = sink.all.first?.source
            try demand(sink.all.allSatisfy { $0.source == source }, "updates come from several sources")
            let firstLive = sink.all.first { if case .source(let s) = $0.body { s.state == .live } else { false } }
            try demand(firstLive?.isEdge == true, "becoming live is not marked as an edge")
        }
    }

    /// Silence: a peer that falls silent is called so no later than an interval and a deadline after.
    public func silence() async throws {
        try await running {
            try await sink.wait(for: feedCase.isValue)
            try await clock.waitForSleeper(within: Self.interval)
            let mark = sink.mark
            peer.become(.silent)
            let from = clock.now()
            let sent = peer.server.bytesReceived
            try await clock.advanceToSleeper(within: Self.interval)
            try await peer.server.waitForBytes(beyond: sent)
            try await clock.advanceToSleeper(within: Self.replyDeadline)
            let status = try await sink.waitForStatus(from: mark) { $0.state != .live }
            try demand(status.state == .silent, "a silent peer is called “\(status.state)”")
            try demand(status.problem?.isEmpty == false, "the status does not say what is wrong")
            let took = clock.now() - from
            try demand(took <= Self.interval + Self.replyDeadline, "silence was noticed after \(took.seconds) s")
            peer.become(.good)
            let healed = sink.mark
            try await goOn(until: { try await sink.waitForStatus(.live, from: healed) })
            try await goOn(until: { try await sink.wait(from: healed, for: isValueAgain) })
        }
    }

    /// Deadline: a peer that never says a word is given up at the deadline, not before and not after.
    public func deadline() async throws {
        peer.become(.silent)
        try await running {
            try await peer.server.waitForAccepted(1)
            try await clock.waitForSleeper(within: Self.replyDeadline)
            clock.advance(by: Self.replyDeadline + Span(nanoseconds: -1))
            try demand(!sink.statuses.contains { $0.state == .silent }, "given up before the deadline")
            clock.advance(by: Span(nanoseconds: 1))
            try await sink.waitForStatus(.silent)
        }
    }

    /// Cancel: the feed returns and leaves no connection, be it live or waiting for an answer.
    public func cancel() async throws {
        for mood in [PeerMood.good, .silent] {
            let fresh = FeedConformance(feedCase)
            fresh.peer.become(mood)
            try await fresh.running {
                try await fresh.peer.server.waitForAccepted(1)
                if mood == .good { try await fresh.sink.waitForStatus(.live) }
            }
            try await fresh.peer.server.waitForNoConnection()
            let after = fresh.sink.mark
            fresh.clock.advance(by: .seconds(60))
            try demand(fresh.sink.mark == after, "an update came after the feed had returned")
            try demand(fresh.clock.sleepersCount == 0, "somebody still sleeps after the feed has returned")
            fresh.peer.server.stop()
        }
    }

    /// Reconnect: growing, spread waits while the peer is away, and live again once it is back.
    public func reconnect() async throws {
        try await running {
            try await sink.wait(for: feedCase.isValue)
            try await clock.waitForSleeper(within: Self.interval)
            peer.server.stop()
            // A pushed feed notices at once, a polled one at its next question.
            let failuresWanted = 6
            let mark = sink.mark
            try await goOn(until: { [sink] in try await sink.waitForStatuses(.failed, failuresWanted, from: mark) })
            var expected = Backoff(Self.backoff)
            let delays = (0..<failuresWanted - 1).map { expected.next(jitter: Self.jitters[$0 % Self.jitters.count]) }
            let slept = clock.requestedSleeps.filter { delays.contains($0) }
            try demand(
                Array(slept.prefix(delays.count)) == delays,
                "waits between attempts are \(slept.map(\.seconds)), wanted \(delays.map(\.seconds))")
            try peer.server.start()
            let healed = sink.mark
            try await goOn(until: { try await sink.waitForStatus(.live, from: healed) })
            try await goOn(until: { try await sink.wait(from: healed, for: isValueAgain) })
        }
    }

    /// Malformed bytes: said with the bytes escaped; the feed goes on and recovers.
    public func malformed() async throws {
        peer.become(.malformed)
        try await running {
            let status = try await sink.waitForStatus { $0.problem != nil }
            let problem = status.problem ?? ""
            try demand(
                !problem.unicodeScalars.contains { $0.properties.generalCategory == .control },
                "the problem holds control characters")
            try demand(problem.count <= 600, "the problem is \(problem.count) characters long")
            peer.become(.good)
            let healed = sink.mark
            try await goOn(until: { try await sink.wait(from: healed, for: feedCase.isValue) })
            try await sink.waitForStatus(from: healed) { $0.state == .live && $0.problem == nil }
        }
    }

    /// Hostile names: they arrive as they are, for the glass to make safe, and hurt nothing on the way.
    public func hostileNames() async throws {
        peer.become(.hostile)
        try await running {
            try await sink.wait(for: feedCase.isHostileValue)
            try await sink.waitForStatus(.live)
        }
    }

    /// A value, or word that what was said before the break holds: a subscription that resumes has nothing to repeat.
    private var isValueAgain: @Sendable (Update) -> Bool {
        { [feedCase] update in
            if case .source(let status) = update.body { return status.state == .live && status.standsByAll }
            return feedCase.isValue(update)
        }
    }

    private var pace: FeedPace {
        let drawn = jittersDrawn
        return FeedPace(
            interval: Self.interval, replyDeadline: Self.replyDeadline, backoff: Self.backoff,
            jitter: {
                drawn.update { count in
                    count += 1
                    return Self.jitters[(count - 1) % Self.jitters.count]
                }
            })
    }

    private func demand(_ isTrue: Bool, _ otherwise: String) throws {
        if !isTrue { throw Violation(description: "\(feedCase): \(otherwise)") }
    }

    /// Runs the feed beside `body`; afterwards it must have returned.
    private func running(_ body: () async throws -> Void) async throws {
        try peer.server.start()
        let feed = feedCase.makeFeed(peer, pace)
        let task = Task { [sink, clock] in await feed.run(into: sink, clock: clock) }
        defer { peer.server.stop() }
        do {
            try await body()
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await task.value
    }

    /// Moves the clock from sleeper to sleeper, idle ones only, until `done` has returned.
    private func goOn<Value: Sendable>(until done: @escaping @Sendable () async throws -> Value) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                _ = try await done()
                return true
            }
            group.addTask { [clock] in
                while true { try await clock.advanceToSleeper(within: Self.interval) }
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next() { if isDone { return } }
        }
    }
}
