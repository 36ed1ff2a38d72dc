import Estate
import Settings
import Transport

extension PostgresAddress {
    /// Connects and authenticates, through the endpoint's bastion where it has one: certificates are proved against
    /// the far host either way. Throws `PostgresFault`, `TransportError`, or `CancellationError`.
    func open(
        _ connection: PostgresConnection, _ endpoint: Endpoint, within deadline: Span, clock: any Timekeeper
    ) async throws {
        guard endpoint.via != nil else {
            let addresses = try await NameResolver.addresses(of: host, within: deadline, clock: clock)
            try await connection.open(try parameters(addresses: addresses) { try Secret($0).resolve() })
            return
        }
        let port = try await Tunnels.shared.port(to: endpoint, clock: clock)
        do {
            let words = try parameters(addresses: ["127.0.0.1"], near: port) { try Secret($0).resolve() }
            try await connection.open(words)
        } catch let fault as PostgresFault where fault.sqlState == nil {
            // It was the bastion that ended the connection: it knows why.
            throw await Tunnels.shared.reason(endpoint, clock: clock) ?? fault
        }
    }
}
