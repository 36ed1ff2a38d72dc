public import Estate
public import Insight

/// `pitboss status` for people.
public enum StatusText {
    public static func lines(_ snapshot: Snapshot, _ assessment: Assessment) -> [String] {
        let report = StatusReport(snapshot, assessment)
        var out = [
            "\(report.platform)  \(report.verdict)  \(report.headline)",
            "\(report.sourcesLive) of \(report.sourcesTotal) sources live, \(report.at)",
        ]
        for group in report.groups { out += lines(group) }
        let troubled = report.sources.filter { $0.state != "live" }
        if !troubled.isEmpty {
            out += ["", "sources that are not live"]
            out += Columns.text(troubled.map { [$0.source, $0.state, $0.problem ?? ""] }, indent: "  ")
        }
        return out
    }

    private static func lines(_ group: StatusReport.GroupLine) -> [String] {
        var facts = ["serving \(group.serving)"]
        if let leader = group.leader { facts.append("leader \(leader)") }
        if let timeline = group.timeline { facts.append("timeline \(timeline)") }
        facts.append(survives(group))
        if let bytes = group.dataAtRiskBytes { facts.append("at risk \(Amount.bytes(bytes))") }
        if group.isPaused { facts.append("PAUSED") }
        var out = ["", "\(group.name)  \(group.verdict)  \(facts.joined(separator: ", "))"]
        if let lease = group.lease { out.append("  \(lease.line)") }
        out += group.offers.map { "  waits for approval: \($0.line)" }
        out += group.reasons.map { "  \($0.verdict): \($0.text)" }
        out += group.disagreements.map { "  observers disagree: \($0)" }
        let head = ["member", "node", "role", "state", "sync", "lag", "sessions", ""]
        let rows = group.members.map { member in
            [
                member.name, member.node ?? Amount.unknown,
                (member.role ?? Amount.unknown) + (member.isLeader ? "*" : ""), member.state ?? Amount.unknown,
                member.syncState ?? "", lag(member), Amount.count(member.sessions), remarks(member),
            ]
        }
        return out + Columns.text([head] + rows, indent: "  ")
    }

    private static func survives(_ group: StatusReport.GroupLine) -> String {
        guard let nodes = group.survivesNodes else { return "survives unknown" }
        return "survives \(nodes) \(nodes == 1 ? "node" : "nodes")"
    }

    private static func lag(_ member: StatusReport.MemberLine) -> String {
        guard let bytes = member.replayLagBytes ?? member.receiveLagBytes else { return "" }
        guard let seconds = member.replayLagSeconds else { return Amount.bytes(bytes) }
        return "\(Amount.bytes(bytes)), \(Amount.seconds(seconds))"
    }

    private static func remarks(_ member: StatusReport.MemberLine) -> String {
        var list: [String] = []
        if member.isUp == false { list.append("not up") }
        if !member.drainedAt.isEmpty { list.append("drained at \(member.drainedAt.joined(separator: ", "))") }
        if member.freshness != "fresh" { list.append(member.freshness) }
        return list.joined(separator: ", ")
    }
}
