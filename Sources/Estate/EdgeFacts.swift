/// What the edge of a pool keeps out and lets in, as one observer says. Rates are per second.
public struct EdgeFacts: Equatable, Sendable, Codable {
    public var requestRate: Double?
    /// Turned away by a rule or a limit.
    public var deniedRate: Double?
    /// Answered 4xx, those denied included.
    public var clientErrorRate: Double?
    /// Answered 5xx.
    public var serverErrorRate: Double?
    public var failedLoginRate: Double?
    /// Different addresses in the last window.
    public var clients: Int64?
    /// Requests a second that one client may make before it is denied.
    public var clientLimitRate: Double?
    /// Connections open now, and the most that may be.
    public var connections: Int64?
    public var connectionsMax: Int64?
    /// Who asks most, most first.
    public var talkers: [Talker] = []
    public var certificates: [Certificate] = []
    public init() {}

    /// One client, or one network of clients.
    public struct Talker: Equatable, Sendable, Codable {
        public var address: String
        public var requestRate: Double
        public var deniedRate: Double?
        public init(address: String, requestRate: Double, deniedRate: Double? = nil) {
            self.address = address
            self.requestRate = requestRate
            self.deniedRate = deniedRate
        }
    }

    /// A certificate that clients are shown.
    public struct Certificate: Equatable, Sendable, Codable {
        public var name: String
        public var expiresAt: Timestamp
        public init(name: String, expiresAt: Timestamp) {
            self.name = name
            self.expiresAt = expiresAt
        }
    }
}
