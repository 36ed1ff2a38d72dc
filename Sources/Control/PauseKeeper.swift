public import Estate
public import Journal
public import Plans

/// What a hold asks of the operator now.
public struct HoldNotice: Sendable, Equatable {
    public enum Urgency: Int, Sendable, Comparable {
        /// In force as planned.
        case inForce
        /// Runs out within a tenth of its time, at most five minutes.
        case endsSoon
        /// It should have ended.
        case ranOut
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }
    public let group: GroupID
    public let kind: String
    public let urgency: Urgency
    /// One line for the banner.
    public let text: String
    public let until: Timestamp?
    /// The command that ends it.
    public let undo: PlanCall?
}

extension Executor {
    /// What stands in the banner. Holds that observers say are over are ended in the journal.
    public func notices() async throws(JournalError) -> [HoldNotice] {
        let snapshot = await observations.snapshot()
        let now = clock.now()
        let holds = try await journal.holds()
        for hold in PauseKeeper.ended(holds, snapshot) where hold.since < now - Self.holdSettles {
            try await journal.end(hold.kind, of: hold.group, at: now)
        }
        return PauseKeeper.notices(holds, snapshot, now: now)
    }

    /// Resumes what this operator paused and whose time ran out: its end was asked for together with its beginning. One
    /// whose end has to be weighed by now (a check warns, a freeze is in force, a second operator has to approve) is left
    /// in the banner. Each is sent for once.
    public func endWhatRanOut() async throws(JournalError) {
        guard isArmed else { return }
        let snapshot = await observations.snapshot()
        let now = clock.now()
        let holds = try await journal.holds()
        for hold in PauseKeeper.due(holds, of: who, snapshot, now: now) where !endedHolds.contains(hold.action) {
            guard let undo = HoldUndo.decode(hold.undo),
                case .success(let plan) = PlanCatalogue.plan(undo, snapshot, now: now), plan.status == .pass,
                goesUnasked(plan, snapshot)
            else { continue }
            endedHolds.insert(hold.action)
            begin(plan, Consent(reason: "its time ran out: \(hold.reason)", typed: nil, acceptsWarnings: false))
        }
    }

    /// Younger holds are not ended by an observer that may not have seen their beginning yet.
    static let holdSettles = Span.seconds(60)
}

/// Looks after holds: what stands in the banner, and what is overdue. A hold that has run out stands in the banner as
/// an alarm with the command that ends it, until it is ended. Pure.
public enum PauseKeeper {
    static let soonMax = Span.seconds(300)

    /// - Returns: one notice a hold, the most urgent first; a paused group that no hold of ours explains as well.
    public static func notices(_ holds: [HoldRecord], _ snapshot: Snapshot, now: Timestamp) -> [HoldNotice] {
        var list = holds.filter { isInForce($0, snapshot) }.map { notice($0, now) }
        for group in snapshot.groups where !list.contains(where: { $0.group == group.id && $0.kind == Hold.paused }) {
            guard isPaused(group.id, snapshot) == true else { continue }
            list.append(
                HoldNotice(
                    group: group.id, kind: Hold.paused, urgency: .ranOut,
                    text: "\(group.id) is paused, without an end, and not from here: nothing fails over by itself",
                    until: nil, undo: PlanCall("resume", .group(group.id))))
        }
        return list.sorted { ($1.urgency, $0.group) < ($0.urgency, $1.group) }
    }

    /// Holds that the observations say are over already: somebody else ended them.
    public static func ended(_ holds: [HoldRecord], _ snapshot: Snapshot) -> [HoldRecord] {
        holds.filter { !isInForce($0, snapshot) }
    }

    /// Pauses of this operator that are in force beyond their time. What else holds, a server that is out for work on
    /// it, harms nobody by being late; a group without its automation does.
    static func due(_ holds: [HoldRecord], of who: String, _ snapshot: Snapshot, now: Timestamp) -> [HoldRecord] {
        holds.filter {
            $0.kind == Hold.paused && $0.who == who && $0.hasRunOut(at: now) && isPaused($0.group, snapshot) == true
        }
    }

    private static func isInForce(_ hold: HoldRecord, _ snapshot: Snapshot) -> Bool {
        guard hold.kind == Hold.paused else { return true }
        // Only an observer that says so ends it: silence does not.
        return isPaused(hold.group, snapshot) != false
    }

    private static func isPaused(_ group: GroupID, _ snapshot: Snapshot) -> Bool? {
        snapshot.group(group)?.fact(\.paused, from: "etcd", "patroni")
    }

    private static func notice(_ hold: HoldRecord, _ now: Timestamp) -> HoldNotice {
        let left = hold.until - now
        let urgency: HoldNotice.Urgency =
            hold.hasRunOut(at: now)
            ? .ranOut : left <= min(soonMax, (hold.until - hold.since) * 0.1) ? .endsSoon : .inForce
        let time =
            urgency == .ranOut ? "ran out \(minutes(now - hold.until)) ago: end it" : "\(minutes(left)) left"
        return HoldNotice(
            group: hold.group, kind: hold.kind, urgency: urgency,
            text: "\(hold.group) \(hold.kind) by \(hold.who) (\(hold.reason)), \(time)", until: hold.until,
            undo: HoldUndo.decode(hold.undo))
    }

    private static func minutes(_ span: Span) -> String {
        let seconds = max(0, Int(span.seconds))
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min"
    }
}
