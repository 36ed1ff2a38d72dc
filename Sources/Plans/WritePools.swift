import Estate

/// The balancer pools that send writes to a group's leader: those where its server is up and no other member's is.
struct WritePools {
    let view: GroupView
    let leader: Member
    let candidate: Member
    private let leaderServers: [PoolServer]
    private let candidateServers: [PoolServer]

    init(view: GroupView, leader: Member, candidate: Member) {
        self.view = view
        self.leader = leader
        self.candidate = candidate
        let others = view.members.filter { $0.id != leader.id }
        let elsewhere = others.flatMap { PoolServer.standing(for: $0, in: view.snapshot) }.filter(\.takesTraffic)
        leaderServers = PoolServer.standing(for: leader, in: view.snapshot).filter { server in
            server.takesTraffic
                && !elsewhere.contains { $0.balancer == server.balancer && $0.member.group == server.member.group }
        }
        let pools = leaderServers
        candidateServers = PoolServer.standing(for: candidate, in: view.snapshot).filter { server in
            pools.contains { $0.balancer == server.balancer && $0.member.group == server.member.group }
        }
    }

    /// The balancers' checks move to the candidate.
    var expectations: [Expectation] { candidateServers.map { .serves($0.member, at: $0.balancer) } }

    var checks: [Check] {
        var list: [Check] = []
        let sessions = leaderServers.compactMap(\.facts.sessions).reduce(0, +)
        if !leaderServers.isEmpty {
            let place = Figures.list(leaderServers.map { "\($0.member.group.name) at \($0.balancer.name)" })
            let what = "sessions to the old leader"
            list.append(
                sessions == 0
                    ? .pass(what, "none in \(place)")
                    : .warn(
                        what, "\(sessions) in \(place)",
                        remedy: "they stay on it unless the balancer has on-marked-down shutdown-sessions"))
        }
        for server in candidateServers where server.facts.admin != .ready && server.facts.admin != nil {
            list.append(
                .block(
                    "candidate takes writes at \(server.balancer.name)",
                    "\(server.member) is \(Expectation.word(server.facts.admin ?? .drain))",
                    remedy: "undrain \(server.member) first, or writes go nowhere"))
        }
        for server in leaderServers
        where !candidateServers.contains(where: {
            $0.balancer == server.balancer && $0.member.group == server.member.group
        }) {
            list.append(
                .warn(
                    "candidate stands in \(server.member.group.name) at \(server.balancer.name)",
                    "\(candidate.id.name) is not in it", remedy: "add it there, or writes go nowhere"))
        }
        return list
    }

    var sentences: [String] {
        guard !candidateServers.isEmpty else { return [] }
        let balancers = Figures.list(candidateServers.map(\.balancer.name))
        return ["New sessions go to \(candidate.id.name) once its checks pass at \(balancers)."]
    }
}
