import Estate
import Wire

/// One answer to ``PostgresQuery``, as the server gave it.
struct PostgresReading: Equatable, Sendable {
    struct Sender: Equatable, Sendable {
        var application: String
        var address: String?
        var state: String?
        var sync: String?
        var sent: LSN?
        var flushed: LSN?
        var replayed: LSN?
        var replayLagSeconds: Double?
        /// Since the standby last said anything.
        var replyAgeSeconds: Double?
        var slot: String?
        var isLogical: Bool

        /// Tells walsenders apart from answer to answer.
        var key: String { "\(application) \(address ?? "")" }
    }

    struct Slot: Equatable, Sendable {
        var name: String
        var isLogical: Bool
        var isActive: Bool
        var retainedBytes: Int64?
        /// `reserved`, `extended`, `unreserved` or `lost`.
        var walStatus: String?
    }

    struct Receiver: Equatable, Sendable {
        var status: String?
        var flushed: LSN?
        var timeline: Int?
        /// The upstream's end of log, as it last said.
        var latestEnd: LSN?
        var slot: String?
        var senderHost: String?
        var senderPort: Int?
        /// Since the upstream last said anything.
        var messageAgeSeconds: Double?
    }

    struct Archiver: Equatable, Sendable {
        var archived: Int64?
        var failed: Int64?
        var archivedAtSeconds: Double?
        var failedAtSeconds: Double?
        var failedFile: String?
    }

    var inRecovery: Bool
    var current: LSN?
    var received: LSN?
    var replayed: LSN?
    /// The server's clock.
    var nowSeconds: Double?
    var startedSeconds: Double?
    var version: String?
    var systemIdentifier: String?
    var timeline: Int?
    var replayPaused: Bool?
    /// Whether the user may read all columns (`pg_monitor`).
    var maySeeAll: Bool
    var synchronousNames: String?
    var synchronousCommit: String?
    var sendersMax: Int64?
    var slotsMax: Int64?
    var connectionsMax: Int64?
    var connections: Int64?
    var commits: Int64?
    var rollbacks: Int64?
    var deadlocks: Int64?
    var conflicts: Int64?
    /// Nil where archiving is off.
    var archiver: Archiver?
    var receiver: Receiver?
    var senders: [Sender]
    var slots: [Slot]
}

extension PostgresReading {
    private static let format = "PostgreSQL figures"

    /// - Throws: `WireError` when the one field that everything hangs on is not there.
    init(_ bytes: [UInt8]) throws(WireError) {
        let json = try JSONValue(parsing: bytes, format: Self.format)
        guard let recovery = json["recovery"]?.bool else {
            throw .missing(format: Self.format, field: "recovery", bytes: Escaped.text(bytes))
        }
        inRecovery = recovery
        current = json.lsn("current")
        received = json.lsn("received")
        replayed = json.lsn("replayed")
        nowSeconds = json["now"]?.double
        startedSeconds = json["started"]?.double
        version = json["version"]?.string
        systemIdentifier = json["system"]?.string
        replayPaused = json["paused"]?.bool
        maySeeAll = json["may_see_all"]?.bool ?? false
        synchronousNames = json["sync_names"]?.string
        synchronousCommit = json["sync_commit"]?.string
        sendersMax = json["senders_max"]?.int
        slotsMax = json["slots_max"]?.int
        connectionsMax = json["connections_max"]?.int
        let totals = json["totals"]
        connections = totals?["backends"]?.int
        commits = totals?["commits"]?.int
        rollbacks = totals?["rollbacks"]?.int
        deadlocks = totals?["deadlocks"]?.int
        conflicts = totals?["conflicts"]?.int
        let isArchiving = json["archive_mode"]?.string.map { $0 != "off" } ?? false
        archiver = isArchiving ? json["archiver"].map(Archiver.init) : nil
        receiver = json["receiver"].map(Receiver.init)
        senders = (json["senders"]?.array ?? []).compactMap(Sender.init)
        slots = (json["slots"]?.array ?? []).compactMap(Slot.init)
        // On a standby the control file's timeline is that of the last restart point; the receiver knows better.
        timeline = [
            json["timeline"]?.smallInt, recovery ? json["checkpoint_timeline"]?.smallInt : nil, receiver?.timeline,
        ].compactMap { $0 }.filter { $0 > 0 }.max()
    }

    /// The end of the log on this server, as far as it goes: what retained bytes and lags of its own standbys are
    /// measured from.
    var end: LSN? { inRecovery ? ([received, replayed].compactMap { $0 }.max()) : current }
}

extension PostgresReading.Sender {
    init?(_ json: JSONValue) {
        guard let application = json["app"]?.string else { return nil }
        self.application = application
        address = json["address"]?.string
        state = json["state"]?.string
        sync = json["sync"]?.string
        sent = json.lsn("sent")
        flushed = json.lsn("flushed")
        replayed = json.lsn("replayed")
        replayLagSeconds = json["replay_lag"]?.double
        replyAgeSeconds = json["reply_age"]?.double
        slot = json["slot"]?.string
        isLogical = json["kind"]?.string == "logical"
    }
}

extension PostgresReading.Slot {
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.name = name
        isLogical = json["kind"]?.string == "logical"
        isActive = json["active"]?.bool ?? false
        retainedBytes = json["retained"]?.int.map { max($0, 0) }
        walStatus = json["wal_status"]?.string
    }
}

extension PostgresReading.Receiver {
    init(_ json: JSONValue) {
        status = json["status"]?.string
        flushed = json.lsn("flushed")
        timeline = json["timeline"]?.smallInt
        latestEnd = json.lsn("latest_end")
        slot = json["slot"]?.string
        senderHost = json["sender_host"]?.string
        senderPort = json["sender_port"]?.smallInt
        messageAgeSeconds = json["message_age"]?.double
    }
}

extension PostgresReading.Archiver {
    init(_ json: JSONValue) {
        archived = json["archived"]?.int
        failed = json["failed"]?.int
        archivedAtSeconds = json["archived_at"]?.double
        failedAtSeconds = json["failed_at"]?.double
        failedFile = json["failed_wal"]?.string
    }
}

extension JSONValue {
    fileprivate func lsn(_ key: String) -> LSN? { self[key]?.string.flatMap { LSN(text: $0) } }
}
