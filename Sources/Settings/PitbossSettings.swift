public import Estate

/// What `pitboss.yaml` says, as typed values. Secrets are named, never held.
public struct PitbossSettings: Sendable, Equatable {
    /// The platform's name, shown in the header.
    public var name: String
    public var sites: [SiteID]
    public var nodes: [NodeSettings]
    public var groups: [GroupSettings]
    public var balancers: [BalancerSettings]
    /// etcd clusters watched as groups of their own.
    public var etcd: [EtcdSettings]
    public var prometheus: [PrometheusSettings] = []
    public var alertmanager: [AlertmanagerSettings] = []
    public var exec: [ExecSettings] = []
    public var envoys: [EnvoySettings] = []
    /// What the groups of a tier have to have.
    public var tiers: [Tier: TierSettings] = [:]
    /// Acting is allowed; the default is looking only.
    public var operate: Bool
    public var theme: String?
    /// Other keys than the standard ones, by the commands that they call.
    public var keys: [String: [String]] = [:]
    public var limits: Limits
    public var guards = GuardSettings()

    public init(
        name: String, sites: [SiteID] = [], nodes: [NodeSettings] = [], groups: [GroupSettings] = [],
        balancers: [BalancerSettings] = [], etcd: [EtcdSettings] = [], operate: Bool = false, theme: String? = nil,
        limits: Limits = Limits()
    ) {
        self.name = name
        self.sites = sites
        self.nodes = nodes
        self.groups = groups
        self.balancers = balancers
        self.etcd = etcd
        self.operate = operate
        self.theme = theme
        self.limits = limits
    }

    /// The frame that observations fill. etcd clusters are groups of it too: quorum mode, named as configured.
    public var platform: Platform {
        Platform(
            name: name, sites: sites.map { Site($0) },
            nodes: nodes.map { Node($0.id, site: $0.site, addresses: $0.addresses) },
            groups: groups.map(plan) + etcd.map { GroupPlan(GroupID($0.name), tier: $0.tier, mode: .quorum) })
    }

    /// With the quorum group that holds its register: the etcd cluster that shares an address with it.
    private func plan(_ group: GroupSettings) -> GroupPlan {
        var plan = group.plan
        let urls = Set(group.patroni?.etcd.map(\.url) ?? [])
        plan.store = etcd.first { $0.endpoints.contains { urls.contains($0.url) } }.map { GroupID($0.name) }
        return plan
    }

    /// The group's settings; nil for a group that is not configured (an etcd cluster, for one).
    public func group(_ id: GroupID) -> GroupSettings? { groups.first { $0.id == id } }
}

/// A host and what observes it.
public struct NodeSettings: Sendable, Equatable {
    public var id: NodeID
    public var site: SiteID?
    /// Addresses and names under which members are seen on it.
    public var addresses: [String]
    /// The page of its node_exporter.
    public var nodeExporter: Endpoint?

    public init(_ id: NodeID, site: SiteID? = nil, addresses: [String] = [], nodeExporter: Endpoint? = nil) {
        self.id = id
        self.site = site
        self.addresses = addresses
        self.nodeExporter = nodeExporter
    }
}

/// A group: what its owners want of it, and what keeps it up.
public struct GroupSettings: Sendable, Equatable {
    public enum Manager: Sendable, Equatable {
        case patroni(PatroniSettings)
        case haproxy(HAProxySettings)
        case paths(PathSettings)
        /// Whatever the program of this name tells of it.
        case exec(String)
        case sentinel(SentinelSettings)
        /// PostgreSQL that nothing manages.
        case streaming(StreamingSettings)
        /// Instances that tell of themselves, and nothing in front of them that would.
        case health
        /// A cluster of this name in every Envoy that has it.
        case envoy(String)

        /// One member takes the writes, the others follow it.
        public var hasOneWriter: Bool {
            switch self {
            case .haproxy, .paths, .exec, .health, .envoy: false
            case .patroni, .sentinel, .streaming: true
            }
        }

        var noun: String {
            switch self {
            case .patroni: "a Patroni cluster"
            case .haproxy: "a pool"
            case .paths: "a group of paths"
            case .exec: "what a program tells of"
            case .health: "a group of instances"
            case .envoy: "a cluster of Envoy"
            case .sentinel: "a group of Sentinels"
            case .streaming: "PostgreSQL with streaming replication"
            }
        }
    }

    public var plan: GroupPlan
    public var manager: Manager
    /// Who tells of its backups; nil: nobody.
    public var pgbackrest: PgBackRestSettings?
    /// Its instances by their own word; nil: they are not asked.
    public var health: HealthSettings?
    public var id: GroupID { plan.id }

    public init(_ plan: GroupPlan, _ manager: Manager) {
        self.plan = plan
        self.manager = manager
    }

    /// It holds data that backups are made of: what its tier asks of backups is asked of it.
    public var keepsData: Bool {
        switch manager {
        case .patroni, .streaming: true
        case .haproxy, .sentinel, .paths, .exec, .health, .envoy: false
        }
    }
    public var patroni: PatroniSettings? {
        if case .patroni(let settings) = manager { settings } else { nil }
    }
    public var haproxy: HAProxySettings? {
        if case .haproxy(let settings) = manager { settings } else { nil }
    }
    public var paths: PathSettings? {
        if case .paths(let settings) = manager { settings } else { nil }
    }
    public var sentinel: SentinelSettings? {
        if case .sentinel(let settings) = manager { settings } else { nil }
    }
    public var streaming: StreamingSettings? {
        if case .streaming(let settings) = manager { settings } else { nil }
    }
}

/// A cluster run by Patroni.
public struct PatroniSettings: Sendable, Equatable {
    public var scope: String
    /// With a slash at both ends, e.g. `/service/`.
    public var namespace: String
    /// The etcd that holds the scope, each endpoint with the credentials to use there. Empty: REST alone.
    public var etcd: [Endpoint]
    public var rest: RESTSettings
    /// nil: SQL is not observed.
    public var postgres: PostgresSettings?

    public init(
        scope: String, namespace: String = PatroniSettings.namespaceDefault, etcd: [Endpoint] = [],
        rest: RESTSettings = RESTSettings(), postgres: PostgresSettings? = nil
    ) {
        self.scope = scope
        self.namespace = namespace
        self.etcd = etcd
        self.rest = rest
        self.postgres = postgres
    }

    public static let namespaceDefault = "/service/"

    /// The REST door at this address with the credentials to use there.
    public func restEndpoint(_ url: String) -> Endpoint {
        Endpoint(url: url, tls: rest.tls, username: rest.username, password: rest.password, via: rest.via)
    }
}

/// How Patroni's REST API is entered. Members' addresses come from the register; those named here are asked as well.
public struct RESTSettings: Sendable, Equatable {
    public var endpoints: [String]
    public var username: String?
    public var password: SecretSource?
    public var tls: TLSOptions?
    public var via: Bastion?

    public init(
        endpoints: [String] = [], username: String? = nil, password: SecretSource? = nil, tls: TLSOptions? = nil
    ) {
        self.endpoints = endpoints
        self.username = username
        self.password = password
        self.tls = tls
    }
}

/// How PostgreSQL is asked; hosts and ports come from the members themselves.
public struct PostgresSettings: Sendable, Equatable {
    public enum SSLMode: String, Sendable, CaseIterable {
        case disable, allow, prefer, require
        case verifyCA = "verify-ca"
        case verifyFull = "verify-full"
    }

    public var username: String
    public var database: String
    public var password: SecretSource?
    public var sslMode: SSLMode
    public var sslRootCertificateFile: String?
    public var sslCertificateFile: String?
    public var sslKeyFile: String?
    public var via: Bastion?

    public init(
        username: String, database: String = "postgres", password: SecretSource? = nil, sslMode: SSLMode = .prefer
    ) {
        self.username = username
        self.database = database
        self.password = password
        self.sslMode = sslMode
    }

    /// The server at `address` (`host:port`), with the credentials to use there.
    public func endpoint(_ address: String) -> Endpoint {
        var tls = TLSOptions()
        tls.caFile = sslRootCertificateFile
        tls.certificateFile = sslCertificateFile
        tls.keyFile = sslKeyFile
        return Endpoint(
            url: "postgres://\(address)/\(database)?sslmode=\(sslMode.rawValue)", tls: tls == TLSOptions() ? nil : tls,
            username: username, password: password, via: via)
    }
}

/// A pool that balancers keep: which of their backends it is.
public struct HAProxySettings: Sendable, Equatable {
    public var backend: String
    /// Names of the balancers that have the backend; empty: all of them.
    public var balancers: [String]
    /// Frontends through which it is reached; empty: the one of the backend's name, as a `listen` section has it.
    public var frontends: [String] = []
    /// The stick table that counts its clients; nil: the one of the backend's or a frontend's name.
    public var table: String?
    /// Requests a second that one client may make, as the balancer's rules have it.
    public var clientLimitRate: Double?

    public init(backend: String, balancers: [String] = []) {
        self.backend = backend
        self.balancers = balancers
    }
}

/// One balancer process and its admin socket.
public struct BalancerSettings: Sendable, Equatable {
    public var name: String
    public var node: NodeID?
    /// `unix:///path` or `tcp://host:port`.
    public var socket: Endpoint

    public init(_ name: String, node: NodeID? = nil, socket: Endpoint) {
        self.name = name
        self.node = node
        self.socket = socket
    }
}

/// One etcd cluster.
public struct EtcdSettings: Sendable, Equatable {
    public var name: String
    public var tier: Tier
    public var endpoints: [Endpoint]

    public init(_ name: String, tier: Tier = .standard, endpoints: [Endpoint]) {
        self.name = name
        self.tier = tier
        self.endpoints = endpoints
    }
}

/// From where on a figure is worth saying.
public struct Limits: Sendable, Equatable {
    /// Offset between a node's clock and this one.
    public var clockOffset: Span

    public init(clockOffset: Span = .milliseconds(500)) { self.clockOffset = clockOffset }
}
