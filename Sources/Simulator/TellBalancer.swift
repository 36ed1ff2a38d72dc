import Estate

/// What a balancer says of its pools, their servers and itself.
extension World {
    mutating func tellBalancer(_ b: Int, _ source: SourceID, _ at: Timestamp) {
        if let forgotten = balancers[b].forgotten {
            balancers[b].forgotten = nil
            tellReload(b, forgotten, source, at)
        }
        for p in pools.indices {
            for i in pools[p].seats[b].indices {
                let standing = pools[p].seats[b][i].standing
                let isEdge = pools[p].seats[b][i].told != standing
                guard isEdge || !isMuted else { continue }
                pools[p].seats[b][i].told = standing
                send(source, at, isEdge: isEdge, .member(pools[p].ids[i], seatFacts(p, b, i)))
            }
            if !isMuted { send(source, at, .group(pools[p].plan.id, poolFacts(p, b))) }
        }
        guard !isMuted else { return }
        tellItself(b, source, at)
    }

    private mutating func tellReload(_ b: Int, _ forgotten: [String], _ source: SourceID, _ at: Timestamp) {
        var text = "\(balancers[b].name) was reloaded"
        if !forgotten.isEmpty {
            text += " and takes back in what was drained: " + forgotten.prefix(5).joined(separator: ", ")
        }
        var event = Event(
            at: at, .balancerReloaded, forgotten.isEmpty ? .notice : .warning, group: AcmeBets.balancersGroup,
            member: MemberID(AcmeBets.balancersGroup, balancers[b].name), text: text)
        event.source = source
        send(source, at, isEdge: true, .event(event))
    }

    private mutating func seatFacts(_ p: Int, _ b: Int, _ i: Int) -> MemberFacts {
        let seat = pools[p].seats[b][i]
        var facts = pools[p].templates[i]
        facts.traffic?.admin = seat.admin
        facts.traffic?.adminForcedHere = seat.isForced ? true : nil
        facts.traffic?.check = seat.check
        facts.traffic?.checkDetail = seat.admin == .maintenance ? nil : seat.finding.text
        facts.traffic?.sessions = Int(seat.sessions.rounded(.up))
        facts.traffic?.sessionRate = (seat.requestRate * 0.4).rounded(.up)
        facts.traffic?.bytesInRate = seat.bytesInRate
        facts.traffic?.bytesOutRate = seat.bytesOutRate
        facts.traffic?.errorsTotal = Int64(seat.errors)
        facts.traffic?.requestsTotal = Int64(seat.requests)
        facts.traffic?.lastChangeSeconds = Int64((now - seat.changedAt).seconds)
        facts.figures["responses5xx"] = seat.errors.rounded(.down)
        if pools[p].plan.database == nil {
            let crowd = 1 + seat.requestRate / 900
            let slowness = pools[p].servers[i].slowness
            facts.figures["responseMilliseconds"] = (7 * crowd * slowness * pools[p].noise.wobble(0.25)).rounded()
        }
        return facts
    }

    private mutating func poolFacts(_ p: Int, _ b: Int) -> GroupFacts {
        var facts = pools[p].template
        var sessions = 0.0
        var rate = 0.0
        var isServing = false
        for seat in pools[p].seats[b] {
            sessions += seat.sessions
            rate += seat.requestRate
            isServing = isServing || seat.takesTraffic
        }
        facts.poolServing = isServing
        facts.poolSessions = Int(sessions.rounded())
        facts.poolSessionRate = (rate * 0.4).rounded()
        facts.poolQueue = Int(pools[p].queue[b])
        if pools[p].plan.kind == .web {
            facts.edge = edge.observed(
                load, requests: balancers[b].requestRate, errors: errorRates[b], connections: balancers[b].connections,
                balancer: b, of: balancers.indices.count { isRunning($0) })
        }
        return facts
    }

    private mutating func tellItself(_ b: Int, _ source: SourceID, _ at: Timestamp) {
        let balancer = balancers[b]
        var group = GroupFacts()
        group.manager = "haproxy"
        group.poolServing = true
        group.poolSessions = Int(balancer.connections)
        group.poolSessionRate = balancer.requestRate.rounded()
        send(source, at, .group(AcmeBets.balancersGroup, group))
        var facts = MemberFacts()
        facts.role = .balancer
        facts.state = .running
        facts.node = hosts[balancer.host].id
        facts.version = "2.8.9"
        facts.startedAt = balancer.startedAt
        var traffic = TrafficFacts()
        traffic.admin = .ready
        traffic.check = .up
        traffic.sessions = Int(balancer.connections)
        traffic.sessionsMax = Int(Edge.connectionsMax)
        traffic.sessionRate = balancer.requestRate.rounded()
        traffic.requestsTotal = Int64(balancer.requests)
        facts.traffic = traffic
        facts.figures["connections"] = balancer.connections.rounded()
        facts.figures["connectionsMax"] = Double(Edge.connectionsMax)
        facts.notes["pid"] = String(balancer.pid)
        send(source, at, .member(MemberID(AcmeBets.balancersGroup, balancer.name), facts))
    }
}
