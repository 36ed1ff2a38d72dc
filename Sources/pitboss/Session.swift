import Control
import Estate
import Feeds
import Foundation
import Insight
import Journal
import Plans
import Settings
import Transport
import Watch

/// A platform under watch for the length of one command.
struct Session: Sendable {
    /// Longest wait until every source has said something.
    static let settleSecondsMax = 8.0

    let settings: PitbossSettings
    let clock: any Timekeeper
    let watcher: Watcher
    /// Every source had said something when the command began.
    let isSettled: Bool

    var state: WatchState { watcher.state }
    func assessment() -> Assessment { watcher.state.assessment(now: clock.now()) }

    /// Watches, waits until all is seen, does the work, and leaves nothing behind.
    static func with<Value: Sendable>(
        _ options: SettingsOptions, settle: Bool = true,
        record: @escaping @Sendable ([Event]) async -> Void = { _ in },
        _ work: @escaping @Sendable (Session) async throws -> Value
    ) async throws -> Value {
        let clock = SystemTimekeeper()
        let settings = try await options.load(clock: clock)
        return try await with(settings, clock: clock, settle: settle, record: record, work)
    }

    static func with<Value: Sendable>(
        _ settings: PitbossSettings, clock: any Timekeeper, settle: Bool = true,
        record: @escaping @Sendable ([Event]) async -> Void = { _ in },
        _ work: @escaping @Sendable (Session) async throws -> Value
    ) async throws -> Value {
        // A command that settles for seconds must not spend them on waiting for OpenSSH.
        if settle { await Tunnels.shared.knock(settings.bastions, clock: clock) }
        let watcher = Watcher(settings, clock: clock, record: record)
        let watching = Task { await watcher.run() }
        defer { watching.cancel() }
        let isSettled = settle ? await watcher.settle(within: .seconds(settleSecondsMax)) : false
        return try await work(
            Session(settings: settings, clock: clock, watcher: watcher, isSettled: isSettled))
    }

    /// What keeps events and the audit, in its standard place.
    static func journal() throws -> Journal {
        try Journal(at: JournalFile.standard(environment: ProcessInfo.processInfo.environment))
    }

    /// `user@host`, for the audit.
    static var who: String { me.name }

    /// Who sits here.
    static var me: Operator {
        Operator.current(
            environment: ProcessInfo.processInfo.environment, host: ProcessInfo.processInfo.hostName)
    }

    /// What stands before every action on this platform.
    static func guards(_ settings: PitbossSettings, clock: any Timekeeper) -> Guards {
        Guards(settings.guards, me: me, register: EtcdRegister(settings, clock: clock))
    }

    /// A call with what the journal remembers of what is to be given back.
    func remembering(_ call: PlanCall, _ journal: Journal?) async -> PlanCall {
        guard let journal else { return call }
        return await executor(journal, courier()).remembering(call)
    }

    /// The doors to what is commanded.
    func courier() -> NetworkCourier {
        NetworkCourier(ConfiguredDoors(settings), clock: clock, statements: PostgresStatements(clock: clock))
    }

    /// The one that acts.
    func executor(_ journal: Journal, _ courier: any Courier) -> Executor {
        Executor(
            journal: journal, courier: courier, observations: WatchedObservations(watcher: watcher), clock: clock,
            who: Self.who, stateFolder: JournalFile.folder(environment: ProcessInfo.processInfo.environment),
            isArmed: settings.operate, guards: Self.guards(settings, clock: clock))
    }
}

/// What feeds see, for the executor.
struct WatchedObservations: Observations {
    let watcher: Watcher
    func snapshot() async -> Snapshot { watcher.state.snapshot }
}
