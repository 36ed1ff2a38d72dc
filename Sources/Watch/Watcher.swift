public import Estate
import Feeds
import Insight
import Synchronization
public import Tape

/// Runs every feed, and makes one growing picture of what they say. All tasks are children of `run`: when it has
/// returned nothing is left.
public final class Watcher: Sendable {
    /// Events kept in memory; the journal has the older ones.
    public static let eventsMax = 2_000
    /// Events that wait to be recorded; one that does not fit is told as a gap.
    public static let eventsToRecordMax = 10_000
    /// Updates worked off before others may look.
    static let batchUpdatesMax = 1_024
    static let tickInterval = Span.seconds(1)
    static let tickLead = Span.milliseconds(50)

    struct Core {
        var snapshot: Snapshot
        var chronicle = Chronicle()
        var discovery: Discovery
        var events: [Event] = []
        var tape: Tape?
        /// Of the tick before: readers that look at the same moment need not work it out again.
        var assessed: Assessed?
        var version: UInt64 = 0
        /// Sources of feeds that run.
        var expected: Set<SourceID> = []
        /// Members whose own feeds were started.
        var subscribed: Set<MemberID> = []
        var readers: [Int: Reader] = [:]
        var nextReader = 0
    }

    struct Assessed {
        let version: UInt64
        let assessment: Assessment
    }

    /// What a reader has been told of since it last took the state.
    enum Told: Int, Comparable {
        case nothing, figures, news
        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    struct Reader {
        var told = Told.nothing
        let onChange: @Sendable (_ isNews: Bool) -> Void
    }

    let core: Mutex<Core>
    let clock: any Timekeeper
    let maker: FeedMaker
    private let executor: (any TaskExecutor)?
    private let inbox: Inbox
    private let wakes: AsyncStream<Void>
    private let commands: AsyncStream<Discovery.Action>
    private let command: AsyncStream<Discovery.Action>.Continuation
    private let recording: AsyncStream<[Event]>
    private let toRecord: AsyncStream<[Event]>.Continuation
    private let record: @Sendable ([Event]) async -> Void

    /// `discovering`: groups whose members are subscribed to by themselves as their register names them. `record`
    /// gets every event once, in order; it may take its time. `executor` runs all of it; nil: the shared pool.
    /// `tape`: how much of the past is kept to be looked at again; nil: nothing.
    public init(
        platform: Platform, discovering: Set<GroupID> = [], maker: FeedMaker, clock: any Timekeeper,
        executor: (any TaskExecutor)? = nil, tape: Tape.Limits? = nil,
        record: @escaping @Sendable ([Event]) async -> Void = { _ in }
    ) {
        self.executor = executor
        core = Mutex(
            Core(
                snapshot: Snapshot(platform: platform), discovery: Discovery(groups: discovering),
                tape: tape.map { Tape(platform: platform, limits: $0) }))
        self.clock = clock
        self.maker = maker
        self.record = record
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.wakes = wakes
        inbox = Inbox { wake.yield() }
        (commands, command) = AsyncStream.makeStream()
        (recording, toRecord) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.eventsToRecordMax))
    }

    /// Where feeds of its own put updates; open to whatever else observes.
    public var sink: any UpdateSink { inbox }

    /// Everything watched so far.
    public var state: WatchState { core.withLock { state(of: $0) } }

    /// Everything as it was known at `moment`, and how far back one can look; nil where nothing is kept, or nothing
    /// was known yet.
    public func past(at moment: Timestamp) -> (snapshot: Snapshot, oldest: Timestamp)? {
        let (kept, live) = core.withLock { ($0.tape, $0.snapshot) }
        guard let kept, let oldest = kept.oldest, var snapshot = kept.snapshot(at: max(moment, oldest)) else {
            return nil
        }
        snapshot.takeLeaderChanges(from: live)
        return (snapshot, oldest)
    }

    private func state(of core: borrowing Core) -> WatchState {
        WatchState(
            snapshot: core.snapshot, events: core.events, version: core.version,
            assessed: core.assessed?.version == core.version ? core.assessed?.assessment : nil)
    }

    /// Starts with events of the past, newest last, as the journal has them.
    public func recall(_ events: [Event]) {
        core.withLock { $0.events.insert(contentsOf: events.suffix(Self.eventsMax), at: 0) }
    }

    /// Runs until the task is cancelled. To be called once.
    public func run() async {
        await withTaskExecutorPreference(executor) { await runAll() }
    }

    private func runAll() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.drainForever() }
            group.addTask { await self.tickForever() }
            group.addTask { for await events in self.recording { await self.record(events) } }
            for feed in maker.standing() { start(feed, nil, &group) }
            var running: [MemberID: [Leash]] = [:]
            for await action in commands {
                switch action {
                case .start(let id, let doors):
                    // Feeds of the same names may still be ending: those wait for these.
                    let before = running[id] ?? []
                    running[id] = maker.ofMember(id, doors).map { feed in
                        let leash = Leash()
                        start(feed, (leash, before), &group)
                        return leash
                    }
                    core.withLock { _ = $0.subscribed.insert(id) }
                case .stop(let id):
                    for leash in running[id] ?? [] { leash.stop() }
                    core.withLock { _ = $0.subscribed.remove(id) }
                }
            }
            group.cancelAll()
        }
    }

    private func start(
        _ feed: any Feed, _ leash: (mine: Leash, before: [Leash])?, _ group: inout DiscardingTaskGroup
    ) {
        let (inbox, clock) = (inbox, clock)
        if leash == nil { guard announce(feed) else { return } }
        group.addTask {
            guard let (mine, before) = leash else {
                await feed.run(into: inbox, clock: clock)
                return
            }
            defer { mine.end() }
            for leash in before { await leash.untilEnded() }
            guard !Task.isCancelled, self.announce(feed) else { return }
            await withTaskGroup(of: Void.self) { pair in
                pair.addTask { await feed.run(into: inbox, clock: clock) }
                pair.addTask { await mine.untilStopped() }
                await pair.next()
                pair.cancelAll()
            }
            self.core.withLock { _ = $0.expected.remove(feed.source) }
            inbox.send(Update(feed.source, at: clock.now(), isEdge: true, .sourceGone))
        }
    }

    /// Two feeds of one name would overwrite each other: the first one stays, and false is returned.
    private func announce(_ feed: any Feed) -> Bool {
        guard core.withLock({ $0.expected.insert(feed.source).inserted }) else { return false }
        inbox.send(Update(feed.source, at: clock.now(), .source(SourceStatus(.connecting))))
        return true
    }

    private func drainForever() async {
        for await _ in wakes {
            while !inbox.isEmpty, !Task.isCancelled { drain() }
        }
    }

    /// Works off what waits, and tells the readers.
    func drain() {
        let updates = inbox.take()
        var from = 0
        while from < updates.count {
            let batch = updates[from..<min(from + Self.batchUpdatesMax, updates.count)]
            from = batch.endIndex
            let (events, actions, callbacks) = core.withLock { core in
                var events: [Event] = []
                var actions: [Discovery.Action] = []
                for update in batch {
                    core.snapshot.apply(update)
                    core.tape?.append(update)
                    events += core.chronicle.observe(update, in: core.snapshot)
                    actions += core.discovery.observe(update)
                }
                Self.keep(events, &core)
                return (events, actions, Self.changed(&core, isNews: !events.isEmpty))
            }
            for action in actions { command.yield(action) }
            for callback in callbacks { callback(!events.isEmpty) }
            remember(events)
        }
    }

    private func tickForever() async {
        while !Task.isCancelled {
            // A little before the second is full: what is worked out serves the screen's next second too.
            let second = Self.tickInterval.nanoseconds
            let phase = (clock.now().nanoseconds + Self.tickLead.nanoseconds) % second
            do { try await clock.sleep(for: Span(nanoseconds: second - phase)) } catch { return }
            tick()
        }
    }

    func tick() {
        let now = clock.now()
        let (snapshot, version) = core.withLock { ($0.snapshot, $0.version) }
        let assessment = Assessment.of(snapshot, now: now)
        let (events, actions, callbacks) = core.withLock { core in
            core.assessed = Assessed(version: version, assessment: assessment)
            let events = core.chronicle.tick(assessment)
            Self.keep(events, &core)
            return (events, core.discovery.tick(now), events.isEmpty ? [] : Self.changed(&core, isNews: true))
        }
        for action in actions { command.yield(action) }
        for callback in callbacks { callback(true) }
        remember(events)
    }

    private static func keep(_ events: [Event], _ core: inout Core) {
        core.events += events
        if core.events.count > eventsMax { core.events.removeFirst(core.events.count - eventsMax) }
    }

    private static func changed(_ core: inout Core, isNews: Bool) -> [@Sendable (Bool) -> Void] {
        core.version += 1
        let told = isNews ? Told.news : .figures
        var callbacks: [@Sendable (Bool) -> Void] = []
        for (id, reader) in core.readers where reader.told < told {
            core.readers[id]?.told = told
            callbacks.append(reader.onChange)
        }
        return callbacks
    }

    private func remember(_ events: [Event]) {
        guard !events.isEmpty else { return }
        if case .dropped(let lost) = toRecord.yield(events) {
            inbox.send(Update(SourceID("pitboss", "journal"), at: clock.now(), isEdge: true, .gap(lost.count)))
        }
    }
}

extension Watcher {
    /// A reader of the newest state: told once that figures changed and once that something happened, and then not
    /// again until it has taken the state.
    public struct Subscription: Sendable {
        let id: Int
        let watcher: Watcher

        /// The newest state; from now on the next change is told again.
        public func take() -> WatchState {
            watcher.core.withLock { core in
                core.readers[id]?.told = .nothing
                return watcher.state(of: core)
            }
        }

        public func cancel() { watcher.core.withLock { $0.readers[id] = nil } }
    }

    /// `onChange` is called on whatever thread brought the change, and must not wait.
    public func subscribe(_ onChange: @escaping @Sendable (_ isNews: Bool) -> Void) -> Subscription {
        let id = core.withLock { core in
            core.nextReader += 1
            core.readers[core.nextReader] = Reader(onChange: onChange)
            return core.nextReader
        }
        return Subscription(id: id, watcher: self)
    }
}
