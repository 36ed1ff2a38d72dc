import Estate
import Wire

/// All that one Sentinel tells in one round of questions.
struct SentinelReading {
    let master: SentinelInstance
    let replicas: [SentinelInstance]
    let sentinels: [SentinelInstance]
    let quorum: SentinelQuorum
    let info: RedisInfo

    static func questions(_ master: String) -> [[String]] {
        [
            ["SENTINEL", "MASTER", master], ["SENTINEL", "REPLICAS", master], ["SENTINEL", "SENTINELS", master],
            ["SENTINEL", "CKQUORUM", master], ["INFO", "sentinel"],
        ]
    }

    /// Throws `WireError`.
    init(_ answers: [RESPValue]) throws(WireError) {
        guard answers.count == 5 else {
            throw WireError.malformed(format: "Sentinel", reason: "5 answers are expected", bytes: "\(answers.count)")
        }
        master = try .one(answers[0])
        replicas = try SentinelInstance.list(answers[1])
        sentinels = try SentinelInstance.list(answers[2])
        quorum = try SentinelQuorum(answers[3])
        info = try RedisInfo(answers[4])
    }

    /// Its clock jumped, or it was stopped: for half a minute it watches and does not act.
    var isTilted: Bool { info.number("sentinel_tilt") == 1 }
}

/// A cache group as one Sentinel sees it. Pure: readings in, what to tell out.
struct SentinelView {
    let group: GroupID
    /// Its own `host:port`, where it takes commands.
    let door: String
    let names: PlaceNames
    /// What is amiss with the Sentinel itself.
    var problem: String?
    private var told: Set<String> = []

    init(group: GroupID, door: String, names: PlaceNames) {
        self.group = group
        self.door = door
        self.names = names
    }

    mutating func round(_ reading: SentinelReading) -> [Update.Body] {
        var members: [(name: String, facts: MemberFacts)] = []
        let leader = reading.master.address.map { names.name(of: $0) }
        if let leader { members.append((leader, facts(reading.master, .leader))) }
        for replica in reading.replicas {
            guard let address = replica.address else { continue }
            let name = names.name(of: address)
            if name != leader, !members.contains(where: { $0.name == name }) {
                members.append((name, facts(replica, .replica)))
            }
        }
        let now = Set(members.map(\.name))
        var out = told.subtracting(now).sorted().map { Update.Body.memberGone(MemberID(group, $0)) }
        told = now
        out.append(.group(group, groupFacts(reading, leader: leader, roster: members.map(\.name))))
        return out + members.map { .member(MemberID(group, $0.name), $0.facts) }
    }

    private func groupFacts(_ reading: SentinelReading, leader: String?, roster: [String]) -> GroupFacts {
        var facts = GroupFacts()
        facts.leader = Known(leader)
        let total = reading.sentinels.count + 1
        let reached = 1 + reading.sentinels.count { !Self.isOut($0) }
        facts.quorum = GroupQuorum(
            votersTotal: total, votersHealthy: min(reading.quorum.usable ?? reached, total),
            hasLeader: reading.quorum.isReached)
        facts.roster = roster.sorted()
        facts.manager = "sentinel"
        facts.notes[GroupFacts.noteDoor] = door
        facts.notes[GroupFacts.noteRegisteredAs] = reading.master.name
        facts.notes["epoch"] = reading.master["config-epoch"]
        facts.notes["agreement"] = reading.master["quorum"].map { "\($0) of \(total) call it down" }
        if reading.isTilted { facts.notes["tilt"] = "its clock jumped: it watches and does not act" }
        if reading.master.flags.contains("failover_in_progress") {
            facts.notes["failover"] = reading.master["failover-state"] ?? "under way"
        }
        let out = reading.sentinels.filter { Self.isOut($0) }.compactMap(\.address)
        if !out.isEmpty { facts.notes["watchersOut"] = out.sorted().joined(separator: ", ") }
        return facts
    }

    private static func isOut(_ one: SentinelInstance) -> Bool {
        one.flags.contains("s_down") || one.flags.contains("o_down")
    }

    private func facts(_ one: SentinelInstance, _ role: Role) -> MemberFacts {
        var facts = MemberFacts()
        facts.role = role
        facts.address = one.address
        (facts.state, facts.stateDetail) = Self.state(one)
        if role == .replica, let rank = one.number("slave-priority") {
            // Its own word, ten seconds old at most: by this one it chooses.
            var tags = EligibilityTags()
            tags.failoverPriority = Int(clamping: rank)
            facts.tags = tags
        }
        guard role == .replica, facts.state == .running else { return facts }
        var replication = ReplicationFacts()
        replication.streaming = one["master-link-status"].map { $0 == "ok" }
        replication.upstream = RedisAddress.text(host: one["master-host"], port: one["master-port"])
            .map { names.name(of: $0) }
        facts.replication = replication
        return facts
    }

    /// In this house's words.
    private static func state(_ one: SentinelInstance) -> (RunState, String?) {
        if one.flags.contains("o_down") { return (.failed, "down: enough of those who watch agree") }
        if one.flags.contains("s_down") { return (.failed, "does not answer") }
        if one.flags.contains("disconnected") { return (.unknown, "not reached at the moment") }
        if let reported = one["role-reported"], !one.flags.contains(reported) {
            return (.running, "says of itself that it is a \(reported == "master" ? "leader" : "replica")")
        }
        return (.running, nil)
    }
}

/// What a Sentinel says unasked, in this house's words. Changes of state come with the round that each brings about;
/// only what no round would tell becomes an event of its own.
enum SentinelNews {
    static func event(
        _ message: SentinelEvent, master: String, group: GroupID, names: PlaceNames, at: Timestamp
    ) -> Event? {
        func made(_ severity: Event.Severity, _ text: String) -> Event {
            Event(at: at, .note, severity, group: group, text: text)
        }
        if message.channel == "+tilt" {
            return made(.warning, "a watcher's clock jumped: for half a minute it watches and does not act")
        }
        if message.channel == "-tilt" { return made(.notice, "the watcher acts again") }
        guard message.master == master else { return nil }
        switch message.channel {
        case "+try-failover": return made(.warning, "a failover begins")
        case "-failover-abort-no-good-slave":
            return made(.alarm, "failover given up: no replica is fit to take over")
        case "-failover-abort-not-elected":
            return made(.warning, "failover not begun: the other watchers chose nobody to do it")
        case "-failover-abort-slave-timeout":
            return made(.alarm, "failover given up: the chosen replica did not become leader in time")
        case "+selected-slave":
            guard let address = message.address else { return nil }
            return made(.notice, "\(names.name(of: address)) is chosen to lead")
        default: return nil
        }
    }
}
