/// What the configuration says of the platform: the frame that observations fill.
public struct Platform: Sendable, Equatable {
    public var name: String
    public var sites: [Site]
    public var nodes: [Node]
    public var groups: [GroupPlan]

    public init(name: String, sites: [Site] = [], nodes: [Node] = [], groups: [GroupPlan] = []) {
        self.name = name
        self.sites = sites
        self.nodes = nodes
        self.groups = groups
    }

    /// The node that has this address (`host` or `host:port`), as configured.
    public func node(at address: String) -> Node? {
        let host = address.last == "]" ? Substring(address) : address.prefix { $0 != ":" }
        return nodes.first { $0.addresses.contains { $0 == host } || $0.id.name == host }
    }
}

public struct Site: Sendable, Equatable {
    public var id: SiteID
    public init(_ id: SiteID) { self.id = id }
}

public struct Node: Sendable, Equatable {
    public var id: NodeID
    public var site: SiteID?
    public var addresses: [String]
    public init(_ id: NodeID, site: SiteID? = nil, addresses: [String] = []) {
        self.id = id
        self.site = site
        self.addresses = addresses
    }
}

/// What a group's owners want of it.
public struct GroupPlan: Sendable, Equatable {
    public var id: GroupID
    public var tier: Tier
    public var mode: Mode
    public var rto: Span?
    /// Bytes that may be lost at most; nil: not stated.
    public var rpoBytes: Int64?
    /// The quorum group whose store this group's automation depends on, where stated.
    public var store: GroupID?
    /// The loss of a whole site has to be survived too.
    public var survivesSite = false
    /// What its backups have to be; nil: it needs none.
    public var backups: BackupPolicy?
    public init(_ id: GroupID, tier: Tier = .standard, mode: Mode = .activeActive) {
        self.id = id
        self.tier = tier
        self.mode = mode
    }
}

/// What a group's backups have to be.
public struct BackupPolicy: Sendable, Equatable {
    /// The newest full backup may be this old.
    public var fullAgeMax: Span
    /// The newest backup of any kind may be this old.
    public var anyAgeMax: Span
    public var needsOffSite: Bool
    /// A restore must have been tried this recently; nil: not asked for.
    public var restoreTestAgeMax: Span?
    public init(
        fullAgeMax: Span = .seconds(26 * 3600), anyAgeMax: Span = .seconds(7 * 3600), needsOffSite: Bool = true,
        restoreTestAgeMax: Span? = nil
    ) {
        self.fullAgeMax = fullAgeMax
        self.anyAgeMax = anyAgeMax
        self.needsOffSite = needsOffSite
        self.restoreTestAgeMax = restoreTestAgeMax
    }
}
