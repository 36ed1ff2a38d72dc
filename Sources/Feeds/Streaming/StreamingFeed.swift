public import Estate
public import Settings
import Synchronization

/// A PostgreSQL server that replicates by streaming and that nothing manages: what `PostgresFeed` tells, and beyond it
/// its role, who it is, and where its upstream and its standbys are, so that all of them are found from any one.
public struct StreamingFeed: Feed {
    public let source: SourceID
    /// What runs such a group, in what this feed says of it.
    public static let manager = "postgres"

    private let member: MemberID
    private let address: String
    private let names: StreamingNames
    private let server: PostgresFeed
    private let fence: String?

    /// Source `sql:GROUP/MEMBER`.
    ///
    /// - Parameters:
    ///   - address: `host:port`.
    ///   - fence: what the program is called that fences servers of the group; nil: there is none.
    public init(
        group: GroupID, at address: String, _ settings: PostgresSettings, names: StreamingNames, fence: String? = nil,
        pace: FeedPace = PostgresFeed.paceDefault
    ) {
        member = MemberID(group, names.name(of: address))
        source = SourceID("sql", member.description)
        self.address = address
        self.names = names
        self.fence = fence
        let port = names.port(of: address)
        server = PostgresFeed(
            member, at: settings.endpoint(address), pace: pace,
            nameOfStandby: { sender in names.address(of: sender, port: port).map { names.name(of: $0) } },
            looksForManagers: true)
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        await server.run(
            into: StreamingSink(sink, source: source, member: member, address: address, names: names, fence: fence),
            clock: clock)
    }
}

/// Where standbys are, and what members are called: by the nodes of the configuration, or by their addresses.
public struct StreamingNames: Sendable {
    private let platform: Platform
    private let names: PlaceNames

    public init(_ platform: Platform) {
        self.platform = platform
        names = PlaceNames(platform, usualPort: 5432)
    }

    public func name(of address: String) -> String { names.name(of: address) }

    func port(of address: String) -> String {
        address.lastIndex(of: ":").map { String(address[$0...]) } ?? ":5432"
    }

    /// `host:port` of a standby that streams from a server with this port. Which port it listens on nobody tells: that
    /// of its upstream is taken for it. A standby that streams under a node's name is on that node, whatever address
    /// it came from.
    func address(of sender: ReplicationSender, port: String) -> String? {
        guard !Self.noMembers.contains(sender.application) else { return nil }
        if let node = platform.nodes.first(where: { $0.id.name == sender.application }) {
            return (node.addresses.first ?? node.id.name) + port
        }
        return sender.clientAddress.map { ($0.contains(":") ? "[\($0)]" : $0) + port }
    }

    /// Clients that receive the log and are no members.
    private static let noMembers: Set<String> = ["pg_basebackup", "pg_receivewal", "pg_rewind"]
}

/// Adds to what a server's feed says on its way.
private final class StreamingSink: UpdateSink {
    private let sink: any UpdateSink
    private let source: SourceID
    private let member: MemberID
    private let address: String
    private let names: StreamingNames
    private let fence: String?
    /// Addresses of others that were told already.
    private let told = Mutex<[String: String]>([:])

    init(
        _ sink: any UpdateSink, source: SourceID, member: MemberID, address: String, names: StreamingNames,
        fence: String?
    ) {
        self.fence = fence
        self.sink = sink
        self.source = source
        self.member = member
        self.address = address
        self.names = names
    }

    func send(_ update: Update) {
        guard case .member(let id, var facts) = update.body else { return sink.send(update) }
        if id == member {
            facts.address = address
            let upstream = facts.replication?.upstream
            if let upstream { facts.replication?.upstream = names.name(of: upstream) }
            if let recovering = facts.replication?.inRecovery { facts.role = recovering ? .replica : .leader }
            sink.send(Update(source, at: update.at, isEdge: update.isEdge, .member(id, facts)))
            sink.send(Update(source, at: update.at, .group(member.group, group(facts))))
            if let upstream { tell(upstream, at: update.at) }
            for sender in facts.replication?.senders ?? [] where !sender.isLogical {
                if let place = names.address(of: sender, port: names.port(of: address)) {
                    told.withLock { $0[names.name(of: place)] = place }
                }
            }
        } else {
            facts.role = .replica
            facts.address = told.withLock { $0[id.name] }
            sink.send(Update(source, at: update.at, isEdge: update.isEdge, .member(id, facts)))
        }
    }

    /// The upstream exists: whoever watches may ask it itself.
    private func tell(_ upstream: String, at: Timestamp) {
        var facts = MemberFacts()
        facts.address = upstream
        sink.send(Update(source, at: at, .member(MemberID(member.group, names.name(of: upstream)), facts)))
    }

    private func group(_ facts: MemberFacts) -> GroupFacts {
        var group = GroupFacts()
        group.manager = StreamingFeed.manager
        group.notes["fence"] = fence
        if let manager = facts.notes["managedBy"] { group.notes["managedBy"] = manager }
        return group
    }
}
