import Estate

/// What the observers of the store, the cache and the lines out say, and what hosts are made to do.
extension World {
    mutating func tellStore(_ source: SourceID, _ at: Timestamp) {
        let up = hosts.map(\.isUp)
        // From outside, a site that is cut off cannot be told from one that is gone.
        let healthy = store.voters.indices.filter { v in
            store.isAlive(v, up) && net.isSeen(store.voters[v].site)
                && store.leader.map { net.reaches(store.voters[v].site, store.voters[$0].site) } == true
        }
        let leader = store.leader.flatMap { healthy.contains($0) ? $0 : nil }
        var group = GroupFacts()
        group.leader = Known(leader.map { store.voters[$0].name })
        group.quorum = GroupQuorum(
            votersTotal: store.voters.count, votersHealthy: healthy.count,
            hasLeader: leader != nil && healthy.count * 2 > store.voters.count)
        group.roster = store.voters.map(\.name).sorted()
        group.manager = "etcd"
        send(source, at, .group(AcmeBets.storeGroup, group))
        for (v, voter) in store.voters.enumerated() {
            var facts = MemberFacts()
            var quorum = QuorumFacts()
            quorum.isVoter = true
            quorum.memberID = VotingStore.number(v)
            facts.door = "http://\(voter.address)"
            facts.address = voter.address
            if healthy.contains(v) {
                facts.role = leader == v ? .leader : .follower
                facts.state = .running
                facts.version = "3.5.16"
                quorum.term = store.term
                quorum.databaseBytes = Int64(store.databaseBytes)
                facts.figures["databaseBytes"] = store.databaseBytes
                facts.figures["raftIndex"] = store.index.rounded()
            } else {
                facts.role = .follower
                let isSeen = net.isSeen(voter.site) && up[voter.host]
                facts.state = isSeen ? .failed : .unknown
                facts.stateDetail =
                    isSeen && voter.phase == .running
                    ? "no leader known"
                    : isSeen
                        ? "cannot connect to \(voter.address): connection refused; nothing listens there"
                        : "no answer from \(voter.address) within 2 s"
            }
            facts.quorum = quorum
            send(source, at, .member(MemberID(AcmeBets.storeGroup, voter.name), facts))
        }
    }

    mutating func tellSentinel(_ n: Int, _ source: SourceID, _ at: Timestamp) {
        let up = hosts.map(\.isUp)
        let sentinel = cache.sentinels[n]
        let others = cache.sentinels.indices.count { other in
            cache.isSentinelAlive(other, up)
                && net.reaches(
                    cache.servers[sentinel.server].site, cache.servers[cache.sentinels[other].server].site)
        }
        var group = GroupFacts()
        group.leader = Known(cache.servers[sentinel.master].name)
        group.quorum = GroupQuorum(
            votersTotal: cache.sentinels.count, votersHealthy: others, hasLeader: others * 2 > cache.sentinels.count)
        group.manager = "sentinel"
        group.roster = cache.servers.map(\.name)
        group.notes[GroupFacts.noteDoor] = door(ofSentinel: n)
        group.notes[GroupFacts.noteRegisteredAs] = AcmeBets.cacheName
        send(source, at, .group(AcmeBets.cacheGroup, group))
        for (i, server) in cache.servers.enumerated() {
            let isReached = cache.isSentinelReaching(n, i, net, up)
            let isDown = i == sentinel.master && !isReached && sentinel.missesSince != nil
            var facts = MemberFacts()
            facts.role = i == sentinel.master ? .leader : .replica
            facts.state = isReached ? .running : .failed
            facts.stateDetail =
                isReached ? (i == sentinel.master ? "master" : "slave") : isDown ? "s_down" : "disconnected"
            facts.address = server.address
            facts.door = server.address
            var tags = EligibilityTags()
            tags.failoverPriority = sentinel.ranks[i]
            facts.tags = tags
            send(source, at, .member(MemberID(AcmeBets.cacheGroup, server.name), facts))
        }
    }

    func door(ofSentinel n: Int) -> String {
        "\(hosts[cache.servers[cache.sentinels[n].server].host].plan.address):26379"
    }

    mutating func tellCache(_ n: Int, _ source: SourceID, _ at: Timestamp) {
        let server = cache.servers[n]
        let master = cache.servers[cache.master]
        var facts = MemberFacts()
        facts.role = server.isMaster ? .leader : .replica
        facts.state = .running
        facts.version = "7.0.15"
        facts.address = server.address
        facts.door = server.address
        var tags = EligibilityTags()
        tags.failoverPriority = server.rank
        facts.tags = tags
        facts.startedAt = server.startedAt
        facts.figures["connections"] = (40 + load.sessions * (server.isMaster ? 0.006 : 0.002)).rounded()
        facts.figures["memoryBytes"] = (1.9e9 + load.sessions * 61_000).rounded()
        var replication = ReplicationFacts()
        replication.inRecovery = !server.isMaster
        if server.isMaster {
            replication.writtenLSN = LSN(UInt64(server.offset))
        } else {
            replication.receivedLSN = LSN(UInt64(server.offset))
            replication.replayedLSN = LSN(UInt64(server.offset))
            replication.streaming = server.isLinked
            replication.upstream = master.name
            replication.syncState = .async
        }
        facts.replication = replication
        send(source, at, .member(MemberID(AcmeBets.cacheGroup, server.name), facts))
    }

    mutating func tellUplinks(_ site: Int, _ source: SourceID, _ at: Timestamp) {
        let group = AcmeBets.uplinkGroup(site)
        var facts = GroupFacts()
        facts.roster = uplinks.filter { $0.site == site }.map(\.provider)
        facts.manager = "path"
        send(source, at, .group(group, facts))
        let traffic = siteTraffic[site]
        for u in uplinks.indices where uplinks[u].site == site {
            var facts = MemberFacts()
            facts.role = .path
            let path = uplinks[u].observed(bytesIn: traffic.bytesIn, bytesOut: traffic.bytesOut)
            facts.state = path.isUp == true ? .running : .failed
            facts.stateDetail = path.isUp == true ? nil : "no probe comes back"
            facts.path = path
            send(source, at, .member(MemberID(group, uplinks[u].provider), facts))
        }
    }

    // MARK: Hosts

    /// What a host is made to do now.
    func work(of h: Int) -> Host.Work {
        var work = Host.Work()
        switch hosts[h].plan.kind {
        case .balancer: balancerWork(h, &work)
        case .web, .app: serverWork(h, &work)
        case .database: databaseWork(h, &work)
        case .cache:
            work.busy = 0.02 + load.sessions * 4e-6
            work.memory = 0.2 + load.sessions * 61_000 / 64e9
            (work.bytesIn, work.bytesOut) = (load.bets * 900 + 40_000, load.sessions * 90 + 60_000)
        case .store:
            work.busy = 0.025 + load.bets * 2e-6
            (work.bytesIn, work.bytesOut, work.bytesWritten) = (38_000, 41_000, 120_000)
        case .backup:
            let running = backups.count { $0.facts.running != nil }
            work.busy = 0.03 + 0.3 * Double(running)
            work.bytesIn = load.walletLog + load.ledgerLog + Double(running) * 3.9e8
            work.bytesWritten = work.bytesIn * 0.36
        }
        return work
    }

    private func balancerWork(_ h: Int, _ work: inout Host.Work) {
        guard let b = balancers.firstIndex(where: { $0.host == h }) else { return }
        let traffic = siteTraffic[balancers[b].site]
        let denied = edge.flood / Double(balancers.count)
        work.busy = 0.02 + balancers[b].requestRate * 0.00013 + denied * 0.00005
        // In and out on both sides.
        work.bytesIn = traffic.bytesIn + traffic.bytesOut
        work.bytesOut = traffic.bytesIn + traffic.bytesOut
        work.memory = 0.22 + balancers[b].connections * 17_000 / 16e9
    }

    private func serverWork(_ h: Int, _ work: inout Host.Work) {
        var (busy, bytesIn, bytesOut) = (0.025, 0.0, 0.0)
        for pool in pools where pool.plan.database == nil {
            guard let i = pool.servers.firstIndex(where: { $0.host == h }) else { continue }
            let cost = pool.plan.kind == .bet ? 0.00062 : pool.plan.kind == .odds ? 0.00028 : 0.00021
            for seats in pool.seats {
                busy += seats[i].requestRate * cost * pool.servers[i].slowness
                bytesIn += seats[i].bytesInRate
                bytesOut += seats[i].bytesOutRate
            }
        }
        work.busy = busy
        (work.bytesIn, work.bytesOut) = (bytesIn * 1.6, bytesOut * 1.1)
        work.memory = 0.38 + min(0.3, busy * 0.3)
    }

    private func databaseWork(_ h: Int, _ work: inout Host.Work) {
        for database in databases {
            guard let m = database.members.firstIndex(where: { $0.host == h }) else { continue }
            let member = database.members[m]
            let rate = database.logRate
            work.memory = 0.62
            guard member.phase == .running else { return }
            let followers = Double(database.members.count { $0.isStreaming })
            if member.isPrimary {
                work.busy = 0.03 + rate * 6.4e-8
                (work.bytesIn, work.bytesOut) = (rate * 0.6 + 20_000, rate * followers + load.bets * 1_900)
                work.bytesWritten = rate * 2.3 + 60_000
            } else {
                work.busy = 0.02 + rate * 2.1e-8 + load.sessions * 3e-6
                (work.bytesIn, work.bytesOut) = (member.isStreaming ? rate : 0, load.sessions * 130)
                work.bytesWritten = rate * 1.9 + 30_000
            }
            work.bytesRead = load.sessions * 400
            return
        }
    }
}
