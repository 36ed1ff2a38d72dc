public import Estate

/// A site where nothing answers any more: one cause, to be told before its many effects.
public struct DarkSite: Sendable, Equatable {
    public let id: SiteID
    public let nodes: Int
    public let members: Int
    public let groups: Int

    /// One node that is gone is a node, not a site.
    static let nodesMin = 2
}

extension Assessment {
    /// Sites whose members, on two nodes at least, were all seen once and none of which is up for anybody, while some
    /// elsewhere are. By name.
    public var darkSites: [DarkSite] { memo.darkSites(findDarkSites) }

    private struct Tally {
        var nodes: Set<NodeID> = []
        var groups: Set<GroupID> = []
        var members = 0
    }

    private func findDarkSites() -> [DarkSite] {
        var lit: Set<SiteID> = []
        var dark: [SiteID: Tally] = [:]
        for member in groups.lazy.flatMap(\.members) {
            guard let site = member.site, !lit.contains(site) else { continue }
            if member.isUp == true {
                lit.insert(site)
                continue
            }
            // What was taken out by an operator, or never seen, tells nothing of its site.
            guard let node = member.node, member.observedAt != nil, !member.isDrained else { continue }
            dark[site, default: Tally()].nodes.insert(node)
            dark[site, default: Tally()].groups.insert(member.id.group)
            dark[site, default: Tally()].members += 1
        }
        guard !lit.isEmpty else { return [] }
        return dark.filter { !lit.contains($0.key) && $0.value.nodes.count >= DarkSite.nodesMin }
            .map { DarkSite(id: $0, nodes: $1.nodes.count, members: $1.members, groups: $1.groups.count) }
            .sorted { $0.id < $1.id }
    }
}
