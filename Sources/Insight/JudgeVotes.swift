import Estate

/// Groups whose leader is made by the votes of those who watch it, and groups that nobody watches over.
extension Assessor {
    /// Systems whose groups change their leader only by hand.
    static let unmanaged: Set<String> = ["postgres"]

    func judgeVotes(_ g: inout GroupDraft, _ group: Group) {
        guard g.serving.isServing == true else { return }
        if let manager = g.manager, Self.unmanaged.contains(manager) {
            g.survives.nodes = 0
            g.survives.sites = 0
            g.survives.limitedBy = "nothing fails over by itself"
            g.reasons.append(
                Reason(.atRisk, "no automatic failover: if the primary is lost, somebody has to promote by hand"))
            return
        }
        guard let votes = ownVotes(group) else { return }
        g.quorum = votes
        let figure = "\(votes.votersHealthy) of \(votes.votersTotal) votes, \(votes.needed) needed"
        if votes.margin < 0 || !votes.hasLeader {
            g.survives.nodes = 0
            g.survives.sites = 0
            g.survives.limitedBy = figure
            let why = votes.margin < 0 ? figure : "those who watch do not agree (\(figure))"
            g.reasons.append(Reason(.atRisk, "no automatic failover: \(why)", figure: figure))
        } else if votes.margin == 0, votes.votersTotal > 1 {
            g.survives.nodes = 0
            g.survives.limitedBy = figure
            g.reasons.append(
                Reason(.atRisk, "no automatic failover after one more watcher is lost: \(figure)", figure: figure))
        }
    }

    /// What the best placed of those who vote sees. One that is cut off sees itself alone, and the others do not.
    private func ownVotes(_ group: Group) -> GroupQuorum? {
        group.sightings.filter { freshness($0) == .fresh }.compactMap(\.facts.quorum)
            .max { ($0.hasLeader ? 1 : 0, $0.votersHealthy) < ($1.hasLeader ? 1 : 0, $1.votersHealthy) }
    }
}
