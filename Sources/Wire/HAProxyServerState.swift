/// Who took a server out of balancing, and how: the bits of `srv_admin_state`. Only what was forced by a command can
/// be undone by one.
public struct HAProxyAdminState: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Maintenance by command; the configuration's `disabled` sets this too, beside `configMaintenance`.
    public static let forcedMaintenance = HAProxyAdminState(rawValue: 0x01)
    /// Maintenance because a tracked server is.
    public static let inheritedMaintenance = HAProxyAdminState(rawValue: 0x02)
    /// Maintenance because the configuration says `disabled`. Stays set after a command has enabled the server.
    public static let configMaintenance = HAProxyAdminState(rawValue: 0x04)
    /// Drain by command.
    public static let forcedDrain = HAProxyAdminState(rawValue: 0x08)
    /// Drain because a tracked server is.
    public static let inheritedDrain = HAProxyAdminState(rawValue: 0x10)
    /// Maintenance because the name does not resolve.
    public static let resolutionMaintenance = HAProxyAdminState(rawValue: 0x20)
    /// The name was changed by command.
    public static let renamed = HAProxyAdminState(rawValue: 0x40)

    public var isMaintenance: Bool {
        !isDisjoint(with: [.forcedMaintenance, .inheritedMaintenance, .resolutionMaintenance])
    }
    public var isDrain: Bool { !isMaintenance && !isDisjoint(with: [.forcedDrain, .inheritedDrain]) }
    /// Set by a command at run time, hence undone by `ready`. A server that the configuration disables has its
    /// forced bit set from the start, and cannot be told from one that a command put there as well.
    public var isForcedAtRunTime: Bool {
        contains(.forcedDrain) || (contains(.forcedMaintenance) && !contains(.configMaintenance))
    }
}

/// One line of `show servers state`.
public struct HAProxyServerState: Hashable, Sendable {
    public enum Operation: Int, Sendable {
        case stopped = 0
        case starting = 1
        case running = 2
        case stopping = 3
    }

    public let backend: String
    public let server: String
    /// Nil for a server that has none yet, or listens on a socket file.
    public let address: String?
    /// The name that the address was resolved from.
    public let hostname: String?
    public let port: Int?
    public let operation: Operation?
    public let admin: HAProxyAdminState
    /// The weight in effect, and the one in the configuration.
    public let weight: Int?
    public let configWeight: Int?
    public let secondsSinceChange: Int?

    /// Reads the answer to `show servers state`.
    ///
    /// - Throws: ``HAProxyRefusal`` when the balancer refused, ``WireError`` when this is no such answer.
    public static func page(_ bytes: ArraySlice<UInt8>) throws -> [HAProxyServerState] {
        if let refusal = HAProxyReply.refusal(bytes, unlessStartsWith: "1") { throw refusal }
        let lines = bytes.split(separator: 0x0A)
        guard lines.count >= 2, lines[1].starts(with: "# ".utf8) else {
            throw WireError.malformed(
                format: format, reason: "version 1 and a header line were expected", bytes: Escaped.text(bytes))
        }
        let names = lines[1].dropFirst(2).split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        let positions = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for field in ["be_name", "srv_name", "srv_admin_state"] where positions[field] == nil {
            throw WireError.missing(format: format, field: field, bytes: Escaped.text(lines[1]))
        }
        return lines.dropFirst(2).prefix(HAProxyStatPage.linesMax).compactMap { HAProxyServerState($0, positions) }
    }

    private static let format = "HAProxy show servers state"

    private init?(_ line: ArraySlice<UInt8>, _ positions: [String: Int]) {
        let fields = line.split(separator: 0x20, omittingEmptySubsequences: false)
        func text(_ name: String) -> String? {
            guard let position = positions[name], position < fields.count else { return nil }
            let text = String(decoding: fields[position], as: UTF8.self)
            return text.isEmpty || text == "-" ? nil : text
        }
        func int(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
        guard let backend = text("be_name"), let server = text("srv_name"), let admin = int("srv_admin_state") else {
            return nil
        }
        self.backend = backend
        self.server = server
        self.admin = HAProxyAdminState(rawValue: admin)
        address = text("srv_addr")
        hostname = text("srv_fqdn")
        port = int("srv_port").flatMap { $0 > 0 ? $0 : nil }
        operation = int("srv_op_state").flatMap(Operation.init)
        weight = int("srv_uweight")
        configWeight = int("srv_iweight")
        secondsSinceChange = int("srv_time_since_last_change")
    }
}
