public import Estate

/// What `pgbackrest` is asked of one group.
public struct PgBackRestSettings: Sendable, Equatable {
    public var stanza: String
    /// The program and what comes before the stanza: `pgbackrest`, or `ssh backup-1 pgbackrest`.
    public var command: [String]
    public var every: Span
    /// How often the archived log is looked over for gaps; nil: never.
    public var archiveEvery: Span?
    public var repositories: [RepositorySettings]
    public var restoreTest: RestoreTestSettings?

    public static let everyDefault = Span.seconds(60)
    public static let archiveEveryDefault = Span.seconds(900)
    public static let commandDefault = ["pgbackrest"]

    public init(
        stanza: String, command: [String] = PgBackRestSettings.commandDefault,
        every: Span = PgBackRestSettings.everyDefault,
        archiveEvery: Span? = PgBackRestSettings.archiveEveryDefault, repositories: [RepositorySettings] = [],
        restoreTest: RestoreTestSettings? = nil
    ) {
        self.stanza = stanza
        self.command = command
        self.every = every
        self.archiveEvery = archiveEvery
        self.repositories = repositories
        self.restoreTest = restoreTest
    }
}

/// Where one repository is, which the tool does not know.
public struct RepositorySettings: Sendable, Equatable {
    /// As in `repo1-path`: 1.
    public var key: Int
    public var name: String?
    public var site: SiteID?
    public var isOffSite: Bool
    public init(key: Int, name: String? = nil, site: SiteID? = nil, isOffSite: Bool = false) {
        self.key = key
        self.name = name
        self.site = site
        self.isOffSite = isOffSite
    }
}

/// What tells when a restore was last tested.
public enum RestoreTestSettings: Sendable, Equatable {
    /// A file that a test writes when it succeeds: the moment in its first line, or else when it was last written.
    case file(String)
    /// A program that prints the moment, and exits with 0.
    case command([String])
}

/// What every group of a tier has to have, unless it says otherwise itself.
public struct TierSettings: Sendable, Equatable {
    public var survivesSite: Bool?
    public var backups: BackupPolicy?
    public init(survivesSite: Bool? = nil, backups: BackupPolicy? = nil) {
        self.survivesSite = survivesSite
        self.backups = backups
    }
}
