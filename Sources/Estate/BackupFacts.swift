/// How the backups of one group stand, as one observer of its repositories says.
public struct BackupFacts: Equatable, Sendable, Codable {
    /// Where copies are kept, in the tool's own order.
    public var repositories: [BackupRepository] = []
    /// Oldest first. An observer may list only the newest of each kind.
    public var backups: [Backup] = []
    /// Running now; nil: nothing runs, or it cannot be seen.
    public var running: RunningBackup?
    /// Segments of write-ahead log missing between the oldest backup and now; nil: not checked.
    public var missingSegments: Int?
    /// The newest segment that reached a repository did so then.
    public var lastArchivedAt: Timestamp?
    /// When a backup was last restored somewhere and found good; nil: never, as far as known.
    public var restoreTestedAt: Timestamp?
    /// What went wrong last, in the tool's words.
    public var problem: String?
    public init() {}

    /// The newest complete backup of this kind, without error.
    public func newest(_ kind: Backup.Kind) -> Backup? {
        backups.last { $0.kind == kind && !$0.hasError }
    }
    /// The newest complete backup of any kind, without error.
    public var newest: Backup? { backups.last { !$0.hasError } }
}

/// One place that holds copies.
public struct BackupRepository: Equatable, Sendable, Codable {
    public var name: String
    /// Where it is: a site of the platform, or a name of somewhere else.
    public var site: SiteID?
    /// Outlives the loss of every site that holds the data itself.
    public var isOffSite: Bool
    public var isOK: Bool?
    public var bytes: Int64?
    public init(name: String, site: SiteID? = nil, isOffSite: Bool, isOK: Bool? = nil, bytes: Int64? = nil) {
        self.name = name
        self.site = site
        self.isOffSite = isOffSite
        self.isOK = isOK
        self.bytes = bytes
    }
}

/// One finished backup.
public struct Backup: Equatable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case full, differential, incremental
    }
    public var label: String
    public var kind: Kind
    public var startedAt: Timestamp
    public var endedAt: Timestamp
    /// Of the database as it would be restored.
    public var databaseBytes: Int64?
    /// What this backup added to the repository.
    public var storedBytes: Int64?
    /// Name of the repository that has it.
    public var repository: String?
    public var hasError: Bool
    public init(label: String, kind: Kind, startedAt: Timestamp, endedAt: Timestamp, hasError: Bool = false) {
        self.label = label
        self.kind = kind
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.hasError = hasError
    }
}

/// A backup under way.
public struct RunningBackup: Equatable, Sendable, Codable {
    /// nil: not told.
    public var kind: Backup.Kind?
    public var startedAt: Timestamp?
    /// 0…1; nil: not told.
    public var progress: Double?
    public init(kind: Backup.Kind?, startedAt: Timestamp? = nil, progress: Double? = nil) {
        self.kind = kind
        self.startedAt = startedAt
        self.progress = progress
    }
}
