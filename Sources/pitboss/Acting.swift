import Cockpit
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
    private let watcher: Watcher
    private let clock: any Timekeeper
    private let simulation: String?

    init(_ stage: Stage, watcher: Watcher, journal: Journal) {
        self.watcher = watcher
        clock = stage.clock
        simulation = stage.simulation
        executor = Executor(
            journal: journal, courier: stage.courier(), observations: WatchedObservations(watcher: watcher),
            clock: stage.clock, who: Session.who, stateFolder: stage.stateFolder, isArmed: stage.isArmed,
            guards: stage.guards())
    }

    func desk() async -> Desk {
        var desk = Desk()
        desk.simulation = simulation
        desk.isArmed = await executor.isArmed
        desk.actions = await executor.actions.map(ActionView.init)
        desk.requests = executor.requests.requests.suffix(Desk.requestsMax).map(RequestView.init)
        let notices = (try? await executor.notices()) ?? []
        desk.holds = notices.map(HoldView.init)
        desk.pausedUntil = Dictionary(
            notices.filter { $0.kind == "paused" }.compactMap { notice in notice.until.map { (notice.group, $0) } },
            uniquingKeysWith: max)
        desk.openActions = ((try? await executor.open()) ?? []).compactMap(OpenActionView.init)
        let snapshot = watcher.state.snapshot
        addFreezes(snapshot, &desk)
        // The register is asked only where the watch has seen that somebody waits.
        if snapshot.groups.contains(where: { $0.sightings.contains { $0.facts.offers?.isEmpty == false } }) {
            let offers = (try? await executor.pendingOffers()) ?? []
            desk.offers = offers.map { OfferView(facts: $0.facts, plan: $0.plan, isMine: $0.facts.who == Session.who) }
        }
        return desk
    }

    private static func words(_ freeze: ActiveFreeze) -> String {
        let why = freeze.reason.map { " (\($0))" } ?? ""
        return "“\(freeze.name)”\(why) until \(freeze.endsText)"
    }

    private func addFreezes(_ snapshot: Snapshot, _ desk: inout Desk) {
        let now = clock.now()
        let calendar = executor.guards.freezes
        desk.freezes = calendar.active(at: now).map { Self.words($0) }
        guard !desk.freezes.isEmpty else { return }
        for group in snapshot.platform.groups {
            for recipe in PlanCatalogue.all {
                let freeze = calendar.active(for: group.id, tier: group.tier, verb: recipe.id, at: now)
                if let freeze { desk.frozen[FrozenCommand(group.id, recipe.id)] = Self.words(freeze) }
            }
        }
    }

    /// Hands a confirmed plan over.
    func begin(_ plan: Plan, _ order: Order) async {
        // The cockpit has had the name typed; the executor wants to see it all the same.
        let typed: String? = if case .typed(let name) = plan.confirmation { name } else { nil }
        var consent = Consent(reason: order.reason, typed: typed, acceptsWarnings: true)
        consent.overridesFreeze = order.overridesFreeze
        let following = order.follows.map { Followed(order.takesBack ? .undoes : .resumes, $0) }
        await executor.begin(plan, consent, following: following)
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

extension OpenActionView {
    /// nil for one that is settled, under way, or too young to be told.
    init?(_ action: OpenAction) {
        switch action.state {
        case .incomplete, .inDoubt: break
        case .underWay, .settling, .done, .undone: return nil
        }
        self.init(
            id: action.id, title: action.plan.title, word: action.state.word, text: action.state.text,
            wayOn: action.wayOn, wayBack: action.wayBack)
    }
}

extension HoldView {
    init(_ notice: HoldNotice) {
        self.init(kind: notice.kind, text: notice.text, isUrgent: notice.urgency > .inForce, undo: notice.undo)
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
            case nil where status.awaitsApproval != nil: .waiting(for: status.text)
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
