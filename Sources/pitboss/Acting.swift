import Control
import Estate
import Foundation
import Journal
import Panels
import Plans
import Settings
import Watch

/// The acting side of the dashboard: the executor, and what the glass shows of it.
struct Acting: Sendable {
    let executor: Executor
    private let journal: Journal
    private let simulation: String?

    init(_ stage: Stage, watcher: Watcher, journal: Journal) {
        self.journal = journal
        simulation = stage.simulation
        executor = Executor(
            journal: journal, courier: stage.courier(), observations: WatchedObservations(watcher: watcher),
            clock: stage.clock, who: Session.who, stateFolder: stage.stateFolder, isArmed: stage.isArmed)
    }

    func desk() async -> Desk {
        var desk = Desk()
        desk.simulation = simulation
        desk.isArmed = await executor.isArmed
        desk.actions = await executor.actions.map(ActionView.init)
        desk.requests = executor.requests.requests.suffix(Desk.requestsMax).map(RequestView.init)
        let holds = (try? await journal.holds()) ?? []
        desk.pausedUntil = Dictionary(
            holds.filter { $0.kind == "paused" }.map { ($0.group, $0.until) }, uniquingKeysWith: max)
        return desk
    }
}

/// The journal, opened when it is first needed: opening a file may take long, the first frame must not.
actor SharedJournal {
    private let open: @Sendable () throws -> Journal
    private var journal: Journal?

    init(_ open: @escaping @Sendable () throws -> Journal) { self.open = open }

    func opened() throws -> Journal {
        if let journal { return journal }
        let opened = try open()
        journal = opened
        return opened
    }

    /// Events that cannot be kept are still on the screen; why they cannot is said where the journal is opened.
    func record(_ events: [Event]) async {
        guard let journal = try? opened() else { return }
        try? await journal.record(events)
    }
}

extension ActionView {
    init(_ status: ActionStatus) {
        let step = status.stepsDone
        let count = status.plan.steps.count
        let phase: Phase =
            switch status.outcome {
            case .done(let text): .done(text)
            case .refused(let text): .refused(text)
            case .failed(let text): .failed(text)
            case .incomplete(let text): .incomplete(text)
            case .inDoubt(let text): .inDoubt(why: text)
            case nil where status.isInDoubt: .inDoubt(why: status.text)
            case nil where status.steps.allSatisfy({ $0 == .waiting }): .checking
            case nil where step < count: .sending(step: step + 1, of: count)
            case nil: .waiting(for: status.text)
            }
        self.init(
            id: status.id, title: status.plan.title, group: status.plan.group, phase: phase,
            startedAt: status.startedAt, changedAt: status.endedAt ?? status.startedAt)
        deadline = status.startedAt + status.plan.outcomeDeadline
    }
}

extension RequestView {
    init(_ sent: SentRequest) {
        self.init(
            at: sent.at, endpoint: sent.lines.first ?? "", text: sent.lines.dropFirst().joined(separator: " "),
            answer: sent.answer, seconds: sent.took?.seconds, isBad: false)
    }
}
