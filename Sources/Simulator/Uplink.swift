import Estate

/// How a provider's line does.
enum UplinkState: String, Sendable, CaseIterable {
    case up, lossy, down
}

/// One provider's line into one site.
struct Uplink: Sendable {
    /// Bytes a second each way: 10 Gbit/s.
    static let capacityRate = 1.25e9

    let site: Int
    let provider: String
    let target: String
    private(set) var state = UplinkState.up
    var isPreferred: Bool
    private(set) var routeChanges: Int64 = 0
    private let latency: Double
    private var chance: Chance

    init(site: Int, provider p: Int, seed: UInt64) {
        self.site = site
        provider = AcmeBets.providers[p]
        target = "203.0.113.\(site * 16 + p + 1):443"
        isPreferred = p == 0
        chance = Chance(seed: seed, "\(site)\(provider)")
        latency = chance.between(0.004, 0.009) + 0.003 * Double(p)
    }

    mutating func set(_ new: UplinkState) {
        if new == .down || state == .down { routeChanges += new == state ? 0 : 1 }
        state = new
    }

    mutating func routeChanged() { routeChanges += 1 }

    /// As probes of the last seconds see it.
    mutating func observed(bytesIn: Double, bytesOut: Double) -> PathFacts {
        var facts = PathFacts()
        facts.provider = provider
        facts.target = target
        facts.isUp = state != .down
        facts.capacityBytesRate = Self.capacityRate
        facts.routeChanges = routeChanges
        facts.isPreferred = isPreferred
        guard state != .down else {
            facts.loss = 1
            (facts.receiveBytesRate, facts.transmitBytesRate) = (0, 0)
            return facts
        }
        let isLossy = state == .lossy
        let share = isPreferred ? 0.86 : 0.14
        facts.loss = isLossy ? chance.between(0.04, 0.11) : chance.unit() < 0.02 ? 0.01 : 0
        facts.latencySeconds = latency * chance.wobble(0.12) + (isLossy ? chance.between(0.03, 0.09) : 0)
        facts.jitterSeconds = isLossy ? chance.between(0.008, 0.03) : chance.between(0.0002, 0.0009)
        facts.receiveBytesRate = bytesIn * share
        facts.transmitBytesRate = bytesOut * share
        return facts
    }
}
