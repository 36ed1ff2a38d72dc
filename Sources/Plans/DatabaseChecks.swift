import Estate
import Insight

/// Checks of a group that Patroni runs, whatever the command.
enum DatabaseChecks {
    static func leader(_ view: GroupView) -> [Check] {
        guard let leader = view.leader else { return [] }
        let what = "leader known and fresh"
        if let stale = view.staleLeader {
            return [
                .block(
                    what, "\(stale.by) said \(leader) \(Say.span(stale.age)) ago",
                    remedy: "bring that source back: a stale leader is not a fact")
            ]
        }
        var list = [Check.pass(what, leader)]
        let own = [SourceID("sql", "\(view.id)/\(leader)"), SourceID("patroni", "\(view.id)/\(leader)")]
        for by in own {
            guard let seen = view.leaderMember?.sighting(by: by), view.isFresh(by, seen.at),
                seen.facts.replication?.inRecovery == true
            else { continue }
            list.append(
                .block(
                    "leader and primary agree", "\(leader) holds the lock, \(by) says in recovery",
                    remedy: "wait until Patroni has settled it"))
        }
        return list
    }

    static func group(_ view: GroupView, leader: Member) -> [Check] {
        var list = paused(view)
        if let scheduled = view.scheduled {
            list.append(
                .warn(
                    "no switchover scheduled", "one to \(scheduled.candidate ?? "any member") is",
                    remedy: "this one replaces it without a word; delete it first if it matters"))
        }
        list += [logical(leader), exclusiveSlots(leader)].compactMap { $0 }
        return list
    }

    static func paused(_ view: GroupView) -> [Check] {
        let what = "automation on"
        guard view.isPaused == true else { return [.pass(what, "not paused")] }
        return [
            .warn(
                what, "paused: nobody takes over if this fails",
                remedy: "resume \(view.id.name) first, or go on knowingly")
        ]
    }

    /// Logical walsenders can keep the old primary from shutting down.
    private static func logical(_ leader: Member) -> Check? {
        guard let senders = leader.sightings.first(where: { $0.by.system == "sql" })?.facts.replication?.senders else {
            return nil
        }
        let logical = senders.filter(\.isLogical)
        let what = "no logical walsender on the leader"
        if logical.isEmpty { return .pass(what, Figures.count(senders.count, "physical walsender")) }
        return .warn(
            what, "\(logical.count): \(Figures.list(logical.map(\.application)))",
            remedy: "its client stops it; until it has received everything the old leader cannot shut down")
    }

    private static func exclusiveSlots(_ leader: Member) -> Check? {
        guard let slots = leader.sightings.first(where: { $0.by.system == "sql" })?.facts.replication?.slots else {
            return nil
        }
        let logical = slots.filter(\.isLogical)
        guard !logical.isEmpty else { return nil }
        return .warn(
            "no logical slot on the leader", Figures.list(logical.map(\.name)),
            remedy: "they do not move unless Patroni's slots names them; subscribers may have to start anew")
    }
}
