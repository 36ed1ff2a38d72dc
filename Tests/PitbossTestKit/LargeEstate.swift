public import Estate

/// Many groups with many members, for measuring and for lists that do not fit.
public enum LargeEstate {
    /// `members` servers in groups of ten behind one balancer, on as many nodes as there are groups.
    public static func snapshot(members: Int, at now: Timestamp) -> Snapshot {
        let groups = max(members / 10, 1)
        let nodes = (0..<groups).map { Node(NodeID("node-\($0)"), site: SiteID("site-\($0 % 3)")) }
        var snapshot = Snapshot(
            platform: Platform(name: "large", sites: (0..<3).map { Site(SiteID("site-\($0)")) }, nodes: nodes))
        let source = SourceID("haproxy", "lb-1")
        snapshot.apply(Update(source, at: now, .source(SourceStatus(.live))))
        for n in 0..<members {
            let group = GroupID("pool-\(n % groups)")
            if n < groups {
                var facts = GroupFacts()
                facts.manager = "haproxy"
                facts.poolServing = true
                facts.poolSessions = n
                snapshot.apply(Update(source, at: now, .group(group, facts)))
            }
            var facts = MemberFacts()
            facts.role = .server
            facts.state = .running
            facts.node = NodeID("node-\((n / groups + n) % groups)")
            facts.traffic = TrafficFacts()
            facts.traffic?.admin = .ready
            facts.traffic?.check = n % 97 == 0 ? .down : .up
            facts.traffic?.sessions = n % 50
            facts.traffic?.handle = "pool/\(n)"
            snapshot.apply(Update(source, at: now, .member(MemberID(group, "server-\(n)"), facts)))
        }
        return snapshot
    }

    /// Names as an attacker or a careless person would choose them.
    public static let hostileNames = [
        "\u{1b}[2J\u{1b}]0;owned\u{07}", "日本語データベース一号機", "e\u{301}\u{302}\u{303}\u{304}\u{305}", "a\nb\tc\r",
        "\u{202e}gnp.exe", "👨‍👩‍👧‍👦🏴‍☠️", String(repeating: "long", count: 200), "", " ", "\u{0}\u{9b}31m",
    ]

    /// A pool whose group, servers, node and balancer are all called by hostile names.
    public static func hostile(at now: Timestamp) -> Snapshot {
        var platform = Platform(name: hostileNames[0])
        platform.nodes = hostileNames.map { Node(NodeID($0), site: SiteID($0)) }
        var snapshot = Snapshot(platform: platform)
        for (n, name) in hostileNames.enumerated() {
            let source = SourceID("haproxy", name)
            snapshot.apply(
                Update(
                    source, at: now, .source(SourceStatus(n % 2 == 0 ? .live : .failed, problem: name, endpoint: name)))
            )
            var facts = MemberFacts()
            facts.role = n % 2 == 0 ? .server : .replica
            facts.stateDetail = name
            facts.node = NodeID(name)
            facts.address = name
            facts.version = name
            facts.notes = [name: name]
            facts.traffic = TrafficFacts()
            facts.traffic?.check = .up
            facts.traffic?.checkDetail = name
            facts.traffic?.handle = name
            facts.replication = ReplicationFacts()
            facts.replication?.upstream = name
            facts.replication?.slots = [
                ReplicationSlot(name: name, isLogical: true, isActive: false, retainedBytes: .max)
            ]
            var group = GroupFacts()
            group.leader = Known(name)
            group.manager = name
            group.balancing = name
            snapshot.apply(Update(source, at: now, .group(GroupID(name), group)))
            snapshot.apply(Update(source, at: now, .member(MemberID(GroupID(name), name), facts)))
            snapshot.apply(Update(source, at: now, .node(NodeID(name), NodeFacts())))
        }
        return snapshot
    }
}
