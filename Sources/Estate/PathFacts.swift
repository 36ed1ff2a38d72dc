/// A network path as probes from one place see it: one member of a site's group of ways out, or in.
public struct PathFacts: Equatable, Sendable, Codable {
    /// Who carries it.
    public var provider: String?
    /// What was probed, e.g. `203.0.113.1:443`.
    public var target: String?
    public var isUp: Bool?
    /// 0…1 of the probes of the last window.
    public var loss: Double?
    public var latencySeconds: Double?
    public var jitterSeconds: Double?
    public var receiveBytesRate: Double?
    public var transmitBytesRate: Double?
    /// What the line can carry, bytes a second each way.
    public var capacityBytesRate: Double?
    /// Changes of route since the observer started: a counter.
    public var routeChanges: Int64?
    /// Answers by this path now: the owner of the address, or the preferred route.
    public var isPreferred: Bool?
    public init() {}
}
