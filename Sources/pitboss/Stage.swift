import Control
import Estate
import Feeds
import Foundation
import Journal
import Settings
import Tape
import Watch

/// What the glass stands before: the platform, its clock, and how it is watched and acted on. A simulated one has no
/// feed and no courier that knows of a network.
struct Stage: Sendable {
    let platform: Platform
    /// The platform's time.
    let clock: any Timekeeper
    /// The operator's time: frames are paced by it.
    let pace: any Timekeeper
    var isArmed: Bool
    /// What the header says in place of the real thing; nil: this is the real thing.
    let simulation: String?
    let watcher: @Sendable (_ record: @escaping @Sendable ([Event]) async -> Void) -> Watcher
    /// Runs beside the watcher until it is cancelled.
    let alongside: @Sendable (Watcher) async -> Void
    let journal: @Sendable () throws -> Journal
    let courier: @Sendable () -> any Courier
    /// Where locks are kept.
    let stateFolder: String
    /// What else stands before an action.
    let guards: @Sendable () -> Guards

    /// What the settings name.
    static func real(_ settings: PitbossSettings, clock: any Timekeeper) -> Stage {
        Stage(
            platform: settings.platform, clock: clock, pace: clock, isArmed: settings.operate, simulation: nil,
            watcher: { Watcher(settings, clock: clock, tape: Tape.Limits(), record: $0) },
            alongside: { _ in }, journal: { try Session.journal() },
            courier: {
                NetworkCourier(
                    ConfiguredDoors(settings), clock: clock, statements: PostgresStatements(clock: clock))
            },
            stateFolder: JournalFile.folder(environment: ProcessInfo.processInfo.environment),
            guards: { Session.guards(settings, clock: clock) })
    }

    /// The same, to look at only.
    var readOnly: Stage {
        var stage = self
        stage.isArmed = false
        return stage
    }
}
