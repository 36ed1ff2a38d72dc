import Estate
import Feeds
import Settings
import Transport
import Wire

/// Sentinels: reachable, let in, agreed, enough for a failover; and the servers that they name.
extension Doctor {
    func sentinels(_ group: GroupSettings, _ settings: SentinelSettings) async -> [Finding] {
        var findings: [Finding] = []
        var servers: Set<String> = []
        var leaders: Set<String> = []
        var others: Set<String> = []
        for endpoint in settings.endpoints {
            let subject = "Sentinel of \(group.id.name) \(endpoint.label)"
            do {
                let seen = try await SentinelGlance.look(
                    endpoint, master: settings.master, within: Self.replyDeadline, clock: clock)
                servers.formUnion(seen.servers)
                others.formUnion(seen.sentinels)
                if let leader = seen.leader { leaders.insert(leader) }
                if let problem = seen.problem {
                    findings.append(.warning(subject, problem, remedy: "Look at its log, and at the other Sentinels."))
                } else {
                    findings.append(.ok(subject, "\(seen.leader ?? "nobody") leads; \(seen.quorum)"))
                }
            } catch {
                findings.append(refusal(subject, error, endpoint))
            }
        }
        if leaders.count > 1 {
            findings.append(
                .fault(
                    group.id.name, "its Sentinels name different leaders: \(leaders.sorted().joined(separator: ", "))",
                    remedy: "Wait for a failover to end; if it stays, look for Sentinels of another group."))
        }
        let configured = settings.endpoints.map(\.url)
        let unknown = others.filter { address in !configured.contains { $0.hasSuffix("//" + address) } }
        if !unknown.isEmpty {
            findings.append(
                .warning(
                    group.id.name, "Sentinels that are not watched: \(unknown.sorted().joined(separator: ", "))",
                    remedy: "Add them to `endpoints:`; a majority can be told only of those that are asked."))
        }
        for address in servers.sorted() { findings.append(await redis(group, settings.redis.endpoint(address))) }
        return findings
    }

    private func redis(_ group: GroupSettings, _ endpoint: Endpoint) async -> Finding {
        let subject = "Redis of \(group.id.name) \(endpoint.label)"
        do {
            return .ok(subject, try await SentinelGlance.server(endpoint, within: Self.replyDeadline, clock: clock))
        } catch {
            return refusal(subject, error, endpoint)
        }
    }
}
