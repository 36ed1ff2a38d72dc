/// A failure domain of its own: data centre, region, zone.
public struct SiteID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { name }
    public static func < (a: Self, b: Self) -> Bool { a.name < b.name }
}

/// A host.
public struct NodeID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { name }
    public static func < (a: Self, b: Self) -> Bool { a.name < b.name }
}

/// A set of interchangeable instances that keep one service up.
public struct GroupID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { name }
    public static func < (a: Self, b: Self) -> Bool { a.name < b.name }
}

/// One instance of a group. Its name is unique within the group only.
public struct MemberID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let group: GroupID
    public let name: String
    public init(_ group: GroupID, _ name: String) {
        self.group = group
        self.name = name
    }
    public var description: String { "\(group.name)/\(name)" }
    public static func < (a: Self, b: Self) -> Bool { (a.group, a.name) < (b.group, b.name) }
}

/// Who observed something: one subscription to one endpoint, e.g. `etcd:wallet-db`, `sql:wallet-db/pg-ams-1`,
/// `haproxy:lb-1`, `patroni:wallet-db/pg-ams-1`, `node:node-ams`.
public struct SourceID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// What kind of system answered: `etcd`, `patroni`, `sql`, `haproxy`, `node`; a word for people.
    public let system: String
    public let name: String
    public init(_ system: String, _ name: String) {
        self.system = system
        self.name = name
    }
    public var description: String { "\(system):\(name)" }
    public static func < (a: Self, b: Self) -> Bool { (a.system, a.name) < (b.system, b.name) }
}
