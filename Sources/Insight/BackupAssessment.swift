public import Estate

/// How the backups of a group stand, by its policy.
public struct BackupAssessment: Sendable, Equatable {
    /// What all observers together tell.
    public let facts: BackupFacts
    /// nil: nobody stated what they have to be, and so they are not judged.
    public let policy: BackupPolicy?
    /// Who told, and when last.
    public let by: [SourceID]
    public let at: Timestamp
    /// None of the observers is fresh; ages go on growing all the same.
    public let isStale: Bool
    public let lastFull: Backup?
    public let lastIncremental: Backup?
    /// The newest of any kind.
    public let last: Backup?
    /// Since the end of each; nil: there is none.
    public let fullAge: Span?
    public let anyAge: Span?
    /// Since the newest segment of log reached a repository.
    public let archiveAge: Span?
    /// nil: never, as far as known.
    public let restoreTestAge: Span?
    public let offSite: OffSite
    /// The worst of what the policy finds; `.protected` where there is none.
    public internal(set) var verdict = Verdict.protected
    /// Why, worst first.
    public internal(set) var reasons: [Reason] = []

    /// Whether a copy outlives the loss of every site that holds the data.
    public enum OffSite: Sendable, Equatable {
        /// No repository is off-site.
        case none
        /// One is, and it fails.
        case failing(String)
        /// One is; the newest backup in it is so old, where the backups name their repository.
        case held(name: String, age: Span?)
    }

    init(_ sightings: [Sighting<GroupFacts>], policy: BackupPolicy?, isStale: Bool, now: Timestamp) {
        let facts = Self.merged(sightings.compactMap(\.facts.backups))
        self.facts = facts
        self.policy = policy
        self.isStale = isStale
        by = sightings.map(\.by).sorted()
        at = sightings.map(\.at).max() ?? .zero
        let good = facts.backups.filter { !$0.hasError }
        func age(_ then: Timestamp?) -> Span? { then.map { max(now - $0, .zero) } }
        lastFull = good.last { $0.kind == .full }
        lastIncremental = good.last { $0.kind != .full }
        last = good.last
        fullAge = age(lastFull?.endedAt)
        anyAge = age(last?.endedAt)
        archiveAge = age(facts.lastArchivedAt)
        restoreTestAge = age(facts.restoreTestedAt)
        offSite = Self.offSite(facts, good, now)
    }

    /// Each observer may see one repository of several.
    private static func merged(_ all: [BackupFacts]) -> BackupFacts {
        guard var facts = all.first else { return BackupFacts() }
        for more in all.dropFirst() {
            for repository in more.repositories
            where !facts.repositories.contains(where: { $0.name == repository.name }) {
                facts.repositories.append(repository)
            }
            for backup in more.backups
            where !facts.backups.contains(where: { $0.label == backup.label && $0.repository == backup.repository }) {
                facts.backups.append(backup)
            }
            facts.running = facts.running ?? more.running
            facts.missingSegments = [facts.missingSegments, more.missingSegments].compactMap { $0 }.max()
            facts.lastArchivedAt = [facts.lastArchivedAt, more.lastArchivedAt].compactMap { $0 }.max()
            facts.restoreTestedAt = [facts.restoreTestedAt, more.restoreTestedAt].compactMap { $0 }.max()
            facts.problem = facts.problem ?? more.problem
        }
        facts.backups.sort { $0.endedAt < $1.endedAt }
        return facts
    }

    private static func offSite(_ facts: BackupFacts, _ good: [Backup], _ now: Timestamp) -> OffSite {
        let away = facts.repositories.filter(\.isOffSite)
        guard let first = away.first else { return .none }
        let sound = away.filter { $0.isOK != false }
        guard !sound.isEmpty else { return .failing(first.name) }
        let newest = good.filter { backup in sound.contains { $0.name == backup.repository } }
            .max { $0.endedAt < $1.endedAt }
        guard let newest else {
            let isNamed = good.contains { $0.repository != nil }
            // They name their repositories, and none of them is there.
            return isNamed ? .failing(sound[0].name) : .held(name: sound[0].name, age: nil)
        }
        return .held(name: newest.repository ?? sound[0].name, age: max(now - newest.endedAt, .zero))
    }
}
