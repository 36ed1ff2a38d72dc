public import Estate

/// A group of ways through the network, each probed from here or by somebody elsewhere.
public struct PathSettings: Sendable, Equatable {
    public var every: Span
    public var probes: [ProbeSettings]
    public static let everyDefault = Span.seconds(2)
    public init(every: Span = PathSettings.everyDefault, probes: [ProbeSettings] = []) {
        self.every = every
        self.probes = probes
    }
}

/// One way, and how it is tried.
public struct ProbeSettings: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// A connection is opened and closed.
        case tcp(String)
        /// A TLS handshake; its certificate's end is watched too.
        case tls(Endpoint)
        /// A name is asked of one name server: `host:port`.
        case dns(name: String, server: String)
        /// An echo request.
        case icmp(String)
        /// A page of blackbox_exporter, whose host probes from where it stands.
        case blackbox(Endpoint)
    }
    public var name: String
    public var kind: Kind
    public var provider: String?
    /// What the line can carry, bytes a second each way.
    public var capacityBytesRate: Double?
    public init(_ name: String, _ kind: Kind, provider: String? = nil, capacityBytesRate: Double? = nil) {
        self.name = name
        self.kind = kind
        self.provider = provider
        self.capacityBytesRate = capacityBytesRate
    }
}
