/// The answer to `show info`: the balancer's own process.
public struct HAProxyInfo: Hashable, Sendable {
    /// Every line, by its name. Versions differ in what they have.
    public let values: [String: String]

    private static let format = "HAProxy show info"
    /// More lines than any version has.
    public static let linesMax = 1024

    /// - Throws: ``HAProxyRefusal`` when the balancer refused, ``WireError`` when this is no such answer.
    public init(_ bytes: ArraySlice<UInt8>) throws {
        if let refusal = HAProxyReply.refusal(bytes, unlessStartsWith: "Name:") { throw refusal }
        var values: [String: String] = [:]
        for line in bytes.split(separator: 0x0A).prefix(Self.linesMax) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            values[name] = String(decoding: value.last == 0x0D ? value.dropLast() : value, as: UTF8.self)
        }
        self.values = values
        guard pid != nil else {
            throw WireError.missing(format: Self.format, field: "Pid", bytes: Escaped.text(bytes))
        }
    }

    /// A line as a whole number.
    public func int(_ name: String) -> Int? { values[name].flatMap { Int($0) } }

    public var version: String? { values["Version"] }
    /// Changes with every reload and restart.
    public var pid: Int? { int("Pid") }
    public var uptimeSeconds: Int? { int("Uptime_sec") }
    /// Seconds since 1970, from version 2.5 on.
    public var startedAtSeconds: Int? { int("Start_time_sec") }
    public var connections: Int? { int("CurrConns") }
    public var connectionsMax: Int? { int("Maxconn") }
    public var connectionsTotal: Int? { int("CumConns") }
    public var connectionRate: Int? { int("ConnRate") }
    public var requestsTotal: Int? { int("CumReq") }
    public var idlePercent: Int? { int("Idle_pct") }
    /// The host's name as the balancer knows it, or `node` of its configuration.
    public var host: String? { values["node"] }
    public var threads: Int? { int("Nbthread") }
    /// The process is a former one that only finishes its sessions.
    public var isStopping: Bool { int("Stopping") == 1 }
}
