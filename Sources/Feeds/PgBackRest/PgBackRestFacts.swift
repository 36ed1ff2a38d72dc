import Estate
import Settings
import Wire

/// Turns what pgBackRest says into what this observer tells of a group's backups. Pure: answers and times in.
struct PgBackRestFacts: Sendable {
    /// The newest backups that are told.
    static let backupsMax = 64

    private let settings: PgBackRestSettings
    /// The newest segment that each repository was seen to have, and when it came.
    private var newest: [Int: String] = [:]
    private var archivedAt: Timestamp?
    /// Of the last look over the log.
    private var missing: Int?
    var restoreTestedAt: Timestamp?

    init(_ settings: PgBackRestSettings) { self.settings = settings }

    mutating func take(_ stanza: PgBackRestStanza, at now: Timestamp) -> GroupFacts {
        observeArchive(stanza, at: now)
        var facts = BackupFacts()
        facts.repositories = stanza.repositories.map { repository($0, stanza) }
        facts.backups = stanza.backups.suffix(Self.backupsMax).compactMap(backup)
        if stanza.isRunning {
            facts.running = RunningBackup(
                kind: nil,
                progress: stanza.runningBytes.map { min(max(Double($0.complete) / Double($0.total), 0), 1) })
        }
        facts.missingSegments = missing
        facts.lastArchivedAt = archivedAt
        facts.restoreTestedAt = restoreTestedAt
        facts.problem = problem(stanza)
        var group = GroupFacts()
        group.backups = facts
        return group
    }

    /// What a listing of the archive shows: gaps from the oldest backup's first segment on.
    mutating func take(_ listings: [PgBackRestArchiveListing], of stanza: PgBackRestStanza) {
        guard !listings.isEmpty else { return }
        let first = stanza.backups.compactMap(\.firstSegment).min { $0.dropFirst(8) < $1.dropFirst(8) }
        missing = listings.map { $0.missing(since: first) }.max()
    }

    /// The tool does not say when: it is when the newest segment was seen to change.
    private mutating func observeArchive(_ stanza: PgBackRestStanza, at now: Timestamp) {
        for archive in stanza.archives {
            guard let last = archive.lastSegment else { continue }
            let known = newest.updateValue(last, forKey: archive.repository)
            if known == last { continue }
            if known != nil {
                archivedAt = now
            } else if let backup = stanza.backups.last(where: { $0.lastSegment == last }) {
                archivedAt = max(archivedAt ?? backup.endedAt, backup.endedAt)
            }
        }
    }

    private func place(_ key: Int) -> RepositorySettings {
        settings.repositories.first { $0.key == key } ?? RepositorySettings(key: key)
    }

    private func name(_ key: Int) -> String { place(key).name ?? "repo\(key)" }

    private func repository(
        _ told: PgBackRestStanza.Repository, _ stanza: PgBackRestStanza
    ) -> BackupRepository {
        let place = place(told.key)
        let stored = stanza.backups.filter { $0.repository == told.key }.compactMap(\.storedBytes)
        return BackupRepository(
            name: name(told.key), site: place.site, isOffSite: place.isOffSite, isOK: told.status.isOK,
            bytes: stored.isEmpty ? nil : stored.reduce(0) { $0.addingReportingOverflow($1).partialValue })
    }

    private func backup(_ entry: PgBackRestStanza.Entry) -> Backup? {
        let kind: Backup.Kind
        switch entry.type {
        case "full": kind = .full
        case "diff": kind = .differential
        case "incr": kind = .incremental
        default: return nil
        }
        var made = Backup(
            label: entry.label, kind: kind, startedAt: entry.startedAt, endedAt: entry.endedAt,
            hasError: entry.hasError)
        made.databaseBytes = entry.databaseBytes
        made.storedBytes = entry.storedBytes
        made.repository = name(entry.repository)
        return made
    }

    /// What is wrong, each repository in the tool's own words.
    private func problem(_ stanza: PgBackRestStanza) -> String? {
        guard !stanza.status.isOK else { return nil }
        let failing = stanza.repositories.filter { !$0.status.isOK }
        let words = failing.map { "\(name($0.key)): \(Escaped.text($0.status.message)) (code \($0.status.code))" }
        return words.isEmpty
            ? "\(Escaped.text(stanza.status.message)) (code \(stanza.status.code))" : words.joined(separator: "; ")
    }
}
