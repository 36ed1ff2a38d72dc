import Estate

/// One process behind the balancers, or a database member as they see it.
struct PoolServer: Sendable {
    let name: String
    let host: Int
    let site: Int
    let address: String
    /// Of a database's pool: which member it is.
    let member: Int?
    var phase = Phase.running
    var version = "4.17.3"
    /// Of its answers, how many are 5xx; its health check fails as often.
    var errorShare = 0.0
    var slowness = 1.0
}

/// What a balancer found when it last checked.
enum CheckFinding: Sendable, Equatable {
    case ok(milliseconds: Int)
    case status(Int, milliseconds: Int)
    case refused
    case late

    /// Most of what is ever said.
    private static let okTexts = (0..<32).map { "L7OK/200 in \($0)ms" }

    var isOK: Bool { if case .ok = self { true } else { false } }

    /// In the balancer's words.
    var text: String {
        switch self {
        case .ok(let took):
            Self.okTexts.indices.contains(took) ? Self.okTexts[took] : "L7OK/200 in \(took)ms"
        case .status(let code, let took):
            "L7STS/\(code) in \(took)ms: \(code == 503 ? "Service Unavailable" : "Internal Server Error")"
        case .refused: "L4CON in 0ms: Connection refused"
        case .late: "L4TOUT in 2001ms: Connection timed out"
        }
    }
}

/// One server at one balancer.
struct Seat: Sendable {
    static let checkEverySeconds = 2.0
    static let rise = 2
    static let fall = 3
    private static let healthMax = rise + fall - 1
    /// What is left of the sessions on a drained server after a second: half of them after eight.
    static let sessionsLeft = 0.917
    static let persistentLeft = 0.944

    var admin = AdminState.ready
    var isForced = false
    /// As HAProxy counts it: below `rise` it is down.
    private var health = healthMax
    var finding = CheckFinding.ok(milliseconds: 2)
    var checksAt: Timestamp
    var changedAt: Timestamp
    var sessions = 0.0
    var requestRate = 0.0
    /// Clients that a cookie brings back although it is drained, a second.
    var persistentRate = 0.0
    var bytesInRate = 0.0
    var bytesOutRate = 0.0
    var requests = 0.0
    var errors = 0.0
    /// What was told last, to tell an edge.
    var told: Standing?

    struct Standing: Sendable, Equatable {
        let admin: AdminState
        let check: CheckState
    }

    init(checksAt: Timestamp, changedAt: Timestamp) {
        self.checksAt = checksAt
        self.changedAt = changedAt
    }

    var isUp: Bool { health >= Self.rise }
    var check: CheckState {
        if admin == .maintenance { return .unchecked }
        if isUp { return health == Self.healthMax ? .up : .goingDown }
        return health > 0 ? .goingUp : .down
    }
    var standing: Standing { Standing(admin: admin, check: check) }
    var takesTraffic: Bool { admin == .ready && isUp }

    mutating func take(_ finding: CheckFinding, at now: Timestamp) {
        self.finding = finding
        let wasUp = isUp
        if finding.isOK {
            health = min(health + 1, Self.healthMax)
            if !wasUp, isUp { health = Self.healthMax }
        } else {
            health = health > Self.rise ? health - 1 : 0
        }
        if wasUp != isUp { changedAt = now }
    }

    mutating func set(_ new: AdminState, at now: Timestamp) {
        guard new != admin else { return }
        // Out of maintenance it serves at once, and falls at the first check that fails.
        if admin == .maintenance { health = Self.rise }
        if new != .ready, admin == .ready { persistentRate = requestRate * 0.03 }
        if new == .ready { persistentRate = 0 }
        admin = new
        isForced = new != .ready
        changedAt = now
    }

    /// A second without new sessions: those that are there end.
    mutating func bleed() {
        guard admin != .ready else {
            // What is marked down loses its sessions.
            sessions = sessions < 1 ? 0 : sessions * 0.3
            requestRate = 0
            return
        }
        persistentRate = admin == .drain && persistentRate > 0.05 ? persistentRate * Self.persistentLeft : 0
        sessions = sessions * Self.sessionsLeft + persistentRate * 0.3
        if sessions < 0.6, persistentRate == 0 { sessions = 0 }
        requestRate = persistentRate
    }

    /// As its configuration has it: a new process knows nothing of what was set at run time.
    mutating func forget(at now: Timestamp) {
        set(.ready, at: now)
        health = Self.healthMax
        (requests, errors, sessions) = (0, 0, 0)
        changedAt = now
    }
}

/// A balancer process.
struct Balancer: Sendable {
    let name: String
    let host: Int
    let site: Int
    var phase = Phase.running
    var startedAt: Timestamp
    var pid: Int
    var connections = 0.0
    var requestRate = 0.0
    var requests = 0.0
    /// What the process before had drained, told once.
    var forgotten: [String]?
    var source: SourceID { SourceID("haproxy", name) }
}

/// The servers behind one name, at every balancer.
struct Pool: Sendable {
    let plan: AcmeBets.PoolPlan
    var servers: [PoolServer]
    /// What never changes about each server.
    let templates: [MemberFacts]
    let template: GroupFacts
    let ids: [MemberID]
    /// By balancer, then by server.
    var seats: [[Seat]]
    /// By balancer: when the first of its servers is to be checked.
    var checksAt: [Timestamp]
    /// By balancer: requests that wait.
    var queue: [Double]
    var chance: Chance
    /// Of what is seen only: looking changes nothing.
    var noise: Chance

    init(_ plan: AcmeBets.PoolPlan, seed: UInt64, now: Timestamp) {
        self.plan = plan
        chance = Chance(seed: seed, plan.backend)
        let isDatabase = plan.database != nil
        var servers: [PoolServer] = []
        for (n, server) in plan.servers.enumerated() {
            guard let host = AcmeBets.hostIndex[server.host] else { continue }
            servers.append(
                PoolServer(
                    name: server.name, host: host, site: AcmeBets.hosts[host].site,
                    address: "\(AcmeBets.hosts[host].address):\(server.port)", member: isDatabase ? n : nil,
                    version: isDatabase ? "16.4" : "4.17.3"))
        }
        self.servers = servers
        templates = servers.map { Self.template(plan, $0) }
        template = Self.template(plan)
        ids = servers.map { MemberID(plan.id, $0.name) }
        noise = Chance(seed: seed, plan.backend + " seen")
        queue = [Double](repeating: 0, count: AcmeBets.balancers.count)
        checksAt = [Timestamp](repeating: now, count: AcmeBets.balancers.count)
        seats = []
        for _ in AcmeBets.balancers {
            var row: [Seat] = []
            for _ in servers {
                let first = now + .seconds(chance.between(0, Seat.checkEverySeconds))
                row.append(Seat(checksAt: first, changedAt: now - .seconds(86_400 * 6)))
            }
            seats.append(row)
        }
    }

    /// What never changes about a server.
    private static func template(_ plan: AcmeBets.PoolPlan, _ server: PoolServer) -> MemberFacts {
        var facts = MemberFacts()
        facts.role = .server
        facts.address = server.address
        facts.notes["backend"] = plan.backend
        if plan.kind == .bet { facts.notes["cookie"] = "BETSRV" }
        var traffic = TrafficFacts()
        traffic.handle = "\(plan.backend)/\(server.name)"
        traffic.isBackup = false
        traffic.weight = 100
        traffic.sessionsMax = plan.database == nil ? 4_000 : 300
        traffic.queue = 0
        traffic.hasAgentCheck = false
        facts.traffic = traffic
        // Keys that are there need no room to be made each second.
        facts.figures["responses5xx"] = 0
        if plan.database == nil { facts.figures["responseMilliseconds"] = 7 }
        return facts
    }

    private static func template(_ plan: AcmeBets.PoolPlan) -> GroupFacts {
        var facts = GroupFacts()
        facts.manager = "haproxy"
        facts.roster = plan.servers.map(\.name)
        facts.balancing = plan.database == nil ? "leastconn" : "first"
        facts.poolSessionsMax = (plan.database == nil ? 4_000 : 300) * plan.servers.count
        facts.notes["backend"] = plan.backend
        return facts
    }
}

extension AcmeBets.PoolPlan {
    /// Index of the database that it leads to.
    var database: Int? {
        switch kind {
        case .write(let d), .read(let d): d
        default: nil
        }
    }
}
