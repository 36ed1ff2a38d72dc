import Estate
import Insight

/// The layers under and around the groups of the scene: backups, paths, edge, disks.
extension Scene {
    mutating func plan(_ group: GroupID, _ change: (inout GroupPlan) -> Void) {
        reform { platform in
            for i in platform.groups.indices where platform.groups[i].id == group { change(&platform.groups[i]) }
        }
    }

    /// A full backup so many hours ago, an incremental one, both also off-site, log archived a minute ago.
    func goodBackups(full: Double = 20, incremental: Double = 2) -> BackupFacts {
        var facts = BackupFacts()
        facts.repositories = [
            BackupRepository(name: "near", isOffSite: false, isOK: true),
            BackupRepository(name: "away", isOffSite: true, isOK: true),
        ]
        for repository in ["near", "away"] {
            for (kind, hours) in [(Backup.Kind.full, full), (.incremental, incremental)] {
                let end = now - .seconds(hours * 3600)
                var backup = Backup(
                    label: "\(kind)-\(repository)", kind: kind, startedAt: end - .seconds(600), endedAt: end)
                backup.repository = repository
                facts.backups.append(backup)
            }
        }
        facts.backups.sort { $0.endedAt < $1.endedAt }
        facts.missingSegments = 0
        facts.lastArchivedAt = now - .seconds(60)
        facts.restoreTestedAt = now - .seconds(86_400)
        return facts
    }

    mutating func backups(_ facts: BackupFacts, by name: String = "backup-1") {
        let source = SourceID("backups", name)
        status(source, .live)
        var group = GroupFacts()
        group.backups = facts
        say(source, .group(Scene.db, group))
    }

    mutating func path(
        _ name: String, isUp: Bool? = true, provider: String? = nil, from observer: String = "here",
        _ change: (inout PathFacts) -> Void = { _ in }
    ) {
        let source = SourceID("probe", observer)
        status(source, .live)
        var facts = MemberFacts()
        facts.role = .path
        facts.path = PathFacts()
        facts.path?.provider = provider ?? name
        facts.path?.isUp = isUp
        facts.path?.loss = 0
        facts.path?.latencySeconds = 0.012
        if var path = facts.path {
            change(&path)
            facts.path = path
        }
        say(source, .member(MemberID(GroupID("net"), name), facts))
    }

    mutating func edge(at balancer: String = "lb-1", _ change: (inout EdgeFacts) -> Void) {
        for i in 0..<3 { server("s\(i)", .up, node: i, at: balancer) }
        var facts = GroupFacts()
        facts.poolServing = true
        var edge = EdgeFacts()
        change(&edge)
        facts.edge = edge
        say(SourceID("haproxy", balancer), .group(GroupID("api"), facts))
    }

    mutating func host(_ name: String, _ change: (inout NodeFacts) -> Void) {
        let source = SourceID("node", name)
        status(source, .live)
        var facts = NodeFacts()
        change(&facts)
        say(source, .node(NodeID(name), facts))
    }
}
