import Estate
import Wire

/// A Redis server by its own word. Pure: answers in, facts out.
struct RedisView {
    let member: MemberID
    let address: String
    let names: PlaceNames
    private var runID: String?
    private var server: RedisInfo?
    private var figures: [String: Double] = [:]
    private var rank: Int?

    init(_ member: MemberID, address: String, names: PlaceNames) {
        self.member = member
        self.address = address
        self.names = names
    }

    /// What changes slowly: `INFO server`, `clients` and `memory`. An event where it was started anew.
    mutating func learn(server: RedisInfo, clients: RedisInfo, memory: RedisInfo, at now: Timestamp) -> Event? {
        self.server = server
        figures["connections"] = clients.number("connected_clients").map(Double.init)
        figures["memoryBytes"] = memory.number("used_memory").map(Double.init)
        figures["memoryLimitBytes"] = memory.number("maxmemory").flatMap { $0 > 0 ? Double($0) : nil }
        let before = runID
        runID = server["run_id"] ?? runID
        guard let before, let runID, before != runID else { return nil }
        return Event(
            at: now, .note, .warning, group: member.group, member: member, text: "\(member.name) was started anew")
    }

    /// A server that leads says nothing of its rank unless it is asked for it.
    static let asksRank = ["CONFIG", "GET", "replica-priority"]

    mutating func learn(rank answer: RESPValue) { rank = answer.fields?["replica-priority"].flatMap { Int($0) } }

    func facts(_ info: RedisInfo, at now: Timestamp) throws(WireError) -> MemberFacts {
        guard let role = info["role"] else {
            throw WireError.missing(format: "Redis INFO replication", field: "role", bytes: "")
        }
        var facts = MemberFacts()
        facts.state = .running
        facts.address = address
        facts.version = server?["redis_version"]
        facts.startedAt = server?.number("uptime_in_seconds").map { now - .seconds(Double($0)) }
        facts.figures = figures
        var replication = ReplicationFacts()
        if role == "master" {
            facts.role = .leader
            replication.inRecovery = false
            replication.writtenLSN = Self.offset(info, "master_repl_offset")
            replication.senders = info.records("slave").compactMap { sender($0, at: now) }
            let state = info["master_failover_state"] ?? "no-failover"
            if state != "no-failover" { facts.stateDetail = "hands over: \(state)" }
            facts.tags = rank.map { Self.tags(rank: $0) }
        } else {
            facts.role = .replica
            follower(info, &facts, &replication)
        }
        facts.replication = replication
        return facts
    }

    private func follower(_ info: RedisInfo, _ facts: inout MemberFacts, _ replication: inout ReplicationFacts) {
        replication.inRecovery = true
        replication.syncState = .async
        replication.streaming = info["master_link_status"].map { $0 == "up" }
        replication.upstream = RedisAddress.text(host: info["master_host"], port: info["master_port"])
            .map { names.name(of: $0) }
        replication.replayedLSN = Self.offset(info, "slave_repl_offset")
        replication.receivedLSN = Self.offset(info, "slave_read_repl_offset") ?? replication.replayedLSN
        if let rank = info.number("slave_priority") {
            facts.tags = Self.tags(rank: Int(clamping: rank))
        }
        if info.number("master_sync_in_progress") == 1 {
            facts.state = .creating
            facts.stateDetail = "copies all data from \(replication.upstream ?? "its leader")"
        } else if replication.streaming == false {
            let seconds = info.number("master_link_down_since_seconds").flatMap { $0 >= 0 ? $0 : nil }
            facts.stateDetail =
                "no link to \(replication.upstream ?? "its leader")"
                + (seconds.map { " for \($0) s" } ?? "")
        }
    }

    private static func tags(rank: Int) -> EligibilityTags {
        var tags = EligibilityTags()
        tags.failoverPriority = rank
        return tags
    }

    /// 0 and less mean that it has none.
    private static func offset(_ info: RedisInfo, _ name: String) -> LSN? {
        info.number(name).flatMap { $0 > 0 ? LSN(UInt64($0)) : nil }
    }

    private func sender(_ fields: [String: String], at now: Timestamp) -> ReplicationSender? {
        guard let address = RedisAddress.text(host: fields["ip"], port: fields["port"]) else { return nil }
        var sender = ReplicationSender(application: names.name(of: address), isLogical: false)
        sender.clientAddress = address
        sender.state = fields["state"]
        sender.syncState = .async
        sender.flushedLSN = fields["offset"].flatMap { UInt64($0) }.map { LSN($0) }
        sender.sentLSN = sender.flushedLSN
        sender.lastReplyAt = fields["lag"].flatMap { Double($0) }.map { now - .seconds($0) }
        return sender
    }
}
