import Estate
import Feeds
import Settings
import Transport
import Wire

/// A Patroni cluster: its scope in etcd, each member's REST door and PostgreSQL server.
extension Doctor {
    func scope(_ group: GroupSettings, _ patroni: PatroniSettings) async -> [Finding] {
        let subject = "scope \(patroni.namespace)\(patroni.scope)"
        var findings: [Finding] = []
        var members: [PatroniMember] = []
        if !patroni.etcd.isEmpty {
            do {
                members = try await self.members(patroni)
                findings.append(
                    members.isEmpty
                        ? await absent(subject, patroni) : .ok(subject, "\(members.count) members in etcd"))
            } catch {
                findings.append(refusal(subject, error, patroni.etcd[0]))
            }
        }
        var doors = members.compactMap { member in member.apiURL.map { (member.name, Self.door($0)) } }
        doors += patroni.rest.endpoints.map { ($0, $0) }
        var checks: [Examination] = doors.map { name, url in
            { [self] in await rest("\(group.id.name)/\(name)", patroni.restEndpoint(url), patroni) }
        }
        if let postgres = patroni.postgres {
            for member in members {
                guard let address = member.postgresAddress else { continue }
                let host = address.host.contains(":") ? "[\(address.host)]" : address.host
                let id = MemberID(group.id, member.name)
                let endpoint = postgres.endpoint("\(host):\(address.port)")
                checks.append { [self] in [await sql(id, endpoint)] }
            }
        }
        return findings + (await all(checks))
    }

    /// `http://host:8008` of `http://host:8008/patroni`.
    static func door(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        return String(url[..<scheme.upperBound]) + url[scheme.upperBound...].prefix { $0 != "/" }
    }

    /// The members as the first endpoint that answers has them.
    private func members(_ patroni: PatroniSettings) async throws -> [PatroniMember] {
        let prefix = PatroniKey.prefix(namespace: patroni.namespace, scope: patroni.scope) + "members/"
        var last: any Error = FeedError.unusable(reason: "no etcd endpoint is named")
        for endpoint in patroni.etcd {
            do {
                let reply = try await askEtcd(.range(prefix: prefix), endpoint)
                let range = try EtcdRange(parsing: reply.body)
                return range.keyValues.compactMap { pair in
                    try? PatroniMember(name: String(pair.key.dropFirst(prefix.count)), parsing: pair.value)
                }
            } catch {
                last = error
            }
        }
        throw last
    }

    /// The scope has no members: which scopes are there?
    private func absent(_ subject: String, _ patroni: PatroniSettings) async -> Finding {
        let known = try? await EtcdDiscovery.scopes(
            namespace: patroni.namespace, endpoints: patroni.etcd, clock: clock, within: Self.replyDeadline)
        let there = (known ?? []).map { Escaped.text($0) }.joined(separator: ", ")
        return .fault(
            subject, "no member is registered",
            remedy: there.isEmpty
                ? "Check `namespace:`; nothing is below it. Does Patroni run, and on this etcd?"
                : "Check `scope:`; there are: \(there).")
    }

    /// The REST door: reachable, of this scope, and open for commands.
    private func rest(_ name: String, _ endpoint: Endpoint, _ patroni: PatroniSettings) async -> [Finding] {
        let subject = "REST \(Escaped.text(name)) \(Escaped.text(endpoint.label))"
        do {
            let reply = try await send(HTTPRequest("GET", "/patroni"), endpoint)
            let node = try PatroniNode(parsing: reply.body)
            if let scope = node.scope, scope != patroni.scope {
                return [
                    .fault(
                        subject, "belongs to scope \(Escaped.text(scope))", remedy: "Correct `scope:` or the address.")
                ]
            }
            let about = "Patroni \(node.version.map { Escaped.text($0) } ?? "?"), \(Escaped.text(node.state))"
            return [.ok(subject, "\(about), \(milliseconds(reply.took))")] + clockByDate(subject, reply)
                + [try await commands(subject, endpoint)]
        } catch {
            return [refusal(subject, error, endpoint)]
        }
    }

    /// Sends a change of the configuration that changes nothing: an empty object, which Patroni turns down with 400
    /// after it has looked at the credentials.
    private func commands(_ subject: String, _ endpoint: Endpoint) async throws -> Finding {
        let hasLogin = endpoint.username != nil && endpoint.password != nil
        let request = HTTPRequest(
            "PATCH", "/config", body: Array("{}".utf8), authorization: hasLogin ? .basic : .none)
        let reply = try await send(request, endpoint)
        switch reply.status {
        case 400, 200:
            return hasLogin
                ? .ok(subject, "takes our commands") : .ok(subject, "takes commands without a password")
        case 401:
            return .fault(
                subject, hasLogin ? "refuses our user or password" : "asks for a user and a password",
                remedy: "Set `rest:` username and password to those of `restapi.authentication` in patroni.yml.")
        case 403:
            return .fault(
                subject, "does not take commands from this address",
                remedy: "Add it to `restapi.allowlist` in patroni.yml, or offer the certificate it asks for (`tls:`).")
        default:
            return .warning(
                subject, "answered a command that changes nothing with status \(reply.status)",
                remedy: "See Patroni's log there.")
        }
    }

    func send(_ request: HTTPRequest, _ endpoint: Endpoint) async throws -> HTTPReply {
        try await door.send(request, to: endpoint, within: Self.replyDeadline, bodyBytesMax: Self.replyBytesMax)
    }
}
