/// PostgreSQL servers that replicate by streaming and that nothing manages.
public struct StreamingSettings: Sendable, Equatable {
    /// Servers to begin from, `host:port`; standbys and primaries that they name are asked as well.
    public var hosts: [String]
    public var postgres: PostgresSettings

    public init(hosts: [String], postgres: PostgresSettings) {
        self.hosts = hosts
        self.postgres = postgres
    }
}
