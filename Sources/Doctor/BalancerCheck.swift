import Estate
import Settings
import Transport
import Wire

/// HAProxy's runtime sockets and node_exporter's pages.
extension Doctor {
    func balancer(_ balancer: BalancerSettings) async -> [Finding] {
        let subject = "HAProxy \(balancer.name) \(balancer.socket.label)"
        let socket = LineSocket(balancer.socket, clock: clock)
        do {
            let reply = try await ask(socket, "show info")
            let info = try HAProxyInfo(reply.bytes[...])
            var list: [Finding] = [
                .ok(subject, "HAProxy \(info.version.map { Escaped.text($0) } ?? "?"), \(milliseconds(reply.took))")
            ]
            let level = String(decoding: try await ask(socket, "show cli level").bytes, as: UTF8.self)
            if level.contains("admin") {
                list.append(.ok(subject, "the socket has level admin"))
            } else {
                list.append(
                    .fault(
                        subject, "the socket's level is \(Escaped.text(level)): servers cannot be drained",
                        remedy: "Write `stats socket … level admin` in haproxy.cfg and reload."))
            }
            let page = try HAProxyStatPage(try await ask(socket, "show stat").bytes[...])
            return list + backends(subject, balancer.name, Set(page.lines.map(\.proxy)))
        } catch {
            let finding = refusal(subject, error, balancer.socket)
            guard balancer.socket.url.hasPrefix("unix://") else { return [finding] }
            return [
                .fault(
                    subject, finding.text,
                    remedy: "Does it exist, and may this user write to it? `stats socket … user NAME mode 600`.")
            ]
        }
    }

    private func backends(_ subject: String, _ name: String, _ known: Set<String>) -> [Finding] {
        settings.groups.compactMap { group in
            guard let pool = group.haproxy, pool.balancers.isEmpty || pool.balancers.contains(name) else { return nil }
            if known.contains(pool.backend) { return .ok(subject, "has backend \(pool.backend) of \(group.id.name)") }
            let there = known.sorted().map { Escaped.text($0) }.joined(separator: ", ")
            return .fault(
                subject, "has no backend \(pool.backend), which \(group.id.name) names",
                remedy: "Correct `backend:` (there are: \(there)), or list under `balancers:` those that have it.")
        }
    }

    private func ask(_ socket: LineSocket, _ line: String) async throws -> LineReply {
        try await socket.ask(line, within: Self.replyDeadline, replyBytesMax: Self.replyBytesMax)
    }

    func exporter(_ node: NodeSettings, _ page: Endpoint) async -> [Finding] {
        let subject = "node_exporter \(node.id.name) \(page.label)"
        do {
            let (base, path) = Self.split(page)
            let hasLogin = page.username != nil && page.password != nil
            let reply = try await send(HTTPRequest("GET", path, authorization: hasLogin ? .basic : .none), base)
            guard reply.status == 200 else {
                return [
                    .fault(
                        subject, "HTTP status \(reply.status)",
                        remedy: reply.status == 401
                            ? "Give `node_exporter:` url, username and password." : "Check the path: usually /metrics.")
                ]
            }
            // Halfway through the answer is as near as we get to when it was read there.
            let middle = clock.now() - reply.took * 0.5
            let samples = PrometheusPage(reply.body).samples
            guard let time = samples.first(where: { $0.name == "node_time_seconds" }) else {
                return [
                    .fault(
                        subject, "a page without node_time_seconds (\(samples.count) samples)",
                        remedy: "Is it node_exporter? Switch its `time` collector on.")
                ]
            }
            return [
                .ok(subject, "\(samples.count) samples, \(milliseconds(reply.took))"),
                clockFinding(subject, seconds: time.value - middle.seconds),
            ]
        } catch {
            return [refusal(subject, error, page)]
        }
    }

    /// The service and the path of a page's address.
    static func split(_ page: Endpoint) -> (Endpoint, String) {
        let base = door(page.url)
        let path = page.url.dropFirst(base.count)
        var endpoint = page
        endpoint.url = base
        return (endpoint, path.isEmpty ? "/metrics" : String(path))
    }
}
