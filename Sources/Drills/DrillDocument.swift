/// A drill's report as Markdown.
public enum DrillDocument {
    /// - Parameter at: when it began, RFC 3339.
    public static func markdown(_ result: DrillResult, at: String) -> String {
        var out = [
            "# Drill: \(result.scenario)", "", "\(result.headline).", "",
            "- began: \(at)", "- ground: \(result.ground)", "- fault: \(result.fault)",
            "- put back: \(result.isPutBack ? "yes, every group has the verdict that it had before" : "NO")", "",
            "| group | detected | leader lost | elected | promoted | writes back | outage | RTO | worst | recovered |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for group in result.groups {
            let rto = group.rtoSeconds.map { limit in
                let word = group.isWithinRTO.map { $0 ? "kept" : "MISSED" } ?? "no outage seen"
                return "\(Tenths.text(limit)) s: \(word)"
            }
            let cells = [
                group.group, seconds(group.detectedSeconds), seconds(group.leaderLostSeconds),
                seconds(group.electedSeconds), seconds(group.promotedSeconds), seconds(group.writesBackSeconds),
                seconds(group.outageSeconds), rto ?? "none", group.worstVerdict, seconds(group.recoveredSeconds),
            ]
            out.append("| \(cells.joined(separator: " | ")) |")
        }
        out += ["", "Seconds after the fault; – was not seen."]
        if let clients = result.clients {
            let lost = clients.commitsLost.map { "\($0)" } ?? "not known"
            out += [
                "", "## Clients", "", "- commits acknowledged: \(clients.commitsAcknowledged), lost: \(lost)",
                "- longest time without a commit: \(Tenths.text(clients.longestGapSeconds)) s",
                "- requests answered: \(clients.requestsAnswered), failed: \(clients.requestsFailed)",
            ]
        }
        out += ["", "## Course", ""] + result.course.map { "- \($0)" }
        return out.joined(separator: "\n") + "\n"
    }

    private static func seconds(_ value: Double?) -> String { value.map { "\(Tenths.text($0)) s" } ?? "–" }
}
