import Estate
import Feeds
import Settings
import Transport
import Wire

/// etcd: reachable, let in, with a leader, without alarms.
extension Doctor {
    func etcd(_ name: String, _ endpoint: Endpoint) async -> [Finding] {
        let subject = "etcd \(name) \(endpoint.label)"
        do {
            let reply = try await askEtcd(.status, endpoint)
            let status = try EtcdStatus(parsing: reply.body)
            var list: [Finding] = []
            if status.leaderID == 0 {
                list.append(
                    .fault(
                        subject, "it knows of no leader: the cluster has no quorum, as seen from here",
                        remedy: "Bring members back until more than half run; see its log."))
            } else if !status.errors.isEmpty {
                list.append(
                    .warning(
                        subject, status.errors.joined(separator: "; "),
                        remedy: "`etcdctl alarm list`; for NOSPACE compact, defragment, then `etcdctl alarm disarm`."))
            } else {
                list.append(.ok(subject, "etcd \(status.version), has a leader, \(milliseconds(reply.took))"))
            }
            return list + clockByDate(subject, reply)
        } catch {
            return [refusal(subject, error, endpoint)]
        }
    }

    /// Asks with the credentials that the endpoint wants.
    func askEtcd(_ request: EtcdRequest, _ endpoint: Endpoint) async throws -> HTTPReply {
        var token: String?
        if let user = endpoint.username, let source = endpoint.password {
            let password = try Secret(source).resolve()
            let reply = try await postEtcd(.authenticate(user: user, password: password), endpoint, nil)
            if reply.status == 200 {
                token = try EtcdRequest.token(parsing: reply.body)
            } else if let fault = EtcdFault(parsing: reply.body), !fault.isAuthenticationOff {
                throw fault
            }
        }
        let reply = try await postEtcd(request, endpoint, token)
        guard reply.status == 200 else {
            if let fault = EtcdFault(parsing: reply.body) { throw fault }
            throw FeedError.unreadable(endpoint: endpoint.label, reason: "HTTP status \(reply.status)")
        }
        return reply
    }

    private func postEtcd(_ request: EtcdRequest, _ endpoint: Endpoint, _ token: String?) async throws -> HTTPReply {
        let http = HTTPRequest(
            "POST", request.path, body: request.body, authorization: token.map { .token($0) } ?? .none)
        return try await door.send(
            http, to: endpoint, within: Self.replyDeadline, bodyBytesMax: Self.replyBytesMax)
    }

    /// What went wrong in words, with the way to mend it.
    func refusal(_ subject: String, _ error: any Error, _ endpoint: Endpoint) -> Finding {
        if let fault = error as? EtcdFault {
            if fault.isRefusal || fault.wantsToken {
                return .fault(
                    subject, "lets us not in: \(fault.message)",
                    remedy: "Check `username:` and `password:`; grant the user read on Patroni's namespace: "
                        + "`etcdctl role grant-permission ROLE read --prefix=true /service/`.")
            }
            return .fault(subject, fault.message, remedy: "See the log of this etcd member.")
        }
        let told = FeedError(error, endpoint: endpoint.label)
        var hangsUp = false
        if case .cutOff? = error as? TransportError { hangsUp = endpoint.url.hasPrefix("http://") }
        switch told {
        case .unreachable:
            return .fault(
                subject, told.description,
                remedy: "Is it running, is the address right, does a firewall let us through?"
                    + (hangsUp ? " A server with TLS hangs up so: is it https://?" : ""))
        case .silent:
            return .fault(
                subject, told.description, remedy: "It hangs, or packets are dropped on the way: look there first.")
        case .untrusted(_, let reason, let remedy):
            return .fault(subject, reason, remedy: remedy.prefix(1).uppercased() + remedy.dropFirst() + ".")
        case .refused, .unusable:
            return .fault(subject, told.description, remedy: "Correct the credentials or TLS files named for it.")
        case .unreadable, .withoutQuorum:
            return .fault(subject, told.description, remedy: "Is it the right service at this address?")
        }
    }
}
