import Estate
import Insight

/// The promotion of a standby that nothing manages. Nothing fences the old primary, so the plan demands proof that it
/// is stopped: that its own host says so. Silence is no proof.
enum PromoteStandby {
    /// As those say who observe such groups.
    static let manager = "postgres"
    static func isOne(_ view: GroupView) -> Bool { view.isManaged(by: manager) }
    /// The server waits so long itself; after that it answers that it does not know.
    static let serverWaitSeconds = 4
    static let replyDeadline = Span.seconds(8)
    static let deadline = Span.seconds(60)
    /// The operator's own program: power switches take their time.
    static let fenceDeadline = Span.seconds(60)
    static let usualOutage = Span.seconds(2)
    /// A server that crashed and comes back by itself is gone for a moment too.
    static let stoppedSecondsMin = 10.0

    static func make(_ input: PlanInput, _ view: GroupView, _ candidate: Member) throws(PlanRefusal) -> Plan {
        let standby = Standby(view)
        if let manager = standby.managedBy {
            throw .not(
                "\(manager) manages \(view.id.name): promote with its own means, or it will undo this", instead: nil)
        }
        if standby.writers.contains(where: { $0.id == candidate.id }) {
            throw .alreadySo("\(candidate.id.name) takes writes already")
        }
        guard let address = candidate.newest(\.address)?.value else {
            throw .notKnown("no address of \(candidate.id.name) is known", remedy: "name it under `hosts:`")
        }
        let writes = Expectation.writes(candidate.id)
        let statement = "SELECT pg_promote(true, \(serverWaitSeconds))"
        var steps: [Step] = []
        if let fence = standby.fence {
            for one in standby.suspects(candidate) where !one.isProved {
                let place = one.address.map { " " + $0 } ?? ""
                steps.append(
                    Step(
                        "fence \(one.name): \(fence.label) has to end well before anything else is done",
                        .line(balancer: fence.source, text: one.name + place), replyDeadline: fenceDeadline,
                        deadline: fenceDeadline, expectation: .all([])))
            }
        }
        let step = Step(
            "promote \(candidate.id.name)",
            .sql(group: view.id, door: address, statement: statement, expects: "t"),
            replyDeadline: replyDeadline, deadline: deadline, expectation: writes)
        let lost = standby.missing(candidate)
        var plan = Plan(
            input.call, title: "Promote \(candidate.id.name) in \(view.id.name)",
            fingerprint: Fingerprint(of: view.id, in: input.snapshot), checks: standby.checks(candidate),
            steps: steps + [step], outcome: writes, outcomeDeadline: deadline,
            outlook: Outlook(outage: usualOutage, sentences: sentences(standby, candidate)),
            undo: Undo("no way back: the old primary has to be rewound or made anew before it can follow"),
            confirmation: .typed(candidate.id.name), madeAt: input.now)
        plan.risk = Risk(
            bytes: lost,
            text: lost.map {
                "what the old primary wrote and \(candidate.id.name) never received: \(Say.bytes($0))"
            } ?? "how much the old primary wrote that \(candidate.id.name) never received is not known")
        return plan
    }

    private static func sentences(_ standby: Standby, _ candidate: Member) -> [String] {
        var list = ["\(candidate.id.name) takes writes on a new timeline."]
        let others = standby.view.members.filter { $0.id != candidate.id && standby.isStandby($0) }
        if !others.isEmpty {
            let names = Figures.list(others.map(\.id.name))
            list.append("\(names) goes on following the old primary: point its primary_conninfo to the new one.")
        }
        list.append("Clients have to be sent to \(candidate.id.name): nothing here moves their address.")
        let old = standby.suspects(candidate).map(\.name)
        if !old.isEmpty {
            list.append("Keep \(Figures.list(old)) stopped: started as it is, it takes writes too.")
        }
        return list
    }
}

/// A group of one primary and standbys that nothing manages, as the plan looks at it.
struct Standby {
    let view: GroupView
    init(_ view: GroupView) { self.view = view }

    /// What a member says of itself.
    func own(_ member: Member) -> Sighting<MemberFacts>? {
        member.sighting(by: SourceID("sql", member.id.description))
    }

    private func isFresh(_ seen: Sighting<MemberFacts>) -> Bool { view.isFresh(seen.by, seen.at) }

    /// Those that take writes now, by their own fresh word.
    var writers: [Member] {
        view.members.filter { member in
            own(member).map { isFresh($0) && $0.facts.replication?.inRecovery == false } ?? false
        }
    }

    func isStandby(_ member: Member) -> Bool {
        own(member).map { isFresh($0) && $0.facts.replication?.inRecovery == true } ?? false
    }

    /// Somebody who might take writes, now or when he wakes.
    struct Suspect {
        let name: String
        /// `host:port`.
        let address: String?
        /// For how long his own host has said that nothing listens there; nil: it does not say so now.
        let stoppedSeconds: Double?

        var isProved: Bool { stoppedSeconds.map { $0 >= PromoteStandby.stoppedSecondsMin } ?? false }
    }

    /// Everyone of the group but the candidate who does not say himself, now, that he is a standby: members, those that
    /// standbys follow, and those that are asked and have not answered since this watch began. Any of them may have been
    /// promoted before.
    func suspects(_ candidate: Member) -> [Suspect] {
        let group = view.id.name + "/"
        let sources = view.snapshot.sources.filter { $0.id.system == "sql" && $0.id.name.hasPrefix(group) }
        var names = Set(sources.map { String($0.id.name.dropFirst(group.count)) })
        names.formUnion(view.members.map(\.id.name))
        names.formUnion(view.members.compactMap { $0.newest(\.replication?.upstream)?.value })
        names.remove(candidate.id.name)
        return names.sorted().compactMap { name in
            let member = view.snapshot.member(MemberID(view.id, name))
            if let member, isStandby(member) { return nil }
            let source = view.snapshot.source(SourceID("sql", group + name))
            return Suspect(
                name: name, address: member?.newest(\.address)?.value ?? source?.status.endpoint.flatMap(Self.place),
                stoppedSeconds: member.flatMap { refusal($0) })
        }
    }

    /// `host:port` of `postgres://host:port/database`.
    private static func place(_ endpoint: String) -> String? {
        endpoint.firstRange(of: "://").map { String(endpoint[$0.upperBound...].prefix { $0 != "/" && $0 != "?" }) }
    }

    /// What manages the group after all.
    var managedBy: String? {
        view.members.flatMap { $0.sightings.compactMap { $0.facts.notes["managedBy"] } }.first
            ?? (view.snapshot.group(view.id)?.sightings ?? []).compactMap { $0.facts.notes["managedBy"] }.first
    }

    /// Bytes that the old primary wrote, as it last said, and the candidate has not received; nil: not known.
    func missing(_ candidate: Member) -> Int64? {
        guard let received = received(candidate) else { return nil }
        let ends = view.members.flatMap { member in
            member.sightings.flatMap { seen in
                [seen.facts.replication?.writtenLSN, seen.facts.replication?.receivedLSN].compactMap { $0 }
            }
        }
        return ends.max().map { $0.distance(from: received) }
    }

    func received(_ member: Member) -> LSN? {
        member.sightings.compactMap { $0.facts.replication?.receivedLSN }.max()
    }

    /// The program that fences servers of this group, where one is configured.
    var fence: (source: SourceID, label: String)? {
        let notes = (view.snapshot.group(view.id)?.sightings ?? []).compactMap { $0.facts.notes["fence"] }
        return notes.first.map { (SourceID("fence", view.id.name), $0) }
    }

    private func refusal(_ member: Member) -> Double? {
        guard let seen = own(member), seen.facts.state == .stopped,
            let status = view.snapshot.source(seen.by)?.status, view.now - seen.at <= status.freshFor
        else { return nil }
        return seen.facts.figures["stoppedSeconds"]
    }

    func checks(_ candidate: Member) -> [Check] {
        [stopped(candidate), ready(candidate)] + [replay(candidate), siblings(candidate)].compactMap { $0 }
    }

    /// Positive proof only, of everyone who might take writes.
    private func stopped(_ candidate: Member) -> Check {
        let what = "the old primary is proved stopped"
        if let writer = writers.first {
            return .block(
                what, "\(writer.id.name) takes writes", remedy: "stop it first: pg_ctl stop -m fast on its host")
        }
        let suspects = suspects(candidate)
        guard !suspects.isEmpty else { return .pass(what, "every member is a standby") }
        let open = suspects.filter { !$0.isProved }
        guard !open.isEmpty else {
            let words = suspects.map { "the host of \($0.name) answers for \(Int($0.stoppedSeconds ?? 0)) s" }
            return .pass(what, Figures.list(words) + " that nothing listens there")
        }
        let names = Figures.list(open.map(\.name))
        if let fence { return .pass(what, "\(fence.label) fences \(names) first, and nothing is done where it fails") }
        if let silent = open.first(where: { $0.stoppedSeconds == nil }) {
            return .block(
                what, "\(silent.name): nothing proves it: unreachable is not dead",
                remedy: "stop \(silent.name) on its host, or configure a fence: a program that ends well when it has "
                    + "fenced it")
        }
        let shortest = open.compactMap(\.stoppedSeconds).min() ?? 0
        var check = Check.block(
            what, "\(names) for \(Int(shortest)) s only: it may be starting again",
            remedy: "wait until it has been stopped for \(Int(PromoteStandby.stoppedSecondsMin)) s")
        check.liftsIn = .seconds(PromoteStandby.stoppedSecondsMin - shortest)
        return check
    }

    private func ready(_ candidate: Member) -> Check {
        let name = candidate.id.name
        return isStandby(candidate)
            ? .pass("the candidate is a standby that answers", name)
            : .block("the candidate is a standby that answers", "\(name) is not", remedy: "bring \(name) back first")
    }

    private func replay(_ candidate: Member) -> Check? {
        guard own(candidate)?.facts.replication?.replayPaused == true else { return nil }
        return .block(
            "replay is not paused", "it is, on \(candidate.id.name)",
            remedy: "SELECT pg_wal_replay_resume() there first")
    }

    /// The one that has received most loses least.
    private func siblings(_ candidate: Member) -> Check? {
        guard let mine = received(candidate) else { return nil }
        let ahead = view.members.filter { $0.id != candidate.id && isStandby($0) }
            .compactMap { member in received(member).map { (member.id.name, $0.distance(from: mine)) } }
            .max { $0.1 < $1.1 }
        guard let ahead, ahead.1 > 0 else { return .pass("no standby has received more", candidate.id.name) }
        return .warn(
            "no standby has received more", "\(ahead.0) has \(Say.bytes(ahead.1)) more",
            remedy: "promote \(ahead.0) in its place")
    }
}
