public import Estate
public import Settings
import Synchronization
import Transport

/// What one PostgreSQL server says of itself each second, and as a primary of its standbys, over one connection that
/// stays open.
public struct PostgresFeed: Feed {
    public let source: SourceID

    /// A second between questions; a server that comes back is seen within three.
    public static let paceDefault = FeedPace(
        interval: .seconds(1), replyDeadline: .seconds(2), backoff: Backoff.Limits(delayMax: .seconds(3)))

    /// Names of clients that receive the log and are no members.
    private static let noMembers: Set<String> = ["walreceiver", "pg_basebackup", "pg_receivewal", "pg_rewind", ""]

    private let member: MemberID
    private let endpoint: Endpoint
    private let pace: FeedPace
    private let nameOfStandby: @Sendable (ReplicationSender) -> String?
    private let looksForManagers: Bool

    /// - Parameters:
    ///   - member: which member of which group the server is.
    ///   - endpoint: `postgres://host:port/database`, user and secret beside it.
    ///   - nameOfStandby: which member of the group a standby is that streams from here; nil for none. By default
    ///     the name under which it streams, which Patroni sets to the member's.
    ///   - looksForManagers: what looks after the server is noted of it, and that nothing listens at its address is
    ///     told as its having stopped.
    public init(
        _ member: MemberID, at endpoint: Endpoint, pace: FeedPace = PostgresFeed.paceDefault,
        nameOfStandby: (@Sendable (ReplicationSender) -> String?)? = nil, looksForManagers: Bool = false
    ) {
        self.looksForManagers = looksForManagers
        source = SourceID("sql", member.description)
        self.member = member
        self.endpoint = endpoint
        self.pace = pace
        self.nameOfStandby = nameOfStandby ?? PostgresFeed.nameByApplication
    }

    /// The default for `nameOfStandby`.
    @Sendable public static func nameByApplication(_ sender: ReplicationSender) -> String? {
        noMembers.contains(sender.application) ? nil : sender.application
    }

    /// The endpoint of a server whose address was discovered, with the rest out of its group's settings.
    public static func endpoint(host: String, port: Int, _ settings: PostgresSettings) -> Endpoint {
        let options = [
            ("sslmode", settings.sslMode.rawValue), ("sslrootcert", settings.sslRootCertificateFile),
            ("sslcert", settings.sslCertificateFile), ("sslkey", settings.sslKeyFile),
        ].compactMap { name, value in value.map { "\(name)=\(PercentText.encoded($0))" } }
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return Endpoint(
            url: "postgres://\(bracketed):\(port)/\(PercentText.encoded(settings.database))?"
                + options.joined(separator: "&"),
            username: settings.username, password: settings.password, via: settings.via)
    }

    public func run(into sink: any UpdateSink, clock: any Timekeeper) async {
        // Outlives connections: a standby that left while there was none has to be taken back too.
        let facts = Mutex(PostgresFacts(memberName: member.name, nameOfStandby: nameOfStandby))
        let refusedSince = Mutex<Timestamp?>(nil)
        await FeedLoop(source, into: sink, clock: clock, pace: pace, endpoints: [endpoint.label]).run { session in
            let connection = PostgresConnection()
            do {
                try await watch(connection, facts, session)
            } catch {
                await connection.close()
                throw told(error, session, refusedSince)
            }
        }
    }

    /// Lives as long as the connection does.
    private func watch(
        _ connection: PostgresConnection, _ facts: borrowing Mutex<PostgresFacts>, _ session: FeedSession
    ) async throws {
        let clock = session.clock
        try await open(connection, clock)
        let version = await connection.serverVersion
        guard version >= PostgresQuery.serverVersionMin else {
            throw FeedError.unusable(
                reason: "\(endpoint.label) is PostgreSQL \(version / 10_000), and 10 is the oldest that is understood")
        }
        let manager = looksForManagers ? try await findManager(connection, clock) : nil
        let sql = PostgresQuery.sql(serverVersion: version)
        while true {
            let asked = clock.now()
            let bytes = try await withDeadline(pace.replyDeadline, clock: clock, orThrow: late) {
                try await connection.value(sql)
            }
            let reading = try PostgresReading(bytes)
            let now = clock.now()
            session.heard(latency: now - asked, problem: problem(reading))
            var output = facts.withLock { $0.take(reading, at: now) }
            if let manager { output.own.notes["managedBy"] = manager }
            send(output, session, at: now)
            try await clock.sleep(until: pace.nextAsk(after: clock.now()))
        }
    }

    private func findManager(
        _ connection: PostgresConnection, _ clock: any Timekeeper
    ) async throws -> String? {
        let bytes = try await withDeadline(pace.replyDeadline, clock: clock, orThrow: late) {
            try await connection.value(PostgresManagers.sql)
        }
        return PostgresManagers.found(bytes)
    }

    private var late: TransportError {
        .late(endpoint: endpoint.label, afterSeconds: pace.replyDeadline.seconds)
    }

    private func open(_ connection: PostgresConnection, _ clock: any Timekeeper) async throws {
        let address = try PostgresAddress(endpoint)
        try await withDeadline(pace.replyDeadline, clock: clock, orThrow: late) { [pace, endpoint] in
            try await address.open(connection, endpoint, within: pace.replyDeadline, clock: clock)
        }
    }

    private func send(_ output: PostgresFacts.Output, _ session: FeedSession, at now: Timestamp) {
        session.send(.member(member, output.own), isEdge: output.isEdge, at: now)
        for standby in output.standbys {
            session.send(.member(MemberID(member.group, standby.name), standby.facts), at: now)
        }
        for name in output.gone {
            session.send(.memberGone(MemberID(member.group, name)), isEdge: true, at: now)
        }
    }

    private func problem(_ reading: PostgresReading) -> String? {
        guard !reading.maySeeAll else { return nil }
        let user = endpoint.username.map { " TO \($0)" } ?? ""
        return "replication cannot be read in full: GRANT pg_monitor\(user)"
    }

    /// The error in the room's words. A server that is starting or stopping has said so, which is a fact of it.
    private func told(
        _ error: any Error, _ session: FeedSession, _ refusedSince: borrowing Mutex<Timestamp?>
    ) -> any Error {
        let fault = error as? PostgresFault
        let isRefused = fault?.isRefusedByHost ?? (error as? TransportError)?.isRefusedByHost ?? false
        let now = session.clock.now()
        let since = refusedSince.withLock { since in
            since = isRefused ? since ?? now : nil
            return since
        }
        if looksForManagers, let since {
            // The host itself says so: the packets arrive, and no server is there. Silence says nothing of the kind.
            var facts = MemberFacts()
            facts.state = .stopped
            facts.stateDetail = "its host answers that nothing listens there"
            facts.figures["stoppedSeconds"] = (now - since).seconds
            session.send(.member(member, facts), isEdge: true)
        }
        guard let fault else { return error }
        if fault.isNotOpen {
            session.send(.member(member, PostgresFacts.notOpen(fault.message)), isEdge: true)
        }
        return fault.feedError(endpoint: endpoint.label)
    }
}
