public import Estate
public import Settings

/// For libraries that connect by themselves.
extension Tunnels {
    /// A port on 127.0.0.1 in place of the endpoint's host and port. Throws `TransportError`, or `CancellationError`.
    public func port(to endpoint: Endpoint, clock: any Timekeeper) async throws -> Int {
        guard case .port(let port) = try await way(to: endpoint, .port, clock: clock) else {
            throw TransportError.badAddress(endpoint: endpoint.label, reason: "it has no port")
        }
        return port
    }

    /// Why a connection to that port ended at once, where the bastion can say it; nil: it cannot.
    public func reason(_ endpoint: Endpoint, clock: any Timekeeper) async -> TransportError? {
        let ended = TransportError.cutOff(endpoint: endpoint.label, reason: "")
        let told = await explained(ended, endpoint, clock: clock) as? TransportError
        return told == ended ? nil : told
    }
}
