import Estate
import Insight

/// What is looked at before a server leaves its pool.
struct PoolChecks {
    let input: PlanInput
    /// Servers that are kept out of the pool by what they are, and are no missing capacity.
    let outByRole: Set<MemberID>
    init(_ input: PlanInput, outByRole: Set<MemberID> = []) {
        self.input = input
        self.outByRole = outByRole
    }

    /// - Parameters:
    ///   - open: the servers to drain, one a balancer and pool.
    ///   - all: every place where the server stands, drained or not.
    func all(draining open: [PoolServer], of all: [PoolServer]) throws(PlanRefusal) -> [Check] {
        var list: [Check] = []
        for server in open {
            list.append(fresh(server))
            list.append(try capacity(without: server))
            list += [tracking(server), agent(server)].compactMap { $0 }
        }
        let out = all.filter { there in !open.contains { $0.balancer == there.balancer && $0.member == there.member } }
        if !out.isEmpty {
            list.append(
                .pass("applied already", "\(out.count) of \(all.count): \(PoolWords.places(out)); the rest follows"))
        }
        return list
    }

    func fresh(_ server: PoolServer) -> Check {
        let what = "\(server.balancer.name) answers"
        let view = GroupView(server.member.group, input.snapshot, now: input.now)
        if view.isFresh(server.balancer, server.at) { return .pass(what, "fresh") }
        let source = input.snapshot.source(server.balancer)
        // The others can be done without it: that is visible as so many of so many applied.
        return .warn(
            what, source?.status.problem ?? "last answer \(Say.span(input.now - server.at)) ago",
            remedy: "bring its runtime socket back; until then it is not told")
    }

    /// The last server that takes traffic is never drained: the pool would go down and cut new clients.
    func capacity(without server: PoolServer) throws(PlanRefusal) -> Check {
        let pool = PoolServer.all(of: server.member.group, in: input.snapshot).filter {
            $0.balancer == server.balancer && $0.member != server.member
                && ($0.takesTraffic || !outByRole.contains($0.member))
        }
        let left = pool.filter { $0.takesTraffic && $0.facts.isBackup != true }
        let backups = pool.filter { $0.takesTraffic && $0.facts.isBackup == true }
        let place = "\(server.member.group.name) at \(server.balancer.name)"
        let what = "capacity left in \(place)"
        let total = pool.count + 1
        if left.isEmpty, backups.isEmpty {
            // Draining one that takes nothing changes nothing.
            guard server.takesTraffic else { return .warn(what, "none", remedy: "the pool serves nobody as it is") }
            throw .not(
                "\(server.member.name) is the last server that takes traffic in \(place): the pool would go down",
                instead: back(pool) ?? promotion(behind: server))
        }
        if left.isEmpty {
            return .warn(
                what, "only backups: \(Figures.list(backups.map(\.member.name)))",
                remedy: "bring a regular server back")
        }
        let figure = "\(left.count) of \(total) servers stay up, \(load(server, left))"
        let queue = pool.compactMap(\.facts.queue).reduce(0, +)
        if queue > 0 {
            return .warn(what, "\(figure); \(queue) requests wait already", remedy: "bring servers back first")
        }
        // Half of a pool is where the rest carries twice what it was built for.
        return left.count * 2 < total
            ? .warn(what, figure, remedy: "bring \(Figures.list(down(pool))) back first")
            : .pass(what, figure)
    }

    private func load(_ server: PoolServer, _ left: [PoolServer]) -> String {
        let sessions = (left + [server]).compactMap(\.facts.sessions).reduce(0, +)
        return "\(Figures.count(sessions, "session")) on them"
    }

    private func down(_ pool: [PoolServer]) -> [String] { pool.filter { !$0.takesTraffic }.map(\.member.name) }

    /// What would bring another server back: an undrain of one that an operator took out.
    private func back(_ pool: [PoolServer]) -> PlanCall? {
        pool.first { $0.facts.admin != .ready && $0.facts.adminForcedHere == true }
            .map { PlanCall("undrain", .member($0.member)) }
    }

    /// A pool of writes has one server: it moves when another member is promoted.
    private func promotion(behind server: PoolServer) -> PlanCall? {
        for group in input.snapshot.groups {
            let view = GroupView(group.id, input.snapshot, now: input.now)
            guard let leader = view.leaderMember,
                PoolServer.standing(for: leader, in: input.snapshot).contains(where: { $0.member == server.member })
            else { continue }
            return view.successor.map { PlanCall("promote", .member($0.id)) }
        }
        return nil
    }

    private func tracking(_ server: PoolServer) -> Check? {
        let tracked = server.facts.trackedBy
        guard !tracked.isEmpty else { return nil }
        return .warn(
            "no server follows it at \(server.balancer.name)", "\(Figures.list(tracked)) follow",
            remedy: "they leave balancing with it; see that their pools bear it")
    }

    private func agent(_ server: PoolServer) -> Check? {
        guard server.facts.hasAgentCheck == true else { return nil }
        return .warn(
            "no agent check at \(server.balancer.name)", "there is one",
            remedy: "an agent that says “ready” cancels the drain; tell the agent, too")
    }
}
