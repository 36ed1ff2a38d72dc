import Estate
import Wire

/// An etcd cluster as its endpoints see it, put together from one round of questions. Pure.
struct EtcdHealth {
    /// What one endpoint said, or why it said nothing.
    enum Answer: Equatable {
        case status(EtcdStatus, latencySeconds: Double)
        case nothing(FeedError)
    }

    let group: GroupID
    private(set) var members: [EtcdMember] = []
    private(set) var alarms: [EtcdAlarm] = []
    private var told: Set<String> = []
    private var disk = EtcdDisk()
    private var diskFigures: [UInt64: [String: Double]] = [:]

    init(group: GroupID) { self.group = group }

    mutating func learned(members: [EtcdMember]) { self.members = members }
    mutating func learned(alarms: [EtcdAlarm]) { self.alarms = alarms }
    mutating func learned(metrics page: PrometheusPage, of member: UInt64) {
        diskFigures[member] = disk.take(page, of: member)
    }

    /// A member's name; one that was added and not started has none yet.
    static func name(_ member: EtcdMember) -> String {
        member.name.isEmpty ? "member " + String(member.id, radix: 16) : member.name
    }

    /// The facts of one round. `answers` come by the client URL that was asked.
    mutating func round(_ answers: [(url: String, answer: Answer)]) -> [Update.Body] {
        var byID: [UInt64: Answer] = [:]
        var newest: EtcdStatus?
        for (url, answer) in answers {
            switch answer {
            case .status(let status, _):
                byID[status.header.memberID] = answer
                if status.raftTerm > newest?.raftTerm ?? 0 || (newest?.leaderID == 0 && status.leaderID != 0) {
                    newest = status
                }
            case .nothing:
                // Who did not answer is known by the address only.
                if let member = members.first(where: { $0.clientURLs.contains(url) }), byID[member.id] == nil {
                    byID[member.id] = answer
                }
            }
        }
        let leaderID = newest?.leaderID ?? 0
        var out: [Update.Body] = []
        let names = Set(members.map { EtcdHealth.name($0) })
        for gone in told.subtracting(names).sorted() { out.append(.memberGone(MemberID(group, gone))) }
        told = names
        out.append(.group(group, groupFacts(byID, leaderID: leaderID)))
        for member in members.sorted(by: { $0.id < $1.id }) {
            let facts = memberFacts(member, byID[member.id], leaderID: leaderID)
            out.append(.member(MemberID(group, EtcdHealth.name(member)), facts))
        }
        return out
    }

    private func isHealthy(_ answer: Answer?) -> Bool {
        // A member that knows no leader has no part in the quorum; one without space still votes.
        if case .status(let status, _)? = answer { return status.leaderID != 0 }
        return false
    }

    private func groupFacts(_ byID: [UInt64: Answer], leaderID: UInt64) -> GroupFacts {
        var facts = GroupFacts()
        let voters = members.filter { !$0.isLearner }
        let healthy = voters.count { isHealthy(byID[$0.id]) }
        let leader = members.first { $0.id == leaderID && leaderID != 0 }
        facts.leader = Known(leader.map { EtcdHealth.name($0) })
        if !voters.isEmpty {
            facts.quorum = GroupQuorum(
                votersTotal: voters.count, votersHealthy: healthy,
                hasLeader: leader != nil && healthy * 2 > voters.count)
        }
        facts.roster = members.map { EtcdHealth.name($0) }.sorted()
        facts.manager = "etcd"
        if !alarms.isEmpty {
            facts.notes["alarms"] = Set(alarms.map(\.kind)).sorted().joined(separator: ", ")
        }
        return facts
    }

    private func memberFacts(_ member: EtcdMember, _ answer: Answer?, leaderID: UInt64) -> MemberFacts {
        var facts = MemberFacts()
        var quorum = QuorumFacts()
        quorum.isVoter = !member.isLearner
        quorum.memberID = String(member.id)
        quorum.memberID = "\(member.id)"
        quorum.alarms = alarms.filter { $0.memberID == member.id }.map(\.kind)
        facts.door = member.clientURLs.first
        facts.address = member.clientURLs.first.flatMap { EtcdHealth.address($0) }
        switch answer {
        case .status(let status, let latency):
            facts.role = status.leaderID == member.id ? .leader : .follower
            facts.state = status.leaderID == 0 ? .failed : .running
            facts.stateDetail =
                status.leaderID == 0 ? "no leader known" : status.errors.first ?? (member.isLearner ? "learner" : nil)
            facts.version = status.version
            quorum.term = Int64(clamping: status.raftTerm)
            quorum.databaseBytes = status.databaseBytes
            facts.figures["databaseBytes"] = Double(status.databaseBytes)
            facts.figures["databaseBytesInUse"] = status.databaseBytesInUse.map(Double.init)
            facts.figures["raftIndex"] = Double(status.raftIndex)
            facts.figures["raftAppliedIndex"] = status.raftAppliedIndex.map(Double.init)
            facts.figures["latencySeconds"] = latency
            facts.figures.merge(diskFigures[member.id] ?? [:]) { $1 }
        case .nothing(let error):
            facts.role = .follower
            if case .silent = error { facts.state = .unknown } else { facts.state = .failed }
            facts.stateDetail = error.description
        case nil:
            facts.state = member.name.isEmpty ? .creating : .unknown
            facts.stateDetail = member.name.isEmpty ? "added, not started yet" : "not asked: it tells no client address"
        }
        facts.quorum = quorum
        return facts
    }

    private static func address(_ url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" }
        return authority.isEmpty ? nil : String(authority)
    }
}
