public import Estate
public import Settings
import Transport

/// Looks at everything that a configuration names: every endpoint, credential, permission and clock. Changes nothing.
public struct Doctor: Sendable {
    /// Longest time one answer may take.
    public static let replyDeadline = Span.seconds(3)
    /// Largest answer that is read, bytes.
    static let replyBytesMax = 16 << 20
    /// Checks under way at a time.
    static let checksAtOnceMax = 32

    let settings: PitbossSettings
    let clock: any Timekeeper
    let door: HTTPDoor

    public init(_ settings: PitbossSettings, clock: any Timekeeper) {
        self.settings = settings
        self.clock = clock
        door = HTTPDoor(clock: clock)
    }

    typealias Examination = @Sendable () async -> [Finding]

    /// Everything that was found, in the order of the configuration. Takes a few deadlines at most.
    public func examine() async -> [Finding] {
        var findings = SecretCheck.findings(settings)
        var checks: [Examination] = []
        // First of all: what lies behind one can only be looked at when it lets us in.
        findings += await all(settings.bastions.map { bastion in { [self] in await self.bastion(bastion) } })
        for (name, endpoints) in etcdClusters {
            for endpoint in endpoints { checks.append { [self] in await etcd(name, endpoint) } }
        }
        for group in settings.groups {
            if let patroni = group.patroni { checks.append { [self] in await scope(group, patroni) } }
            if let sentinel = group.sentinel { checks.append { [self] in await sentinels(group, sentinel) } }
            for host in group.streaming?.hosts ?? [] {
                guard let endpoint = group.streaming?.postgres.endpoint(host) else { continue }
                checks.append { [self] in [await sql(MemberID(group.id, host), endpoint)] }
            }
        }
        for balancer in settings.balancers { checks.append { [self] in await self.balancer(balancer) } }
        for node in settings.nodes {
            if let page = node.nodeExporter { checks.append { [self] in await exporter(node, page) } }
        }
        for one in settings.prometheus { checks.append { [self] in await prometheus(one) } }
        for one in settings.alertmanager { checks.append { [self] in await alertmanager(one) } }
        for group in settings.groups {
            if let tool = group.pgbackrest { checks.append { [self] in await backups(group.id, tool) } }
        }
        for one in settings.exec { checks.append { [self] in await program(one) } }
        findings += await all(checks)
        findings += SettingsAdvice.findings(settings)
        await door.close()
        return findings
    }

    /// Runs checks side by side and keeps their order.
    func all(_ checks: [Examination]) async -> [Finding] {
        var results = [[Finding]](repeating: [], count: checks.count)
        await withTaskGroup(of: (Int, [Finding]).self) { group in
            var next = 0
            func begin() {
                guard next < checks.count else { return }
                let index = next
                next += 1
                group.addTask { (index, await checks[index]()) }
            }
            for _ in 0..<Self.checksAtOnceMax { begin() }
            while let (index, found) = await group.next() {
                results[index] = found
                begin()
            }
        }
        return results.flatMap { $0 }
    }

    /// Each etcd endpoint once, under the name of the first that lists it.
    private var etcdClusters: [(String, [Endpoint])] {
        var seen = Set<String>()
        let clusters =
            settings.etcd.map { ($0.name, $0.endpoints) }
            + settings.groups.compactMap { group in group.patroni.map { ("etcd of \(group.id.name)", $0.etcd) } }
        return clusters.map { name, endpoints in (name, endpoints.filter { seen.insert($0.url).inserted }) }
    }
}

/// Where secrets are kept, and who may read them.
enum SecretCheck {
    static func findings(_ settings: PitbossSettings) -> [Finding] {
        var sources: [(String, SecretSource)] = []
        for cluster in settings.etcd {
            if let source = cluster.endpoints.first?.password { sources.append(("etcd \(cluster.name)", source)) }
        }
        for group in settings.groups {
            let name = group.id.name
            if let source = group.sentinel?.endpoints.first?.password { sources.append(("\(name) Sentinel", source)) }
            if let source = group.sentinel?.redis.password { sources.append(("\(name) Redis", source)) }
            if let source = group.streaming?.postgres.password { sources.append(("\(name) PostgreSQL", source)) }
            guard let patroni = group.patroni else { continue }
            if let source = patroni.etcd.first?.password { sources.append(("\(name) etcd", source)) }
            if let source = patroni.rest.password { sources.append(("\(name) REST", source)) }
            if let source = patroni.postgres?.password { sources.append(("\(name) PostgreSQL", source)) }
        }
        for node in settings.nodes {
            if let source = node.nodeExporter?.password { sources.append(("\(node.id.name) node_exporter", source)) }
        }
        for one in settings.prometheus.map({ ("Prometheus \($0.name)", $0.endpoint) })
            + settings.alertmanager.map({ ("Alertmanager \($0.name)", $0.endpoint) })
        {
            for source in [one.1.password, one.1.token] { if let source { sources.append((one.0, source)) } }
        }
        return sources.map { name, source in
            let secret = Secret(source)
            let subject = "secret of \(name)"
            do throws(TransportError) {
                _ = try secret.resolve()
            } catch {
                return .fault(subject, "\(error)", remedy: "Put the secret there, or name the right place.")
            }
            if let warning = secret.warning {
                return .warning(subject, "others may read it", remedy: warning)
            }
            return .ok(subject, "read from \(secret.place)")
        }
    }
}

/// What the configuration leaves out, and what pitboss cannot say without it.
enum SettingsAdvice {
    static func findings(_ settings: PitbossSettings) -> [Finding] {
        var list: [Finding] = []
        if settings.sites.isEmpty {
            list.append(
                .warning(
                    "sites", "none are named, so the loss of a site cannot be judged",
                    remedy: "Name them under `sites:` and give each node its `site:`."))
        }
        let homeless = settings.nodes.filter { $0.site == nil }.map(\.id.name)
        if !settings.sites.isEmpty, !homeless.isEmpty {
            list.append(
                .warning(
                    "nodes", "without a site: \(homeless.joined(separator: ", "))", remedy: "Give each its `site:`."))
        }
        for group in settings.groups {
            if let streaming = group.streaming, streaming.hosts.count == 1 {
                list.append(
                    .warning(
                        group.id.name, "one server alone is named: while it is down, nobody tells of the others",
                        remedy: "Name the standbys under `hosts:` too: they are what is promoted."))
            }
            guard let patroni = group.patroni else { continue }
            if patroni.postgres == nil {
                list.append(
                    .warning(
                        group.id.name, "PostgreSQL itself is not asked: lag comes from Patroni alone",
                        remedy: "Add `postgres:` with a role that has pg_monitor."))
            }
            if group.plan.backups == nil {
                list.append(
                    .warning(
                        group.id.name, "nothing is asked of its backups, and nobody tells of them",
                        remedy:
                            "Add `backups:` with `pgbackrest:`, or `backups: {required: false}` where it needs none."
                    ))
            }
            if patroni.rest.username == nil {
                list.append(
                    .warning(
                        group.id.name, "no REST credentials: commands work only if Patroni asks for none",
                        remedy: "Add `rest:` with the user and password of `restapi.authentication`."))
            }
        }
        return list
    }
}
