import Estate

/// A database replica out of the pools that send it reads. Patroni has no verb for it: the balancers do it.
enum ReplicaDrain {
    static func make(_ input: PlanInput, _ view: GroupView, _ member: Member) throws(PlanRefusal) -> Plan {
        let name = member.id.name
        if view.knownLeader == nil {
            throw .notKnown("nobody has said who leads \(view.id.name)", remedy: "look at its sources first")
        }
        if view.leader == name { throw leads(view, member) }
        let servers = PoolServer.standing(for: member, in: input.snapshot)
        guard !servers.isEmpty else {
            throw .wrongTarget(
                input.call.target,
                reason: "no balancer that is watched has a server with its address, so nothing sends it reads")
        }
        // Where its role keeps it down it gets nothing, and must be free to serve when it is promoted.
        let open = servers.filter(\.takesTraffic)
        guard !open.isEmpty else {
            let drained = servers.filter { $0.facts.admin == .drain || $0.facts.admin == .maintenance }
            if !drained.isEmpty { throw .alreadySo("\(name) is drained at \(PoolWords.places(drained)) already") }
            throw .alreadySo("no balancer sends \(name) anything")
        }
        var checks = DatabaseChecks.leader(view) + [try standby(view, member)].compactMap { $0 }
        let leaders = view.leaderMember.map { PoolServer.standing(for: $0, in: input.snapshot).map(\.member) } ?? []
        checks += try PoolChecks(input, outByRole: Set(leaders)).all(draining: open, of: open)
        let kept = servers.filter { server in
            !server.takesTraffic && !open.contains { $0.member.group == server.member.group }
        }
        var sentences = [
            "No new reads reach \(name); \(PoolWords.finishing(open)).",
            "It goes on replicating and stays eligible for promotion.",
        ]
        if !kept.isEmpty {
            let pools = Set(kept.map(\.member.group.name)).sorted()
            sentences.append("Left alone, as its role keeps it out of them: \(Figures.list(pools)).")
        }
        return try Drain.plan(
            input, servers: open, title: "Drain reads from \(name) of \(view.id.name)", checks: checks,
            sentences: sentences)
    }

    private static func leads(_ view: GroupView, _ member: Member) -> PlanRefusal {
        .not(
            "\(member.id.name) leads \(view.id.name): promote another member first, then drain it",
            instead: view.successor.map { PlanCall("promote", .member($0.id)) })
    }

    /// What is drained is about to be taken away: the last synchronous standby must not be.
    private static func standby(_ view: GroupView, _ member: Member) throws(PlanRefusal) -> Check? {
        guard let sync = view.synchronous, sync.isOn, sync.standbys.contains(member.id.name) else { return nil }
        let what = "not the last synchronous standby"
        let others = sync.standbys.filter { $0 != member.id.name }
        if !others.isEmpty { return .pass(what, "also: \(Figures.list(others))") }
        let able = view.members.filter { other in
            other.id != member.id && other.id.name != view.leader
                && other.newest(\.tags?.noSync)?.value != true
                && other.sightings.contains {
                    view.isFresh($0.by, $0.at) && $0.facts.replication?.streaming == true
                }
        }
        if !able.isEmpty {
            return .warn(
                what, "the only one now; \(Figures.list(able.map(\.id.name))) can become one",
                remedy: "stop \(member.id.name) only after Patroni has named another")
        }
        if sync.isStrict {
            throw .not(
                "\(member.id.name) is the last synchronous standby and the mode is strict: without it writes stop;"
                    + " bring another replica back first", instead: nil)
        }
        return .block(
            what, "the last one: without it commits wait for nobody",
            remedy: "bring another streaming replica back first")
    }
}
