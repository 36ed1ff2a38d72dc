import Estate
import Insight

/// A planned change of leader: always names the leader it expects, so that the request itself is refused when
/// another one leads by then.
enum Promote {
    static let recipe = PlanRecipe(
        "promote", title: "Promote", key: "p", on: [.member],
        "Make a replica the leader: a switchover, nothing is lost",
        appliesTo: { input in
            guard case .member(let id) = input.call.target, let view = input.groupView else { return false }
            if PromoteStandby.isOne(view) { return !Standby(view).writers.contains { $0.id == id } }
            return (view.isManagedByPatroni || CacheView.isOne(view)) && view.leader != nil && view.leader != id.name
        },
        cook: { input throws(PlanRefusal) in
            if let view = input.groupView, CacheView.isOne(view), case .member(let id) = input.call.target {
                guard let member = input.snapshot.member(id) else { throw .unknownTarget(input.call.target) }
                return try CachePromote.make(input, view, member)
            }
            if let view = input.groupView, PromoteStandby.isOne(view), case .member(let id) = input.call.target {
                guard let member = input.snapshot.member(id) else { throw .unknownTarget(input.call.target) }
                return try PromoteStandby.make(input, view, member)
            }
            return try make(input)
        })

    /// A switchover waits inside Patroni until it is done: two rounds of its loop, then some.
    static func replyDeadline(_ limits: FailoverLimits?) -> Span {
        .seconds(max(30, 2 * (limits?.loopWaitSeconds ?? 10) + 10))
    }
    static let outcomeDeadline = Span.seconds(60)
    /// Longest switchover seen on small clusters of Patroni 3.0 and 4.1, rounded up.
    static let usualOutage = Span.seconds(3)

    static func make(_ input: PlanInput) throws(PlanRefusal) -> Plan {
        let (view, candidate) = try DatabaseTarget.candidate(input)
        guard let leader = view.leader, let old = view.leaderMember else {
            throw .not(
                "nobody leads \(view.id.name), so there is nobody to switch over from",
                instead: PlanCall("failover", input.call.target))
        }
        guard let door = view.commandDoor(preferring: [leader, candidate.id.name]) else {
            throw DatabaseTarget.noDoor(view)
        }
        let pools = WritePools(view: view, leader: old, candidate: candidate)
        let before = view.timeline
        let leads = Expectation.leads(candidate.id, insteadOf: leader)
        var outcome: [Expectation] = [leads]
        if let before { outcome.append(.timeline(view.id, above: before)) }
        outcome.append(.streams(old.id))
        outcome += pools.expectations
        let body = Quoted.object([("leader", leader), ("candidate", candidate.id.name)])
        let step = Step(
            "ask Patroni on \(door.member) to switch \(view.id.name) from \(leader) to \(candidate.id.name)",
            .http(
                group: view.id, door: door.door, method: "POST", path: "/switchover", body: body, expects: [200, 202]),
            replyDeadline: replyDeadline(view.limits), deadline: replyDeadline(view.limits), expectation: leads,
            takes: Taken(old.id, .lead(to: candidate.id)))
        let eligibility = CandidateGate(view: view, candidate: candidate)
        var plan = Plan(
            input.call, title: "Promote \(candidate.id.name) in \(view.id.name)",
            fingerprint: Fingerprint(of: view.id, in: input.snapshot),
            checks: DatabaseChecks.leader(view) + eligibility.checks(forced: false)
                + DatabaseChecks.group(view, leader: old) + pools.checks,
            steps: [step], outcome: .all(outcome), outcomeDeadline: outcomeDeadline,
            outlook: Outlook(outage: usualOutage, sentences: sentences(view, leader, candidate, pools)),
            undo: Undo(
                "promote \(leader) again, once it streams",
                call: PlanCall("promote", .member(old.id))),
            confirmation: .typed(candidate.id.name), madeAt: input.now)
        plan.risk = Risk(bytes: 0, transactions: 0, text: "nothing: the leader stops and hands over all it has written")
        return plan
    }

    private static func sentences(
        _ view: GroupView, _ leader: String, _ candidate: Member, _ pools: WritePools
    ) -> [String] {
        var list = ["\(leader) stops taking writes, \(candidate.id.name) leads, \(leader) follows it."]
        list.append("Writes fail for about 2 s (1.4–2.9 s on small clusters).")
        if let before = view.timeline { list.append("The timeline goes from \(before) to \(before + 1).") }
        if let replay = candidate.newest(\.replication?.replayLagBytes)?.value, replay > 0 {
            list.append("\(candidate.id.name) replays \(Say.bytes(replay)) first.")
        }
        list += pools.sentences
        return list
    }
}
