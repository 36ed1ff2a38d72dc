import Estate
import Insight

/// The lead of a consensus group to another voter: nothing else changes, and no election is needed.
enum MoveLeader {
    static let recipe = PlanRecipe(
        "move-leader", title: "Move the lead here", key: "M", on: [.member],
        "Move the lead of a consensus group to this voter",
        appliesTo: { input in
            guard case .member(let id) = input.call.target, let view = input.groupView else { return false }
            return isOne(view) && view.leader != nil && view.leader != id.name
        },
        cook: { input throws(PlanRefusal) in
            guard case .member(let id) = input.call.target, let view = input.groupView else {
                throw .wrongTarget(input.call.target, reason: "name a member: group/member")
            }
            guard let member = input.snapshot.member(id) else { throw .unknownTarget(input.call.target) }
            guard isOne(view) else {
                throw .wrongTarget(input.call.target, reason: "\(view.id) is no consensus group that is watched")
            }
            return try make(input, view, to: member)
        })

    static let replyDeadline = Span.seconds(10)
    static let deadline = Span.seconds(20)
    /// Proposals wait for the hand-over; elections take longer.
    static let usualOutage = Span.milliseconds(100)

    static func isOne(_ view: GroupView) -> Bool { view.isManaged(by: "etcd") }

    /// The votes as the newest that tells them has them.
    static func quorum(_ view: GroupView) -> GroupQuorum? { view.snapshot.group(view.id)?.newest(\.quorum)?.value }

    static func isHealthy(_ member: Member, _ view: GroupView) -> Bool {
        member.sightings.contains { view.isFresh($0.by, $0.at) && $0.facts.state == .running }
    }

    static func make(_ input: PlanInput, _ view: GroupView, to member: Member) throws(PlanRefusal) -> Plan {
        guard let leader = view.leader, let old = view.leaderMember else {
            throw .notKnown("nobody leads \(view.id.name) now", remedy: "it elects one by itself where it has a quorum")
        }
        if leader == member.id.name { throw .alreadySo("\(leader) leads \(view.id.name) already") }
        guard let number = member.newest(\.quorum?.memberID)?.value, !number.isEmpty,
            number.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            throw .notKnown(
                "nobody tells what \(view.id.name) calls \(member.id.name)", remedy: "look at its sources first")
        }
        guard let door = view.door(old.id) else {
            throw .notKnown("no door of \(leader) is known", remedy: "name its client address in the configuration")
        }
        let leads = Expectation.leads(member.id, insteadOf: leader)
        let step = Step(
            "ask \(leader) to hand the lead of \(view.id.name) to \(member.id.name)",
            .http(
                group: view.id, door: door, method: "POST", path: "/v3/maintenance/transfer-leadership",
                body: Quoted.object([("targetID", number)]), expects: [200]),
            replyDeadline: replyDeadline, deadline: deadline, expectation: leads,
            takes: Taken(old.id, .lead(to: member.id)))
        return Plan(
            input.call, title: "Move the lead of \(view.id.name) from \(leader) to \(member.id.name)",
            fingerprint: Fingerprint(of: view.id, in: input.snapshot), checks: checks(view, member), steps: [step],
            outcome: leads, outcomeDeadline: deadline,
            outlook: Outlook(
                outage: usualOutage,
                sentences: ["\(member.id.name) leads \(view.id.name); writes wait for a moment, none fails."]),
            undo: Undo("move the lead back to \(leader)", call: PlanCall("move-leader", .member(old.id))),
            confirmation: .yes, madeAt: input.now)
    }

    private static func checks(_ view: GroupView, _ member: Member) -> [Check] {
        var list: [Check] = []
        if let stale = view.staleLeader {
            list.append(
                .block(
                    "leader known and fresh", "\(stale.by) said so \(Say.span(stale.age)) ago",
                    remedy: "bring that source back: a stale leader is not a fact"))
        }
        list.append(
            isHealthy(member, view)
                ? .pass("the new leader is healthy", member.id.name)
                : .block(
                    "the new leader is healthy", member.newest(\.stateDetail)?.value ?? "it is not",
                    remedy: "choose another voter"))
        if member.newest(\.quorum?.isVoter)?.value == false {
            list.append(.block("the new leader votes", "\(member.id.name) is a learner", remedy: "choose a voter"))
        }
        if let quorum = quorum(view) {
            let figure = "\(quorum.votersHealthy) of \(quorum.votersTotal) votes, \(quorum.needed) needed"
            list.append(
                quorum.margin > 0
                    ? .pass("votes to spare", figure)
                    : .warn("votes to spare", figure, remedy: "bring the others back first"))
        }
        let alarms = Set(view.members.flatMap { $0.newest(\.quorum)?.value.alarms ?? [] }).sorted()
        if !alarms.isEmpty {
            list.append(.warn("no alarm", Figures.list(alarms), remedy: "look at the alarm first"))
        }
        return list
    }

    /// A voter that is about to go: the lead goes to the best of the others. Elsewhere there is nothing to move.
    static func drain(_ input: PlanInput, _ view: GroupView, _ member: Member) throws(PlanRefusal) -> Plan {
        let margin = margin(view, losing: [member])
        if margin.status == .block {
            throw .not("\(margin.what): \(margin.figure); \(margin.remedy ?? "")", instead: nil)
        }
        guard view.leader == member.id.name else {
            throw .alreadySo("\(member.id.name) does not lead \(view.id.name): it can be stopped; \(margin.figure)")
        }
        guard let next = successor(view, besides: [member.id]) else {
            throw .not("no other voter of \(view.id.name) is healthy: nobody can lead it", instead: nil)
        }
        var plan = try make(input, view, to: next)
        plan.checks.append(margin)
        return plan
    }

    /// On another node, in another site before the same, by name.
    static func successor(_ view: GroupView, besides gone: Set<MemberID>) -> Member? {
        view.members.first {
            !gone.contains($0.id) && isHealthy($0, view) && $0.newest(\.quorum?.isVoter)?.value != false
                && $0.newest(\.quorum?.memberID) != nil
        }
    }

    /// Whether the group keeps its quorum without these.
    static func margin(_ view: GroupView, losing members: [Member]) -> Check {
        let names = Figures.list(members.map(\.id.name))
        let what = "\(view.id.name) keeps its quorum without \(names)"
        guard let quorum = quorum(view) else {
            return .block(what, "its votes are not known", remedy: "look at its sources first")
        }
        let lost = members.count { isHealthy($0, view) }
        let left = max(quorum.votersHealthy, 0) - lost
        let figure = "\(left) of \(quorum.votersTotal) votes would be left, \(quorum.needed) needed"
        if left < quorum.needed { return .block(what, figure, remedy: "bring other voters back first") }
        return left == quorum.needed
            ? .pass(what, "\(figure): none to spare until it is back") : .pass(what, figure)
    }
}
