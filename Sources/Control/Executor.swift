public import Estate
import FoundationEssentials
public import Journal
public import Plans

/// The one place that changes anything. It takes a plan that was shown and confirmed, and carries it out: lock,
/// intent on the disk, another look, send, and then wait for what is observed. An action goes on to its end whoever
/// looks away.
public actor Executor {
    /// How often observations are looked at while an action is under way.
    public static let lookEvery = Span.milliseconds(100)
    /// Ended actions remembered for the screen; the audit keeps them all.
    public static let endedActionsMax = 32
    /// States that a reader who is slow may miss; the newest is always kept.
    public static let unreadStatesMax = 64

    public nonisolated let requests = RequestLog()
    let journal: Journal
    let courier: any Courier
    let observations: any Observations
    let clock: any Timekeeper
    let who: String
    let stateFolder: String
    public private(set) var isArmed: Bool
    public nonisolated let guards: Guards
    /// Actions that carry on, or take back, what another began: by action.
    var followed: [String: Followed] = [:]
    /// Actions whose holds ran out and were sent to their end.
    var endedHolds: Set<String> = []
    /// What the journal kept of actions that are not closed, up to its newest entry then.
    var unclosed: (newest: Int64, kept: [Recovery.Kept])?
    /// By action.
    var guarded: [String: Guarded] = [:]

    private var statuses: [String: ActionStatus] = [:]
    private var order: [String] = []
    private var tasks: [String: Task<Void, Never>] = [:]
    private var readers: [Int: AsyncStream<ActionStatus>.Continuation] = [:]
    private var nextReader = 0

    /// - Parameters:
    ///   - who: `user@host`, for the audit.
    ///   - stateFolder: where the locks are kept; the same for all processes of a user.
    ///   - isArmed: acting is allowed.
    ///   - guards: what else stands before an action.
    public init(
        journal: Journal, courier: any Courier, observations: any Observations, clock: any Timekeeper, who: String,
        stateFolder: String, isArmed: Bool, guards: Guards = Guards()
    ) {
        self.journal = journal
        self.courier = courier
        self.observations = observations
        self.clock = clock
        self.who = who
        self.stateFolder = stateFolder
        self.isArmed = isArmed
        self.guards = guards
    }

    /// Allows acting, or forbids it. What is under way goes on.
    public func arm(_ isArmed: Bool) { self.isArmed = isArmed }

    /// Actions under way and those that ended lately, oldest first.
    public var actions: [ActionStatus] { order.compactMap { statuses[$0] } }
    public var isBusy: Bool { !tasks.isEmpty }

    /// Every state of every action from now on.
    public func follow() -> AsyncStream<ActionStatus> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ActionStatus.self, bufferingPolicy: .bufferingNewest(Self.unreadStatesMax))
        let id = nextReader
        nextReader += 1
        readers[id] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { [weak self] in await self?.forget(reader: id) }
        }
        return stream
    }

    private func forget(reader id: Int) { readers[id] = nil }

    /// Begins to carry a plan out and returns at once with its first state; `follow` or `wait` tell the rest.
    @discardableResult
    public func begin(_ plan: Plan, _ consent: Consent, following: Followed? = nil) -> ActionStatus {
        let now = clock.now()
        let status = ActionStatus(
            id: UUID().uuidString.lowercased(), plan: plan, who: who, reason: consent.reason, startedAt: now)
        statuses[status.id] = status
        followed[status.id] = following
        order.append(status.id)
        tell(status)
        let id = status.id
        // Not a child of the caller: closing the dialog does not end what was confirmed in it.
        tasks[id] = Task { await self.run(id, plan, consent) }
        return status
    }

    /// Waits until the action has ended.
    public func wait(for id: String) async -> ActionStatus? {
        await tasks[id]?.value
        return statuses[id]
    }

    /// Carries a plan out and waits for its end. Cancelling the caller does not cancel the action.
    public func execute(_ plan: Plan, _ consent: Consent) async -> ActionStatus {
        let status = begin(plan, consent)
        return await wait(for: status.id) ?? status
    }

    // MARK: - For the run of an action

    func change(_ id: String, _ body: (inout ActionStatus) -> Void) {
        guard var status = statuses[id] else { return }
        let old = status
        body(&status)
        guard status != old else { return }
        statuses[id] = status
        tell(status)
    }

    func status(_ id: String) -> ActionStatus? { statuses[id] }

    func ended(_ id: String) {
        tasks[id] = nil
        followed[id] = nil
        while order.count > Self.endedActionsMax, let i = order.firstIndex(where: { statuses[$0]?.isOver == true }) {
            statuses[order.remove(at: i)] = nil
        }
    }

    private func tell(_ status: ActionStatus) {
        for reader in readers.values { reader.yield(status) }
    }
}
