/// How a group keeps its service up.
public enum Mode: String, Sendable, Codable, CaseIterable {
    case activeActive = "active-active"
    case activePassive = "active-passive"
    case quorum
}

/// How much the platform's owners want of a group.
public enum Tier: String, Sendable, Codable, CaseIterable {
    case critical, standard
    case bestEffort = "best-effort"
}

/// What a member does in its group, as its observer says.
public enum Role: String, Sendable, Codable, CaseIterable {
    /// Holds the lock in the consensus store (or leads the quorum).
    case leader
    case standbyLeader = "standby leader"
    case replica
    /// One of an active-active pool.
    case server
    /// A voting member of a quorum that does not lead.
    case follower
    /// A balancer process itself.
    case balancer
    /// A way through the network.
    case path
}

/// Whether a member runs.
public enum RunState: String, Sendable, Codable, CaseIterable {
    case running, starting, stopping, stopped, failed, creating, unknown
    case startFailed = "start failed"
}

/// How surely a commit waits for this member.
public enum SyncState: String, Sendable, Codable, CaseIterable {
    case async, potential, sync, quorum
}

/// What an operator made of a server in a balancer's pool.
public enum AdminState: String, Sendable, Codable, CaseIterable {
    case ready, drain, maintenance
}

/// What a balancer's health check says of a server.
public enum CheckState: String, Sendable, Codable, CaseIterable {
    case up, goingUp = "going up", goingDown = "going down", down, unchecked
}

/// A position in the write-ahead log, in bytes.
public struct LSN: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let bytes: UInt64
    public init(_ bytes: UInt64) { self.bytes = bytes }

    /// Reads PostgreSQL's `16/B374D848`; nil for anything else.
    public init?(text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16)
        else { return nil }
        bytes = UInt64(high) << 32 | UInt64(low)
    }

    public var description: String {
        String(bytes >> 32, radix: 16, uppercase: true) + "/"
            + String(bytes & 0xffff_ffff, radix: 16, uppercase: true)
    }
    public static func < (a: LSN, b: LSN) -> Bool { a.bytes < b.bytes }
    /// Bytes from `earlier` to `self`; 0 where `earlier` is ahead.
    public func distance(from earlier: LSN) -> Int64 {
        bytes > earlier.bytes ? Int64(clamping: bytes - earlier.bytes) : 0
    }
}
