public import Estate
import FoundationEssentials
import Journal
import Plans
import Wire

/// What the guards leave with an action while it is under way.
struct Guarded: Sendable {
    var tenure: Tenure?
    /// For the record of the intent.
    var details: [AuditRecord.Detail] = []
    /// The wait for an approval, to be given up.
    var waiting: Task<ApprovalAnswer?, Never>?
}

extension Executor {
    /// Longest wait for the register when an action has ended.
    static let anchorDeadline = Span.seconds(3)

    /// Groups that an action takes the leases of.
    func groups(of plan: Plan) -> [GroupID] { plan.groups }

    func tiers(_ plan: Plan, _ snapshot: Snapshot) -> [Tier] {
        groups(of: plan).compactMap { id in snapshot.platform.groups.first { $0.id == id }?.tier }
    }

    // MARK: - Role and calendar

    /// Role and change freeze.
    func passGuards(_ id: String, _ plan: Plan, _ consent: Consent) async throws(ControlError) {
        guard guards.myRoles.contains(.operate) else { throw .notYourRole(who: who, role: "operators") }
        let now = clock.now()
        let snapshot = await observations.snapshot()
        guard let freeze = freeze(of: plan, snapshot, at: now) else { return }
        guard let reason = consent.overridesFreeze, Self.isSaid(reason) else {
            throw .frozen(Self.words(freeze, now))
        }
        guarded[id, default: Guarded()].details += [
            .init("change freeze", Self.words(freeze, now)), .init("freeze overridden", reason),
        ]
    }

    /// The first change freeze that a group of the plan is in.
    private func freeze(of plan: Plan, _ snapshot: Snapshot, at now: Timestamp) -> ActiveFreeze? {
        for group in groups(of: plan) {
            let tier = snapshot.platform.groups.first { $0.id == group }?.tier
            if let freeze = guards.freezes.active(for: group, tier: tier, verb: plan.verb, at: now) { return freeze }
        }
        return nil
    }

    /// Nobody else has to be asked: the role allows it, no change freeze is in force, and no second operator is wanted.
    func goesUnasked(_ plan: Plan, _ snapshot: Snapshot) -> Bool {
        guard guards.myRoles.contains(.operate) else { return false }
        let isFrozen = freeze(of: plan, snapshot, at: clock.now()) != nil
        let because = guards.fourEyes?.reasons(plan, groups: groups(of: plan), tiers: tiers(plan, snapshot)) ?? []
        return !isFrozen && because.isEmpty
    }

    static func isSaid(_ text: String) -> Bool { text.contains { !$0.isWhitespace } }

    static func words(_ freeze: ActiveFreeze, _ now: Timestamp) -> String {
        let why = freeze.reason.map { " (\($0))" } ?? ""
        return "“\(freeze.name)”\(why) until \(freeze.endsText), \(Self.words(freeze.endsAt - now)) left"
    }

    static func words(_ span: Span) -> String {
        let seconds = max(0, Int(span.seconds.rounded()))
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7_200 ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }

    // MARK: - One action a group

    /// Takes the leases of all the plan's groups, or says who has one.
    func claim(_ id: String, _ plan: Plan, _ consent: Consent) async throws(ControlError) {
        let groups = groups(of: plan)
        guard let register = guards.register, groups.contains(where: { register.place(of: $0) != nil }) else {
            note(id, .init("lease", "none: there is no register for it; apart on this machine alone, by file locks"))
            return
        }
        let now = clock.now()
        var lasts = Span.zero
        for part in plan.sequence {
            lasts = lasts + part.outcomeDeadline
            for step in part.steps { lasts = lasts + step.replyDeadline + step.deadline }
            if !plan.parts.isEmpty { lasts = lasts + Self.partSettleMax }
        }
        let lease = LeaseFacts(
            action: id, who: who, verb: plan.verb, target: plan.target.description, reason: consent.reason,
            since: now, until: now + lasts)
        do throws(RegisterError) {
            let grant = try await register.claim(groups, lease, ttl: TenureMachine.ttl)
            guarded[id, default: Guarded()].tenure = Tenure(grant, in: register, askedAt: now, clock: clock)
            let places = grant.groups.compactMap { register.place(of: $0) }.joined(separator: ", ")
            note(id, .init("lease", "\(places), for \(Int(TenureMachine.ttl.seconds)) s at a time"))
        } catch {
            if case .held(let group, let other) = error { throw .held(words(group, other)) }
            guard let reason = consent.forgoesLease, Self.isSaid(reason) else {
                throw .noRegister(error.description)
            }
            note(id, .init("lease", "none: \(error.description)"))
            note(id, .init("went on without it", reason))
        }
    }

    private func note(_ id: String, _ detail: AuditRecord.Detail) {
        guarded[id, default: Guarded()].details.append(detail)
    }

    private func words(_ group: GroupID, _ lease: LeaseFacts) -> String {
        let now = clock.now()
        return "\(lease.who) acts on \(group): \(lease.verb) \(lease.target) since \(Self.words(now - lease.since))"
            + " (“\(lease.reason)”), over in \(Self.words(lease.until - now)) at the latest, or"
            + " \(Int(TenureMachine.ttl.seconds)) s after that pitboss ended"
    }

    /// Why nothing more may be sent for this action; nil while its lease holds.
    func leaseLost(_ id: String) -> String? { guarded[id]?.tenure?.lost(at: clock.now()) }

    /// Gives the lease back and tells how far the journal has come.
    func letGo(_ id: String, _ plan: Plan) async {
        await guarded[id]?.tenure?.end()
        guarded[id] = nil
        if let problem = await anchorJournal(groups: groups(of: plan)) {
            change(id) { $0.journalProblem = $0.journalProblem ?? problem }
        }
    }

    // MARK: - The journal's anchor

    /// Tells the register how far the journal has come; returns what is wrong with it.
    public func anchorJournal(groups: [GroupID]) async -> String? {
        guard let register = guards.register, let me = guards.me else { return nil }
        let owner = AnchorOwner(host: me.host, user: me.user, journal: journal.anchorName)
        do {
            guard let head = try await journal.head() else { return nil }
            for known in try await register.anchors(of: owner) {
                if let problem = try await journal.contradicts(sequence: known.sequence, hash: known.hash) {
                    return problem
                }
            }
            let anchor = AuditAnchor(
                path: journal.path, sequence: head.sequence, hash: head.hash, at: clock.now())
            try await register.anchor(anchor, of: owner, groups: groups)
            return nil
        } catch {
            return "the journal's newest entry was not told to the register: \(error)"
        }
    }
}
