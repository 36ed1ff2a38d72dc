public import Estate
public import Settings
import Transport
import Wire

/// Finds the Patroni scopes that an etcd cluster holds.
public enum EtcdDiscovery {
    /// Most keys below the namespace that are looked through.
    public static let keysMax: Int64 = 50_000

    /// The scopes below `namespace`, sorted, asked of each endpoint in turn until one answers.
    /// Throws `FeedError` of the last one tried, or `CancellationError`.
    public static func scopes(
        namespace: String = PatroniSettings.namespaceDefault, endpoints: [Endpoint], clock: any Timekeeper,
        within deadline: Span
    ) async throws -> [String] {
        let link = EtcdLink(clock: clock)
        var last = FeedError.unusable(reason: "no etcd endpoint is given")
        for endpoint in endpoints {
            do {
                let prefix = PatroniKey.namespacePrefix(namespace)
                let reply = try await link.ask(
                    .range(prefix: prefix, limit: keysMax, keysOnly: true), at: endpoint, within: deadline)
                let range = try EtcdRange(parsing: reply.body)
                await link.close()
                return PatroniKey.scopes(ofPaths: range.keyValues.map(\.key), namespace: namespace)
            } catch {
                if Task.isCancelled {
                    await link.close()
                    throw CancellationError()
                }
                last = FeedError(error, endpoint: endpoint.label)
            }
        }
        await link.close()
        throw last
    }
}
