public import Estate
public import Insight
public import Plans

/// Finds what a name on the command line means.
public struct TargetFinder: Sendable {
    /// A name that means nothing here, or too much.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case noGroup(String, known: [String])
        case noMember(String, known: [String])
        case noNode(String, known: [String])
        case several(String, [String])
        case noCandidate(String, reasons: [String])

        public var description: String {
            switch self {
            case .noGroup(let name, let known):
                return "no group is called \(SafeText.line(name)); there are: \(list(known))"
            case .noMember(let name, let known):
                return "no member is called \(SafeText.line(name)); there are: \(list(known))"
            case .noNode(let name, let known):
                return "no node is called \(SafeText.line(name)); there are: \(list(known))"
            case .several(let name, let found):
                return "\(SafeText.line(name)) is in several groups; write one of: \(list(found))"
            case .noCandidate(let group, let reasons):
                let why = reasons.isEmpty ? "it has no replica" : reasons.joined(separator: "; ")
                return "no member of \(SafeText.line(group)) can be promoted: \(SafeText.line(why))"
            }
        }

        private func list(_ names: [String]) -> String {
            names.isEmpty ? "none" : names.map(SafeText.line).joined(separator: ", ")
        }
    }

    private let assessment: Assessment

    public init(_ assessment: Assessment) { self.assessment = assessment }

    public func group(_ name: String) throws(Failure) -> GroupID {
        guard assessment.group(GroupID(name)) != nil else {
            throw .noGroup(name, known: assessment.groups.map(\.id.name).sorted())
        }
        return GroupID(name)
    }

    /// `member` where only one group has it, or `group/member`.
    public func member(_ name: String, in group: GroupID? = nil) throws(Failure) -> MemberID {
        let all = assessment.groups.filter { group == nil || $0.id == group }.flatMap(\.members).map(\.id)
        let found = all.filter { $0.name == name || $0.description == name }
        switch found.count {
        case 0: throw .noMember(name, known: all.map(\.description).sorted())
        case 1: return found[0]
        default: throw .several(name, found.map(\.description).sorted())
        }
    }

    /// `node:X`, a member, or a node by its name where no member has it.
    public func memberOrNode(_ name: String) throws(Failure) -> PlanTarget {
        if name.hasPrefix("node:") { return try node(String(name.dropFirst(5))) }
        do {
            return .member(try member(name))
        } catch {
            guard case .noMember = error, let target = try? node(name) else { throw error }
            return target
        }
    }

    private func node(_ name: String) throws(Failure) -> PlanTarget {
        let known = Set(assessment.nodes.map(\.id.name)).union(
            assessment.groups.flatMap(\.members).compactMap(\.node?.name))
        guard known.contains(name) else { throw .noNode(name, known: known.sorted()) }
        return .node(NodeID(name))
    }

    /// The member to promote when none is named: eligible, synchronous first, then the least behind.
    public func candidate(of id: GroupID) throws(Failure) -> MemberID {
        guard let group = assessment.group(id) else { return try member("", in: id) }
        let others = group.members.filter { !$0.isLeader && !$0.isPrimary && $0.role == .replica }
        let eligible = others.filter { $0.eligibility?.isEligible == true }
        guard let best = eligible.min(by: { rank($0) < rank($1) }) else {
            let reasons = others.flatMap { member in
                ((member.eligibility?.obstacles ?? []) + (member.eligibility?.doubts ?? [])).prefix(2).map {
                    "\(member.id.name): \($0)"
                }
            }
            // Where roles are not known at all, what is wrong with the whole group says why.
            let whole = others.isEmpty && group.verdict != .protected ? [group.headline] : []
            throw .noCandidate(id.name, reasons: reasons + whole)
        }
        return best.id
    }

    private func rank(_ member: MemberAssessment) -> (Int, Int64, String) {
        let isSync = member.syncState == .sync || member.syncState == .quorum
        return (isSync ? 0 : 1, member.lag.replayBytes ?? member.lag.receiveBytes ?? .max, member.id.name)
    }
}
