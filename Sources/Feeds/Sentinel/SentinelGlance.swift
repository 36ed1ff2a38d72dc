public import Estate
public import Settings
import Wire

/// One look at a Sentinel, or at a server that it names, for whoever checks a configuration.
public struct SentinelGlance: Sendable {
    /// `host:port`.
    public let leader: String?
    public let servers: [String]
    public let sentinels: [String]
    /// What it says of the quorum, in its words.
    public let quorum: String
    /// What stands in the way of a failover.
    public let problem: String?

    /// Throws `TransportError`, `WireError`, `FeedError` or `CancellationError`.
    public static func look(
        _ endpoint: Endpoint, master: String, within deadline: Span, clock: any Timekeeper
    ) async throws -> SentinelGlance {
        let answers = try await ask(endpoint, SentinelReading.questions(master), deadline, clock)
        let reading = try SentinelReading(answers)
        let problem =
            reading.isTilted
            ? "it is in TILT: its clock jumped" : reading.quorum.isReached ? nil : reading.quorum.words
        return SentinelGlance(
            leader: reading.master.address,
            servers: ([reading.master] + reading.replicas).compactMap(\.address),
            sentinels: reading.sentinels.compactMap(\.address), quorum: reading.quorum.words, problem: problem)
    }

    /// A line on a Redis server. Throws as `look` does.
    public static func server(
        _ endpoint: Endpoint, within deadline: Span, clock: any Timekeeper
    ) async throws -> String {
        let answers = try await ask(endpoint, [["INFO", "server"], ["INFO", "replication"]], deadline, clock)
        let (server, replication) = (try RedisInfo(answers[0]), try RedisInfo(answers[1]))
        let role = replication["role"] == "master" ? "leads" : "follows"
        return "Redis \(server["redis_version"] ?? "of an unknown version"), \(role)"
    }

    private static func ask(
        _ endpoint: Endpoint, _ questions: [[String]], _ deadline: Span, _ clock: any Timekeeper
    ) async throws -> [RESPValue] {
        let link = try await RedisLink.open(endpoint, within: deadline, clock: clock)
        do {
            let answers = try await link.ask(questions, within: deadline, clock: clock)
            await link.close()
            for case .error(let words) in answers where !words.hasPrefix("NOQUORUM") { throw link.refused(words) }
            return answers
        } catch {
            await link.close()
            throw error
        }
    }
}
