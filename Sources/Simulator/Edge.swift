import Estate

/// What comes to the edge beside those who come to bet.
struct Edge: Sendable {
    /// Requests a second that one address may make.
    static let clientLimitRate = 20.0
    static let connectionsMax: Int64 = 40_000
    static let talkersMax = 6

    /// Attempts to log in, a second, and where that goes to.
    private(set) var flood = 0.0
    var floodTarget = 0.0
    var addresses = 400
    private let certificates: [EdgeFacts.Certificate]
    private var chance: Chance

    init(seed: UInt64, now: Timestamp) {
        chance = Chance(seed: seed, "edge")
        certificates = [("acme-bets.example", 63.0), ("api.acme-bets.example", 41), ("odds.acme-bets.example", 214)]
            .map { EdgeFacts.Certificate(name: $0.0, expiresAt: now + .seconds($0.1 * 86_400)) }
    }

    /// Of the flood, what the limit lets through.
    var floodPassed: Double { min(flood, Double(addresses) * Self.clientLimitRate * 0.25) }

    /// Once a second.
    mutating func step() {
        flood += (floodTarget - flood) * 0.12
        if flood < 1, floodTarget == 0 { flood = 0 }
    }

    /// What one balancer of `count` sees.
    mutating func observed(
        _ load: Load, requests: Double, errors: Double, connections: Double, balancer b: Int, of count: Int
    ) -> EdgeFacts {
        let share = 1 / Double(max(1, count))
        let denied = (flood - floodPassed) * share * chance.wobble(0.05) + requests * 0.0015
        let failed = floodPassed * 0.97 * share + load.logins * 0.035 * share
        var facts = EdgeFacts()
        facts.requestRate = requests + denied
        facts.deniedRate = denied
        facts.clientErrorRate = denied + failed + requests * 0.006
        facts.serverErrorRate = errors
        facts.failedLoginRate = failed * chance.wobble(0.1)
        facts.clients = Int64(load.sessions * 0.82 * share) + (flood > 5 ? Int64(Double(addresses) * share) : 0)
        facts.clientLimitRate = Self.clientLimitRate
        facts.connections = Int64(connections + flood * share * 0.4)
        facts.connectionsMax = Self.connectionsMax
        facts.certificates = certificates
        facts.talkers = talkers(share, b, requests)
        return facts
    }

    private mutating func talkers(_ share: Double, _ b: Int, _ requests: Double) -> [EdgeFacts.Talker] {
        var list: [EdgeFacts.Talker] = []
        if flood > 5 {
            let each = flood / Double(max(1, addresses))
            for n in 0..<4 {
                let rate = each * (1.9 - 0.2 * Double(n)) * chance.wobble(0.1)
                let denied = max(0, rate - Self.clientLimitRate * 0.25)
                list.append(
                    EdgeFacts.Talker(address: Self.attackers[(n * 3 + b) % 8], requestRate: rate, deniedRate: denied))
            }
        }
        // Partners that read odds by machine.
        for (n, partner) in Self.partners.enumerated() {
            let rate = min(Self.clientLimitRate - 1, 2 + requests * 0.004 * Double(3 - n)) * chance.wobble(0.15)
            list.append(EdgeFacts.Talker(address: partner, requestRate: rate, deniedRate: 0))
        }
        list.sort { $0.requestRate > $1.requestRate }
        return list
    }

    private static let partners = ["198.51.100.21", "198.51.100.37", "198.51.100.90"]
    private static let attackers = (0..<8).map { "192.0.2.\(17 + $0 * 29)" }
}
