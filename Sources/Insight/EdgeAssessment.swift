public import Estate

/// What tells a flood from a crowd, and when a certificate is worth waking somebody for.
public enum EdgeLimits {
    /// Denied requests a second from where on they are looked at…
    public static let deniedRateMin = 5.0
    /// …and part of all requests from where on it is a flood.
    public static let deniedShareMin = 0.2
    public static let failedLoginRateMin = 5.0
    public static let failedLoginShareMin = 0.1
    /// Part of all requests that the few named clients make, from where on they are few.
    public static let talkersShareMin = 0.5
    /// Requests a second of one client, from where on it is no person; where the edge states no limit of its own.
    public static let clientRateMax = 10.0
    /// Part of the requests answered 5xx, from where on part of the service fails.
    public static let errorShareMax = 0.01
    public static let errorRateMin = 1.0
    /// Part of the connections there may be.
    public static let busyMin = 0.6
    public static let fullMin = 0.8
    public static let exhaustedMin = 0.95
    public static let certificateSoon = Span.seconds(14 * 86_400)
    public static let certificateNow = Span.seconds(3 * 86_400)
}

/// What a pool's edge keeps out and lets in, over all observers.
public struct EdgeAssessment: Sendable, Equatable {
    /// What the mix of requests looks like.
    public enum Load: String, Sendable, CaseIterable {
        case unknown
        case calm
        /// Much, by many, and let in: a kick-off.
        case crowd
        /// Much of it turned away.
        case flood
        /// Passwords are being tried.
        case loginFlood = "login flood"
    }
    public internal(set) var load = Load.unknown
    public internal(set) var verdict = Verdict.protected
    /// Rates a second; nil: not known.
    public internal(set) var requestRate: Double?
    public internal(set) var deniedRate: Double?
    public internal(set) var clientErrorRate: Double?
    public internal(set) var serverErrorRate: Double?
    public internal(set) var failedLoginRate: Double?
    public internal(set) var clients: Int64?
    public internal(set) var clientLimitRate: Double?
    public internal(set) var connections: Int64?
    public internal(set) var connectionsMax: Int64?
    /// Most first.
    public internal(set) var talkers: [EdgeFacts.Talker] = []
    /// Soonest first.
    public internal(set) var certificates: [Certificate] = []
    public internal(set) var by: [SourceID] = []
    public internal(set) var isStale = false

    public struct Certificate: Sendable, Equatable {
        public let name: String
        public let expiresAt: Timestamp
        /// Negative once expired.
        public let left: Span
        public let verdict: Verdict
    }

    /// The most clients that are named.
    public static let talkersMax = 20

    /// Parts of all requests.
    public var deniedShare: Double? { share(deniedRate) }
    public var serverErrorShare: Double? { share(serverErrorRate) }
    public var failedLoginShare: Double? { share(failedLoginRate) }
    /// Requests a second that one client makes on average.
    public var requestsPerClient: Double? {
        guard let requestRate, let clients, clients > 0 else { return nil }
        return requestRate / Double(clients)
    }
    /// Part of the connections that may be open; nil: not known.
    public var connectionsUsed: Double? {
        guard let connections, let connectionsMax, connectionsMax > 0 else { return nil }
        return Double(max(connections, 0)) / Double(connectionsMax)
    }
    /// Few clients make much of it; nil: not known.
    public var isByFew: Bool? {
        guard let requestRate, requestRate > 0 else { return nil }
        let named = talkers.map(\.requestRate).reduce(0, +)
        if named / requestRate >= EdgeLimits.talkersShareMin { return true }
        guard let each = requestsPerClient else { return talkers.isEmpty ? nil : false }
        return each >= (clientLimitRate ?? EdgeLimits.clientRateMax) / 2
    }

    private func share(_ rate: Double?) -> Double? {
        guard let rate, let all = requestRate, all > 0 else { return nil }
        // The two are counted over seconds that are not quite the same.
        return min(rate / all, 1)
    }

    init() {}
}
