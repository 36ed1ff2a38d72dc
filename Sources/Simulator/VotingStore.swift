import Estate

/// The consensus store: voters that elect a leader among those who reach a majority.
struct VotingStore: Sendable {
    static let electionSeconds = 1.0

    struct Voter: Sendable {
        let name: String
        let host: Int
        let site: Int
        let address: String
        var phase = Phase.running
    }

    private(set) var voters: [Voter]
    private(set) var leader: Int?
    private(set) var term: Int64 = 41
    private var electionAt: Timestamp?
    /// By site: it can be written from there.
    private(set) var answers: [Bool]
    private(set) var databaseBytes = 4.6e6
    private(set) var index = 81_233_000.0
    private var chance: Chance

    init(seed: UInt64) {
        voters = AcmeBets.voters.compactMap { name in
            guard let host = AcmeBets.hostIndex[name] else { return nil }
            let plan = AcmeBets.hosts[host]
            return Voter(name: name, host: host, site: plan.site, address: "\(plan.address):2379")
        }
        chance = Chance(seed: seed, "store")
        leader = 2
        answers = AcmeBets.sites.map { _ in true }
    }

    func isAlive(_ v: Int, _ hostUp: [Bool]) -> Bool { voters[v].phase == .running && hostUp[voters[v].host] }

    /// Votes that `v` can gather, its own included.
    private func votes(_ v: Int, _ net: Network, _ hostUp: [Bool]) -> Int {
        voters.indices.count { isAlive($0, hostUp) && net.reaches(voters[$0].site, voters[v].site) }
    }

    mutating func step(_ s: Surroundings) {
        for v in voters.indices {
            if case .starting(let until) = voters[v].phase, s.now >= until { voters[v].phase = .running }
        }
        let majority = voters.count / 2 + 1
        if let now = leader, !isAlive(now, s.isHostUp) || votes(now, s.net, s.isHostUp) < majority {
            leader = nil
            electionAt = s.now + .seconds(Self.electionSeconds + chance.between(0, 0.5))
        }
        if leader == nil, let at = electionAt, s.now >= at {
            let able = voters.indices.filter { isAlive($0, s.isHostUp) && votes($0, s.net, s.isHostUp) >= majority }
            if able.isEmpty {
                electionAt = s.now + .seconds(Self.electionSeconds)
            } else {
                leader = able[Int(chance.next() % UInt64(able.count))]
                term += 1
            }
        }
        index += s.seconds * 6
        for site in answers.indices {
            guard let leader else {
                answers[site] = false
                continue
            }
            answers[site] = voters.indices.contains { v in
                isAlive(v, s.isHostUp) && s.net.reaches(site, voters[v].site)
                    && s.net.reaches(voters[v].site, voters[leader].site)
            }
        }
    }

    /// What its register calls a voter.
    static func number(_ v: Int) -> String { "\(10_501_334_649_042_878_790 + UInt64(v) * 7_919)" }

    /// `v` leads, by what the leader was asked for; nil: it cannot be done, and nobody says so.
    mutating func handOver(to v: Int, _ s: Surroundings) -> Bool {
        guard let now = leader, isAlive(v, s.isHostUp), s.net.reaches(voters[v].site, voters[now].site),
            votes(v, s.net, s.isHostUp) > voters.count / 2
        else { return false }
        if now != v {
            leader = v
            term += 1
        }
        return true
    }

    mutating func change(_ v: Int, to phase: Phase) { voters[v].phase.change(to: phase) }
}
