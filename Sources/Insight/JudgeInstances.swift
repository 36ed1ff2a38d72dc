import Estate

/// Instances that are not well although their checks may say so, and limits that are reached.
extension Assessor {
    func judgeInstances(_ g: inout GroupDraft) {
        for view in g.members where view.drainedCount == 0 {
            if !view.ejectedAt.isEmpty {
                let detail = view.stateDetail.map { ": \($0)" } ?? ""
                let places = Say.list(view.ejectedAt.map(\.name))
                g.reasons.append(
                    Reason(
                        .degraded, "\(view.id.name) is ejected at \(places) for errors in its traffic\(detail)",
                        member: view.id))
            }
            if let ailment = view.ailment, view.isUp == true {
                g.reasons.append(
                    Reason(
                        .degraded, "\(view.id.name) takes traffic and says itself that it is not well: \(ailment)",
                        member: view.id))
            }
        }
    }

    /// Limits at which requests are turned away now.
    func judgeBreakers(_ g: inout GroupDraft, _ group: Group) {
        for s in group.sightings where freshness(s) == .fresh {
            guard let open = s.facts.breakersOpen, !open.isEmpty else { continue }
            g.reasons.append(
                Reason(.degraded, "\(s.by.name) turns requests away at its limit of \(Say.list(open))"))
        }
    }
}
