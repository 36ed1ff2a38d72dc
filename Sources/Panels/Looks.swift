import Estate
import Grid
import Insight

/// How the domain's words look: one place that says which token and which symbol each of them has.
enum Looks {
    static func token(_ verdict: Verdict) -> Token {
        switch verdict {
        case .protected: .verdictProtected
        case .atRisk: .verdictAtRisk
        case .degraded: .verdictDegraded
        case .down: .verdictDown
        case .unknown: .verdictUnknown
        }
    }

    static func sign(_ verdict: Verdict, _ glyphs: Glyphs) -> String {
        switch verdict {
        case .protected: glyphs.protected
        case .atRisk: glyphs.atRisk
        case .degraded: glyphs.degraded
        case .down: glyphs.down
        case .unknown: glyphs.unknown
        }
    }

    /// Symbol and word; the word alone where the symbol is its beginning.
    static func verdict(_ verdict: Verdict, _ glyphs: Glyphs) -> String {
        let sign = sign(verdict, glyphs)
        return verdict.word.hasPrefix(sign) ? verdict.word : sign + " " + verdict.word
    }

    /// Cells that the widest of `verdict` takes.
    static func verdictWidth(_ glyphs: Glyphs) -> Int { glyphs.isASCII ? 12 : 11 }

    static func token(_ severity: Event.Severity) -> Token {
        switch severity {
        case .notice: .eventNotice
        case .warning: .eventWarning
        case .alarm: .eventAlarm
        }
    }

    static func role(_ member: MemberAssessment) -> Token {
        if member.isLeader { return .roleLeader }
        switch member.role {
        case .leader: return .roleUnknown
        case .standbyLeader: return .roleStandbyLeader
        case .replica, .follower:
            return member.syncState == .sync || member.syncState == .quorum ? .roleSync : .roleReplica
        case .server, .balancer, .path: return .text
        case nil: return .roleUnknown
        }
    }

    static func roleSign(_ member: MemberAssessment, _ glyphs: Glyphs) -> Character {
        if member.isLeader { return glyphs.leader }
        if member.role == .standbyLeader { return glyphs.standbyLeader }
        if member.syncState == .sync || member.syncState == .quorum { return glyphs.sync }
        return glyphs.replica
    }

    static func ink(for freshness: Freshness, else token: Token) -> Ink {
        freshness == .fresh ? Ink(token) : Ink(.textStale)
    }

    /// Whether a server's check fails only because it is another's turn. The leader of a pool that follows the
    /// leader does not wait, nor does a replica where replicas serve: there a check that fails is a fault.
    static func waits(_ member: MemberAssessment, in group: GroupAssessment) -> Bool {
        guard member.isStandingBy else { return false }
        return switch group.following {
        case .leader: !member.isLeader
        case .replicas: member.isLeader
        case nil: group.serving.up > 0
        }
    }

    /// Whether all that should take traffic does: who waits for his turn is not missing.
    static func isWhole(_ group: GroupAssessment) -> Bool {
        group.serving.up == group.serving.total
            || !group.members.isEmpty && group.members.allSatisfy { $0.isUp == true || waits($0, in: group) }
    }

    static func check(_ state: CheckState?) -> Token {
        switch state {
        case .up: .checkPass
        case .goingUp, .goingDown: .checkWarn
        case .down: .checkFail
        case .unchecked, nil: .textDim
        }
    }

    /// How full something is, by the part of 1.
    static func bar(_ part: Double?) -> Token {
        guard let part else { return .barEmpty }
        return part >= 0.9 ? .barFull : part >= 0.75 ? .barWarn : .barFill
    }
}

extension Glyphs {
    var nothing: String { String(none) }
    /// Two runs of text with a dot between them.
    var separator: String { " \(dot) " }
}
