import Estate

/// What balancers do: check servers, share out what comes in, let sessions end.
extension World {
    mutating func checkServers(_ s: Surroundings) {
        for b in balancers.indices where isRunning(b) {
            for p in pools.indices where pools[p].checksAt[b] <= s.now { checkServers(p, b, s) }
        }
    }

    private mutating func checkServers(_ p: Int, _ b: Int, _ s: Surroundings) {
        let every = Span.seconds(Seat.checkEverySeconds)
        var first = s.now + every
        for i in pools[p].seats[b].indices {
            var seat = pools[p].seats[b][i]
            if seat.checksAt <= s.now {
                // One that could not check for a while does not make up for it.
                seat.checksAt = max(seat.checksAt + every, s.now)
                if seat.admin != .maintenance {
                    seat.take(find(p, i, from: balancers[b].site, s), at: s.now)
                }
                pools[p].seats[b][i] = seat
            }
            first = min(first, seat.checksAt)
        }
        pools[p].checksAt[b] = first
    }

    func isRunning(_ b: Int) -> Bool { balancers[b].phase == .running && hosts[balancers[b].host].isUp }

    /// What a health check of a server finds.
    private mutating func find(_ p: Int, _ i: Int, from site: Int, _ s: Surroundings) -> CheckFinding {
        let server = pools[p].servers[i]
        guard s.net.reaches(site, server.site), s.isHostUp[server.host] else { return .late }
        let took = 1 + Int(pools[p].chance.between(0, 2.9) * server.slowness) + (site == server.site ? 0 : 8)
        if let d = pools[p].plan.database, let m = server.member {
            let member = databases[d].members[m]
            guard member.isAlive(s) else { return .refused }
            let isOpen = member.isOpen(s)
            // The door for writes opens with the lock, before writes work.
            let holdsLock = databases[d].lock == m
            let isWanted = if case .write = pools[p].plan.kind { holdsLock } else { !holdsLock && !member.isPrimary }
            return isOpen && isWanted ? .ok(milliseconds: took) : .status(503, milliseconds: took)
        }
        guard server.phase == .running else { return .refused }
        if server.errorShare > 0, pools[p].chance.unit() < server.errorShare {
            return .status(500, milliseconds: took * 4)
        }
        return .ok(milliseconds: took)
    }

    /// Once a second: what comes in is shared out, what was there ends.
    mutating func shareOut(_ s: Surroundings) {
        let open = balancers.indices.filter { isRunning($0) && s.net.isSeen(balancers[$0].site) }
        for b in balancers.indices {
            balancers[b].connections = 0
            balancers[b].requestRate = 0
        }
        for p in pools.indices {
            let demand = demand(pools[p].plan, s)
            for b in balancers.indices where isRunning(b) {
                let isOpen = open.contains(b) || pools[p].plan.database != nil
                let share =
                    isOpen ? 1 / Double(max(1, pools[p].plan.database == nil ? open.count : balancers.count)) : 0
                shareOut(p, b, demand.sessions * share, demand.requests * share, demand)
            }
        }
    }

    private struct Demand {
        var sessions: Double
        var requests: Double
        var bytesIn: Double
        var bytesOut: Double
        /// Of the answers, how many fail for want of what is behind.
        var failing = 0.0
    }

    private func demand(_ plan: AcmeBets.PoolPlan, _ s: Surroundings) -> Demand {
        let load = s.load
        switch plan.kind {
        case .bet:
            var demand = Demand(
                sessions: load.betSessions, requests: load.betRequests, bytesIn: 900, bytesOut: 1_400)
            // A bet needs the wallet and the ledger to take it.
            let takesBets = databases.allSatisfy { $0.logRate > 0 }
            demand.failing = takesBets ? 0 : 0.72
            return demand
        case .odds:
            return Demand(
                sessions: load.oddsSessions, requests: load.oddsRequests, bytesIn: 320, bytesOut: 3_100)
        case .web:
            return Demand(
                sessions: load.webSessions, requests: load.webRequests + edge.floodPassed, bytesIn: 640,
                bytesOut: 22_000)
        case .write:
            return Demand(sessions: 48 + load.bets * 0.07, requests: 2 + load.bets * 0.01, bytesIn: 4e4, bytesOut: 2e4)
        case .read:
            return Demand(sessions: 66 + load.sessions * 0.004, requests: 3, bytesIn: 3e4, bytesOut: 4e5)
        }
    }

    private mutating func shareOut(_ p: Int, _ b: Int, _ sessions: Double, _ requests: Double, _ demand: Demand) {
        let plan = pools[p].plan
        let taking = pools[p].seats[b].count { $0.takesTraffic }
        var total = 0.0
        for i in pools[p].seats[b].indices {
            let wobble = pools[p].chance.wobble(0.12)
            var seat = pools[p].seats[b][i]
            if seat.takesTraffic {
                let share = 1 / Double(taking)
                seat.sessions += (sessions * share * wobble - seat.sessions) * 0.2
                seat.requestRate = requests * share * wobble
            } else {
                seat.bleed()
            }
            let isThere = pools[p].servers[i].phase == .running && hosts[pools[p].servers[i].host].isUp
            let failing =
                isThere || plan.database != nil ? max(pools[p].servers[i].errorShare, demand.failing) : 1
            seat.requests += seat.requestRate
            seat.errors += seat.requestRate * failing
            seat.bytesInRate = seat.requestRate * demand.bytesIn
            seat.bytesOutRate = seat.requestRate * demand.bytesOut
            total += seat.sessions
            pools[p].seats[b][i] = seat
        }
        pools[p].queue[b] = taking == 0 && plan.database != nil ? min(600, pools[p].queue[b] + sessions) : 0
        if plan.database == nil {
            balancers[b].connections += total
            balancers[b].requestRate += taking > 0 ? requests : 0
        }
    }

    // MARK: Commands on a runtime socket

    /// One line as HAProxy's runtime API takes it, and what it answers: an empty line when it was taken.
    mutating func command(_ line: String, at b: Int) -> String {
        let words = line.split(separator: " ").map(String.init)
        if words.count >= 4, words[0] == "shutdown", words[1] == "sessions", words[2] == "server" {
            return seat(words[3], b) { seat, _ in
                seat.sessions = 0
                return "\n"
            }
        }
        guard words.count >= 3, words[0] == "set", words[1] == "server" else {
            return "Unknown command: '\(words.first ?? "")'. Please enter one of the following commands only.\n\n"
        }
        guard words.count >= 4, words[3] == "state" else {
            return "'set server <srv>' only supports 'agent', 'health', 'state', 'weight', 'addr', 'fqdn', 'check-addr'"
                + ", 'check-port', 'ssl' and 'agent-addr'.\n\n"
        }
        return seat(words[2], b) { seat, now in
            switch words.count > 4 ? words[4] : "" {
            case "ready": seat.set(.ready, at: now)
            case "drain": seat.set(.drain, at: now)
            case "maint": seat.set(.maintenance, at: now)
            default: return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n\n"
            }
            return "\n"
        }
    }

    private mutating func seat(_ handle: String, _ b: Int, _ change: (inout Seat, Timestamp) -> String) -> String {
        let halves = handle.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { return "Require 'backend/server'.\n\n" }
        guard let p = pools.firstIndex(where: { $0.plan.backend == halves[0] }) else { return "No such backend.\n\n" }
        guard let i = pools[p].servers.firstIndex(where: { $0.name == halves[1] }) else { return "No such server.\n\n" }
        return change(&pools[p].seats[b][i], now)
    }
}
