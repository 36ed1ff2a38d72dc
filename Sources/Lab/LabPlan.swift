/// Which Patroni the lab runs.
public enum LabPatroni: Sendable, Equatable, Codable {
    /// Debian's package, under the system's own Python.
    case debian
    /// A virtual environment that has `bin/patroni`: its absolute path.
    case venv(String)
}

/// Where everything of a lab stands: sites, nodes, members, addresses, ports. A pure value.
///
/// Every site has one node, and every node one loopback address, `127.BLOCK.SITE.1`: it stands for a host.
/// Two labs side by side need different blocks; a port offset moves a lab off ports that something has taken
/// on all addresses at once.
public struct LabPlan: Sendable, Equatable, Codable {
    public static let blocks = 0...254
    /// Above this the highest port would reach into Linux's ephemeral ports.
    public static let portOffsets = 0...20_000
    public static let scope = "wallet-db"
    public static let namespace = "/service/"
    static let betPortBase = 8101
    public static let siteNames = ["ams", "lon", "dub"]

    /// The second octet of every address.
    public let block: Int
    /// Added to every port.
    public let portOffset: Int
    public let patroni: LabPatroni
    /// The names of the servers beside the core: see `LabPlan.allExtras`.
    public let extras: [String]
    /// etcd, Patroni and PostgreSQL speak TLS only, and so do the health checks of the balancers.
    public let isSecured: Bool

    /// The servers that can stand beside the core.
    public static var allExtras: [String] { LabExtras.names }

    /// - Throws: `LabError.badParameter` for a block or an offset out of range, a relative venv path, or an extra that
    ///   does not exist.
    public init(
        block: Int = 0, portOffset: Int = 0, patroni: LabPatroni = .debian, extras: [String] = [],
        isSecured: Bool = false
    ) throws(LabError) {
        for name in extras where LabExtras.named(name) == nil {
            throw .badParameter(
                name: "extra server", value: name, expected: "one of \(LabExtras.names.joined(separator: ", "))")
        }
        guard Self.blocks.contains(block) else {
            throw .badParameter(
                name: "address block", value: "\(block)", expected: "a number from 0 to \(Self.blocks.upperBound)")
        }
        guard Self.portOffsets.contains(portOffset) else {
            throw .badParameter(
                name: "port offset", value: "\(portOffset)",
                expected: "a number from 0 to \(Self.portOffsets.upperBound)")
        }
        if case .venv(let path) = patroni, !path.hasPrefix("/") {
            throw .badParameter(name: "Patroni's venv", value: path, expected: "an absolute path")
        }
        self.block = block
        self.portOffset = portOffset
        self.patroni = patroni
        self.extras = extras
        self.isSecured = isSecured
    }

    /// The state of a lab that an older pitboss booted says nothing of TLS: it has none.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        block = try fields.decode(Int.self, forKey: .block)
        portOffset = try fields.decode(Int.self, forKey: .portOffset)
        patroni = try fields.decode(LabPatroni.self, forKey: .patroni)
        extras = try fields.decode([String].self, forKey: .extras)
        isSecured = try fields.decodeIfPresent(Bool.self, forKey: .isSecured) ?? false
    }

    /// All members, in the order in which they are shown.
    public var members: [LabMember] {
        kind(.etcd) + kind(.patroni) + kind(.haproxy) + kind(.bet) + kind(.exporter)
            + extraServers.flatMap { $0.members(self) }
    }

    /// The member of that name.
    /// - Throws: `LabError.unknownMember` with the names there are.
    public func member(_ name: String) throws(LabError) -> LabMember {
        guard let found = members.first(where: { $0.name == name }) else {
            throw .unknownMember(name: name, known: members.map(\.name))
        }
        return found
    }

    /// The members of one kind.
    public func kind(_ kind: LabKind) -> [LabMember] {
        switch kind {
        case .etcd:
            Self.siteNames.map { make("etcd-\($0)", .etcd, $0, [.etcdClient: 2379, .etcdPeer: 2380]) }
        case .patroni:
            Self.siteNames.map { make("pg-\($0)-1", .patroni, $0, [.sql: 5432, .patroniREST: 8008]) }
        case .haproxy:
            [("lb-1", "ams"), ("lb-2", "lon")].map {
                make($0.0, .haproxy, $0.1, [.pgWrite: 5000, .pgRead: 5001, .betAPI: 8080, .betTLS: 8443, .admin: 9999])
            }
        case .bet:
            (1...6).map {
                make("bet-\($0)", .bet, Self.siteNames[($0 - 1) / 2], [.http: Self.betPortBase + $0 - 1])
            }
        case .exporter:
            Self.siteNames.map { make("node-\($0)", .exporter, $0, [.metrics: 9100]) }
        default:
            extraServers.flatMap { $0.members(self) }.filter { $0.kind == kind }
        }
    }

    /// The address that stands for a site's one host.
    public func address(ofSite site: String) -> String {
        "127.\(block).\((Self.siteNames.firstIndex(of: site) ?? 0) + 1).1"
    }

    /// What an etcd client is given: `http://ADDRESS:PORT` of every member, https with TLS.
    public var etcdEndpoints: [String] {
        kind(.etcd).map { "\(scheme)://\($0.address):\($0.port(.etcdClient))" }
    }

    /// Of etcd and of Patroni's REST API.
    var scheme: String { isSecured ? "https" : "http" }

    func make(_ name: String, _ kind: LabKind, _ site: String, _ ports: [LabPort: Int]) -> LabMember {
        LabMember(
            name: name, kind: kind, site: site, address: address(ofSite: site),
            ports: ports.mapValues { $0 + portOffset })
    }
}
