import Estate
import Wire

/// All that Patroni keeps in etcd under one scope, mirrored. Pure: ranges and events go in, what to send comes out.
struct EtcdScope {
    /// Something to send, in order.
    struct Emission: Equatable {
        let body: Update.Body
        let isEdge: Bool
    }

    struct Leader: Equatable {
        let name: String
        let modRevision: Int64
        let version: Int64
    }

    let group: GroupID
    let prefix: String

    /// The revision up to which the mirror is complete; `nil` before the first range.
    private(set) var revision: Int64?
    private(set) var clusterID: UInt64 = 0
    /// Newest revision that touched a key below the prefix.
    private(set) var newestModRevision: Int64 = 0
    /// All keys below the prefix, known or not, with the revisions they were written at.
    private(set) var keys: [String: Int64] = [:]
    /// Keys whose values make no sense, with what is wrong; shown, never fatal.
    private(set) var problems: [String: String] = [:]

    private(set) var leader: Leader?
    private(set) var members: [String: PatroniMember] = [:]
    private var sync: PatroniSync?
    private var status: PatroniStatus?
    private var config: PatroniConfig?
    private var failover: PatroniFailoverRequest?
    private var history: [PatroniTimelineEnd] = []
    private var systemIdentifier: String?

    /// What was sent last: Patroni writes some keys every loop without changing them, and that is no news.
    private var toldGroup: GroupFacts?
    private var toldMembers: [String: MemberFacts] = [:]

    init(group: GroupID, prefix: String) {
        self.group = group
        self.prefix = prefix
    }

    /// One line about keys that cannot be read; `nil` when all can.
    var problem: String? {
        guard let first = problems.min(by: { $0.key < $1.key }) else { return nil }
        let others = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
        return "key \(Escaped.text(first.key)): \(first.value)\(others)"
    }

    /// Everything anew, from a range. What changed in between and cannot be told any more becomes an event.
    mutating func replace(with range: EtcdRange, at now: Timestamp) -> [Emission] {
        var next = EtcdScope(group: group, prefix: prefix)
        next.revision = range.header.revision
        next.clusterID = range.header.clusterID
        for keyValue in range.keyValues { next.put(keyValue) }
        var out: [Emission] = []
        if let old = revision {
            let text = "register read anew at revision \(range.header.revision): changes since \(old) cannot be told"
            var event = Event(at: now, .gap, .warning, group: group, text: text)
            event.revision = range.header.revision
            out.append(Emission(body: .event(event), isEdge: true))
        }
        for name in members.keys.sorted() where next.members[name] == nil {
            out.append(Emission(body: .memberGone(MemberID(group, name)), isEdge: true))
        }
        self = next
        if leader == nil { leaderLostRevision = range.header.revision }
        out.append(tellGroup(revision: leaderRevision, isEdge: true))
        for name in members.keys.sorted() { tellMember(name, &out) }
        return out
    }

    /// Changes in order. Each change of the leader is an edge of its own with its revision; levels follow at the end.
    mutating func apply(_ events: [EtcdEvent], at now: Timestamp) -> [Emission] {
        var out: [Emission] = []
        var dirtyMembers: Set<String> = []
        var isGroupDirty = false
        let mirrored = revision ?? 0
        for event in events {
            let revision = event.keyValue.modRevision
            // What is mirrored already has no news in it.
            guard revision > mirrored,
                let key = PatroniKey(path: event.keyValue.key, prefix: prefix)
            else { continue }
            let before = leader
            let known = Set(members.keys)
            if event.kind == .delete { delete(event.keyValue) } else { put(event.keyValue) }
            switch key {
            case .leader:
                guard leader?.name != before?.name || event.kind == .delete || before == nil else { continue }
                if let stolen = stolenLock(before, at: now) { out.append(stolen) }
                out.append(tellGroup(revision: revision, isEdge: true))
                for name in [before?.name, leader?.name].compactMap({ $0 }) { dirtyMembers.insert(name) }
            case .member(let name):
                if members[name] == nil {
                    dirtyMembers.remove(name)
                    toldMembers[name] = nil
                    if known.contains(name) {
                        out.append(Emission(body: .memberGone(MemberID(group, name)), isEdge: true))
                    }
                } else {
                    dirtyMembers.insert(name)
                }
                isGroupDirty = true
            case .sync, .failover, .config:
                if groupFacts(revision: leaderRevision) != toldGroup {
                    out.append(tellGroup(revision: leaderRevision, isEdge: true))
                }
                dirtyMembers.formUnion(members.keys)
            case .status, .optimeLeader:
                isGroupDirty = true
                dirtyMembers.formUnion(members.keys)
            case .history, .initialize, .failsafe, .other:
                isGroupDirty = true
            }
        }
        // Not up to the header's revision: a watch that catches up gets its events in several messages.
        if let newest = events.map(\.keyValue.modRevision).max() { saw(revision: newest) }
        if isGroupDirty, groupFacts(revision: leaderRevision) != toldGroup {
            out.append(tellGroup(revision: leaderRevision, isEdge: false))
        }
        for name in dirtyMembers.sorted() where members[name] != nil { tellMember(name, &out) }
        return out
    }

    /// The mirror is complete up to here, though nothing changed.
    mutating func saw(revision new: Int64) { revision = max(revision ?? 0, new) }

    private var leaderRevision: Int64 { leader?.modRevision ?? leaderLostRevision }
    private var leaderLostRevision: Int64 = 0

    /// A lock that changed hands without having been free: somebody woke after its ttl and took it back. Writes that
    /// the holder before it acknowledged are in danger.
    private func stolenLock(_ before: Leader?, at now: Timestamp) -> Emission? {
        guard let before, let leader, leader.name != before.name, leader.version > 1 else { return nil }
        var event = Event(
            at: now, .disagreement, .alarm, group: group, member: MemberID(group, leader.name),
            text: "\(leader.name) took the leader lock from \(before.name) although it was held"
                + " (version \(leader.version)): writes acknowledged by \(before.name) may be lost")
        event.revision = leader.modRevision
        return Emission(body: .event(event), isEdge: true)
    }

    private mutating func tellGroup(revision: Int64, isEdge: Bool) -> Emission {
        let facts = groupFacts(revision: revision)
        toldGroup = facts
        return Emission(body: .group(group, facts), isEdge: isEdge)
    }

    private mutating func tellMember(_ name: String, _ out: inout [Emission]) {
        let facts = memberFacts(name)
        guard facts != toldMembers[name] else { return }
        toldMembers[name] = facts
        out.append(Emission(body: .member(MemberID(group, name), facts), isEdge: false))
    }

    private mutating func put(_ keyValue: EtcdKeyValue) {
        keys[keyValue.key] = keyValue.modRevision
        newestModRevision = max(newestModRevision, keyValue.modRevision)
        problems[keyValue.key] = nil
        guard let key = PatroniKey(path: keyValue.key, prefix: prefix) else { return }
        do {
            switch key {
            case .leader:
                leader = Leader(
                    name: keyValue.text, modRevision: keyValue.modRevision, version: keyValue.version)
            case .member(let name): members[name] = try PatroniMember(name: name, parsing: keyValue.value)
            case .status: status = try PatroniStatus(parsing: keyValue.value)
            case .optimeLeader:
                // Versions that keep both write the newer key first.
                if keys[prefix + "status"] == nil { status = try PatroniStatus(parsing: keyValue.value) }
            case .sync: sync = PatroniSync(parsing: keyValue.value)
            case .history: history = try PatroniTimelineEnd.list(parsing: keyValue.value)
            case .config: config = try PatroniConfig(parsing: keyValue.value)
            case .failover: failover = PatroniFailoverRequest(parsing: keyValue.value)
            case .initialize: systemIdentifier = keyValue.text
            case .failsafe, .other: break
            }
        } catch {
            problems[keyValue.key] = error.description
            // What cannot be read is not what was there before.
            if case .member(let name) = key { members[name] = nil }
        }
    }

    private mutating func delete(_ keyValue: EtcdKeyValue) {
        keys[keyValue.key] = nil
        problems[keyValue.key] = nil
        newestModRevision = max(newestModRevision, keyValue.modRevision)
        switch PatroniKey(path: keyValue.key, prefix: prefix) {
        case .leader:
            leader = nil
            leaderLostRevision = keyValue.modRevision
        case .member(let name): members[name] = nil
        case .status, .optimeLeader: status = nil
        case .sync: sync = nil
        case .history: history = []
        case .config: config = nil
        case .failover: failover = nil
        case .initialize: systemIdentifier = nil
        case .failsafe, .other, nil: break
        }
    }
}

extension EtcdScope {
    /// The group as the register has it.
    func groupFacts(revision: Int64) -> GroupFacts {
        var facts = GroupFacts()
        facts.leader = Known(leader.flatMap { $0.name.isEmpty ? nil : $0.name })
        facts.revision = revision
        facts.timeline =
            leader.flatMap { members[$0.name]?.timeline }
            ?? history.last.flatMap { $0.timeline < .max ? $0.timeline + 1 : nil }
            ?? members.values.compactMap(\.timeline).max()
        if let config {
            facts.limits = PatroniWords.limits(config)
            facts.paused = config.isPaused
            facts.synchronous = SynchronousFacts(
                isOn: config.isSynchronous, isStrict: config.isSynchronousStrict,
                standbys: config.isSynchronous ? sync?.standbys ?? [] : [],
                quorum: config.isQuorumCommit ? sync?.quorum : nil)
            facts.notes["failsafeMode"] = config.isFailsafe ? "on" : nil
            facts.notes["standbyCluster"] = config.isStandbyCluster ? "yes" : nil
            if config.isSynchronous { facts.notes["synchronousNodeCount"] = String(config.synchronousNodeCount) }
        }
        if let failover {
            if let at = failover.scheduledAt {
                facts.scheduledSwitchover = ScheduledSwitchover(
                    leader: failover.leader, candidate: failover.candidate, at: ISOTime.parse(at))
            } else {
                facts.notes["failoverRequest"] =
                    "\(failover.leader ?? "anyone") → \(failover.candidate ?? "any candidate")"
            }
        }
        facts.history = PatroniWords.history(history)
        facts.roster = members.keys.sorted()
        facts.manager = "patroni"
        facts.notes["systemIdentifier"] = systemIdentifier
        facts.notes["problem"] = problem
        return facts
    }

    /// One member as the register has it: what it last wrote of itself, up to a loop ago.
    func memberFacts(_ name: String) -> MemberFacts {
        var facts = MemberFacts()
        guard let member = members[name] else { return facts }
        let isLeader = leader?.name == name
        if isLeader {
            facts.role = config?.isStandbyCluster == true ? .standbyLeader : .leader
        } else {
            facts.role = .replica
        }
        facts.state = PatroniWords.state(member.state)
        facts.stateDetail = member.replicationState ?? member.state
        if let (host, port) = member.postgresAddress {
            facts.address = PatroniWords.address(host: host, port: port)
        }
        facts.door = member.apiURL.flatMap { PatroniWords.door($0) }
        facts.tags = PatroniWords.tags(member.tags)
        facts.pendingRestart = member.hasPendingRestart
        facts.replication = replication(member, isLeader: isLeader)
        facts.notes["registerRole"] = member.role
        facts.notes["patroniVersion"] = member.version
        if !member.pendingRestartReasons.isEmpty {
            facts.notes["pendingRestartFor"] = member.pendingRestartReasons.joined(separator: ", ")
        }
        for (tag, value) in member.tags.custom { facts.notes["tag \(tag)"] = value }
        if let position = member.xlogLocation { facts.figures["registerPositionBytes"] = Double(position) }
        return facts
    }

    /// Positions in the register are old by up to a loop: they are told as the lag that Patroni itself goes by, and
    /// never as positions to compute with.
    private func replication(_ member: PatroniMember, isLeader: Bool) -> ReplicationFacts {
        var facts = ReplicationFacts()
        facts.timeline = member.timeline
        facts.systemIdentifier = systemIdentifier
        if isLeader { return facts }
        if let last = status?.lastLSN {
            let received = member.receiveLSN ?? member.xlogLocation
            facts.receiveLagBytes = received.map { LSN(last).distance(from: LSN($0)) }
            facts.replayLagBytes = member.replayLSN.map { LSN(last).distance(from: LSN($0)) }
        }
        facts.streaming = member.replicationState.map { $0 == "streaming" }
        if let config, config.isSynchronous, let sync {
            facts.syncState = sync.holds(member.name) ? (config.isQuorumCommit ? .quorum : .sync) : .async
        }
        return facts
    }
}
