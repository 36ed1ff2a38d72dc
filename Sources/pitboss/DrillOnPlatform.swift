import Control
import Drills
import Estate
import Insight
import Plans
import Report
import Settings
import Synchronization
import Watch

/// A drill on the operator's own platform: the lead is handed over and taken back, and what that costs is measured.
struct DrillOnPlatform: Sendable {
    static let name = "handover"
    static let summary = "The leader hands over to its best standby, and takes the lead back where it may."
    /// How long all may take to be as it was, after each of the two.
    static let settlesWithin = Span.seconds(180)
    static let looksEvery = Span.milliseconds(250)

    let group: GroupID
    let reason: String
    let clock: any Timekeeper

    enum Failure: Error, CustomStringConvertible {
        case readOnly
        case notAllowed(GroupID)
        case noRegister
        case notWell(GroupID, String)
        case refused(String)
        case notDone(String)

        var description: String {
            switch self {
            case .readOnly: "acting is switched off here; start with --operate, or set operate: true"
            case .notAllowed(let group):
                "no drill may be held on \(group): platform_drills in the configuration does not name it"
            case .noRegister:
                "a drill on the platform needs a second operator, and register is switched off in the configuration"
            case .notWell(let group, let why): "\(group) is not PROTECTED now: \(why); no drill is held on it"
            case .refused(let why): why
            case .notDone(let why): "\(why); look at `pitboss actions` and the group itself: not all is as it was"
            }
        }
    }

    private final class Seen: Sendable { let events = Mutex<[Event]>([]) }

    func run(_ settings: PitbossSettings) async throws -> DrillResult {
        guard settings.operate else { throw Failure.readOnly }
        guard settings.guards.platformDrills.contains(group) else { throw Failure.notAllowed(group) }
        guard settings.guards.register.isUsed else { throw Failure.noRegister }
        let seen = Seen()
        return try await Session.with(
            settings, clock: clock, record: { events in seen.events.withLock { $0 += events } }
        ) { session in
            let before = session.assessment()
            guard let now = before.group(group), let leader = now.leader else {
                throw Failure.notWell(group, "no leader")
            }
            guard now.verdict == .protected else { throw Failure.notWell(group, now.headline) }
            let candidate = try TargetFinder(before).candidate(of: group)
            // The way there waits for a second operator whatever the configuration's own rule says; the approval is of
            // the whole drill, so the way back waits only where the rule itself asks.
            let sentAt = try await promote(candidate, needsApproval: true, session)
            var watch = DrillWatch(faultAt: sentAt, before: before)
            try await look(session, seen, &watch, until: candidate)
            let stays = obstacle(to: leader, session)
            if stays == nil {
                _ = try await promote(leader, needsApproval: false, session)
                try await look(session, seen, &watch, until: leader)
            }
            var result = watch.result(
                Self.name, on: "platform", fault: "handover from \(leader.name) to \(candidate.name)")
            let back = stays.map { "the lead stays with \(candidate.name): \($0)" } ?? "\(leader.name) leads again"
            result.course.append(back)
            Output.note(back)
            return result
        }
    }

    /// Why the lead cannot be taken back now. Patroni may have named another standby synchronous meanwhile: that is for it
    /// to decide, and no reason for a second outage.
    private func obstacle(to member: MemberID, _ session: Session) -> String? {
        switch PlanCatalogue.plan(PlanCall("promote", .member(member)), session.state.snapshot, now: clock.now()) {
        case .success(let plan):
            plan.checks.first { $0.status != .pass }.map { "\($0.what): \($0.figure)" }
        case .failure(let refusal): refusal.description
        }
    }

    /// When the request was sent.
    private func promote(_ member: MemberID, needsApproval: Bool, _ session: Session) async throws -> Timestamp {
        var settings = session.settings
        if needsApproval {
            var rule = settings.guards.fourEyes ?? FourEyesSettings()
            rule.verbs.append("promote")
            settings.guards.fourEyes = rule
        }
        let asked = Session(settings: settings, clock: clock, watcher: session.watcher, isSettled: session.isSettled)
        let courier = asked.courier()
        let executor = asked.executor(try Session.journal(), courier)
        let plan: Plan
        switch PlanCatalogue.plan(PlanCall("promote", .member(member)), session.state.snapshot, now: clock.now()) {
        case .success(let made): plan = made
        case .failure(let refusal): throw Failure.refused(refusal.description)
        }
        let typed: String? = if case .typed(let name) = plan.confirmation { name } else { nil }
        Output.note(plan.title + (needsApproval ? ": waits for a second operator (`pitboss approvals`)" : ""))
        let states = await executor.follow()
        let begun = await executor.begin(plan, Consent(reason: "drill: \(reason)", typed: typed))
        let sending = Task { [clock] in
            for await status in states where status.id == begun.id {
                if status.isOver || status.steps.contains(where: { $0 != .waiting }) { return clock.now() }
            }
            return clock.now()
        }
        let ended = await executor.wait(for: begun.id) ?? begun
        let sentAt = await sending.value
        await courier.close()
        guard let outcome = ended.outcome, case .done = outcome else {
            let words = ended.outcome?.text ?? "no outcome"
            throw needsApproval ? Failure.refused(words) : Failure.notDone(words)
        }
        return sentAt
    }

    private func look(_ session: Session, _ seen: Seen, _ watch: inout DrillWatch, until leader: MemberID) async throws
    {
        let until = clock.now() + Self.settlesWithin
        while clock.now() < until {
            for event in seen.events.withLock({ events in
                defer { events = [] }
                return events
            }) { watch.saw(event) }
            let assessment = session.assessment()
            watch.saw(assessment)
            let now = assessment.group(group)
            if now?.leader == leader, now?.verdict == .protected, watch.isOver { return }
            try await clock.sleep(for: Self.looksEvery)
        }
    }
}
