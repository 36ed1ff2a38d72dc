/// PostgreSQL servers that replicate by streaming and that nothing manages.
public struct StreamingSettings: Sendable, Equatable {
    /// Servers to begin from, `host:port`; standbys and primaries that they name are asked as well.
    public var hosts: [String]
    public var postgres: PostgresSettings
    /// A program that fences a server: a line with its name and address on standard input, and status 0 once it
    /// cannot write any more. Empty: there is none.
    public var fence: [String] = []

    public init(hosts: [String], postgres: PostgresSettings) {
        self.hosts = hosts
        self.postgres = postgres
    }

    /// What the fence is called, without its folder and arguments; nil: there is none.
    public var fenceLabel: String? { fence.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } }
}
