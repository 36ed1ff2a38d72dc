import Estate
import Insight

/// A forced change of leader, for when the old one cannot hand over. It may lose data, and says how much.
enum Failover {
    static let recipe = PlanRecipe(
        "failover", title: "Failover", key: "F", on: [.member],
        "Force a member to lead without the old leader's help: may lose data",
        appliesTo: { input in
            guard case .member(let id) = input.call.target else { return false }
            let view = GroupView(id.group, input.snapshot, now: input.now)
            return view.isManagedByPatroni && view.leader != id.name
        },
        cook: make)

    static func make(_ input: PlanInput) throws(PlanRefusal) -> Plan {
        let (view, candidate) = try DatabaseTarget.candidate(input)
        let name = candidate.id.name
        guard let door = view.commandDoor(preferring: [name]) else {
            throw DatabaseTarget.noDoor(view)
        }
        // A dead leader's lock has to run out first.
        let deadline = max(Promote.replyDeadline(view.limits), .seconds((view.limits?.ttlSeconds ?? 30) + 15))
        let leads = Expectation.leads(candidate.id, insteadOf: view.leader)
        var outcome: [Expectation] = [leads]
        if let before = view.timeline { outcome.append(.timeline(view.id, above: before)) }
        let step = Step(
            "ask Patroni on \(door.member) to make \(name) lead \(view.id.name)",
            .http(
                group: view.id, door: door.door, method: "POST", path: "/failover",
                body: Quoted.object([("candidate", name)]), expects: [200, 202]),
            replyDeadline: deadline, deadline: deadline, expectation: leads)
        let eligibility = CandidateGate(view: view, candidate: candidate)
        var plan = Plan(
            input.call, title: "Fail \(view.id.name) over to \(name)",
            fingerprint: Fingerprint(of: view.id, in: input.snapshot),
            checks: [choice(view, candidate)] + eligibility.checks(forced: true) + better(view, candidate)
                + DatabaseChecks.paused(view),
            steps: [step], outcome: .all(outcome), outcomeDeadline: Promote.outcomeDeadline,
            outlook: Outlook(outage: Promote.usualOutage, sentences: sentences(view, candidate)),
            undo: Undo("none: what was not received is lost. The old leader is rewound and follows"),
            confirmation: .typed(name), madeAt: input.now)
        plan.risk = risk(view, candidate, eligibility)
        return plan
    }

    /// A leader that answers hands over without loss.
    private static func choice(_ view: GroupView, _ candidate: Member) -> Check {
        let what = "no leader that could hand over"
        guard let leader = view.leader else { return .pass(what, "nobody leads") }
        if view.answersREST(MemberID(view.id, leader)) == false {
            return .pass(what, "\(leader) holds the lock and does not answer")
        }
        return .warn(
            what, "\(leader) leads and may well hand over",
            remedy: "promote \(candidate.id.name) instead: loses nothing")
    }

    /// Members that have received more than the candidate.
    private static func better(_ view: GroupView, _ candidate: Member) -> [Check] {
        func received(_ member: Member) -> LSN? {
            [
                member.newest(\.replication?.receivedLSN)?.value,
                member.newest(\.replication?.replayedLSN)?.value,
            ].compactMap { $0 }.max()
        }
        guard let own = received(candidate) else { return [] }
        let what = "no member has received more"
        let ahead = view.members.filter { $0.id != candidate.id && $0.id.name != view.leader }.compactMap { other in
            received(other).flatMap { $0 > own ? (other.id.name, $0.distance(from: own)) : nil }
        }
        guard let most = ahead.max(by: { $0.1 < $1.1 }) else { return [.pass(what, "\(own)")] }
        return [
            .warn(
                what, "\(most.0) has \(Say.bytes(most.1)) more",
                remedy: "choose \(most.0), unless it is cordoned for a reason")
        ]
    }

    private static func risk(_ view: GroupView, _ candidate: Member, _ gate: CandidateGate) -> Risk {
        let name = candidate.id.name
        let seconds = view.limits?.ttlSeconds ?? 30
        let heard = view.lastWriter?.member.newest(\.replication?.writtenLSN)
        let fresh = view.leader != nil && (heard.map { view.isFresh($0.sighting.by, $0.sighting.at) } ?? false)
        let worst =
            view.limits?.maximumLagOnFailoverBytes.map {
                "at worst \(Say.bytes($0)) and what was written in the last \(Int(seconds)) s"
            } ?? "at worst all that was written since \(name) was last heard of"
        guard let missing = gate.missing else {
            return Risk(bytes: nil, text: "unknown: nobody has said how far \(name) is behind; \(worst)")
        }
        let transactions = transactions(in: missing.bytes, view)
        var text = "\(Say.bytes(missing.bytes)) that \(name) has not received"
        if let transactions, transactions > 0 { text += ", about \(Figures.count(Int(transactions), "transaction"))" }
        if missing.bytes == 0, let sync = view.synchronous, sync.isOn, sync.standbys.contains(name) {
            text += "; \(name) is synchronous: every confirmed commit is on it"
        } else if !fresh {
            text += ", by what was last heard of the old leader; \(worst)"
        }
        return Risk(bytes: missing.bytes, transactions: transactions, text: text)
    }

    /// At the mean size of a transaction since the statistics began; at least one where bytes are missing.
    private static func transactions(in bytes: Int64, _ view: GroupView) -> Int64? {
        if bytes == 0 { return 0 }
        guard let writer = view.lastWriter,
            let commits = writer.member.newest(\.replication?.commits)?.value, commits > 0
        else { return nil }
        let mean = max(1, Double(writer.written.bytes) / Double(commits))
        return max(1, Int64((Double(bytes) / mean).rounded(.up)))
    }

    private static func sentences(_ view: GroupView, _ candidate: Member) -> [String] {
        var list = ["\(candidate.id.name) leads; what it has not received is lost for good."]
        if let leader = view.leader {
            list.append("\(leader) is not asked: until it is demoted it may still take writes, which are lost as well.")
            list.append("Where it is dead, its lock runs out first: up to \(Int(view.limits?.ttlSeconds ?? 30)) s.")
        } else {
            list.append("Without a leader Patroni looks at neither lag nor timeline.")
        }
        if let sync = view.synchronous, sync.isOn, !sync.standbys.contains(candidate.id.name) {
            list.append("Patroni 3 refuses a member that is not synchronous (503), Patroni 4 takes it.")
        }
        return list
    }
}
