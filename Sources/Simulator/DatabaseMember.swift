import Estate

/// One PostgreSQL server with its Patroni.
struct DatabaseMember: Sendable {
    let name: String
    let host: Int
    let site: Int
    let address: String
    let door: String
    let isReporting: Bool
    var phase = Phase.running
    var isPrimary = false
    var timeline: Int
    /// Ends of the log that it has, and of what it has replayed, bytes.
    var received: Double
    var replayed: Double
    var replayLagSeconds = 0.0
    var isStreaming = true
    var streamsFrom: Timestamp?
    var promotesAt: Timestamp?
    /// Of what is written, how much it receives and replays; 1 is all of it.
    var receiveShare = 1.0
    var replayShare = 1.0
    var startedAt: Timestamp
    /// Its own key in the register.
    var isRegistered = true
    var registeredUntil: Timestamp
    /// When it last reached the consensus store.
    var storeSeenAt: Timestamp
    /// Its standbys as it last told of them, and how it stood itself.
    var standbysTold: [Int] = []
    private var told: Told?

    private struct Told: Equatable {
        let isPrimary: Bool
        let timeline: Int
        let isStreaming: Bool
    }

    /// Whether how it stands is news.
    mutating func noteTold() -> Bool {
        let now = Told(isPrimary: isPrimary, timeline: timeline, isStreaming: isStreaming)
        defer { told = now }
        return told != now
    }

    func isAlive(_ s: Surroundings) -> Bool { phase.isThere && s.isHostUp[host] }
    /// PostgreSQL itself takes connections.
    func isOpen(_ s: Surroundings) -> Bool { phase == .running && s.isHostUp[host] }

    init(_ plan: AcmeBets.HostPlan, host: Int, isReporting: Bool, timeline: Int, log: Double, now: Timestamp) {
        name = plan.name
        self.host = host
        site = plan.site
        address = "\(plan.address):5432"
        door = "http://\(plan.address):8008"
        self.isReporting = isReporting
        self.timeline = timeline
        received = log
        replayed = log
        startedAt = now - .seconds(86_400 * 19 + Double(host) * 7_400)
        registeredUntil = now
        storeSeenAt = now
    }
}
