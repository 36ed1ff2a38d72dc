import Estate
import Feeds
import Settings
import Transport
import Wire

/// Prometheus, Alertmanager, pgBackRest, and programs of the operator's own.
extension Doctor {
    /// Longest time a program may take: backups are looked up in places far away.
    static let programDeadline = Span.seconds(30)

    func prometheus(_ one: PrometheusSettings) async -> [Finding] {
        let subject = "Prometheus \(one.name) \(one.endpoint.label)"
        var list: [Finding] = []
        func value(_ query: String) async throws -> (HTTPReply, JSONValue) {
            let path = "/api/v1/query?query=\(PrometheusDoor.encoded(query))"
            let reply = try await send(HTTPRequest("GET", path, authorization: .configured), one.endpoint)
            return (reply, try JSONValue(parsing: reply.body, format: "Prometheus answer"))
        }
        do {
            let (reply, answer) = try await value("vector(1)")
            guard reply.status == 200, answer["status"]?.string == "success" else {
                return [
                    .fault(
                        subject, "HTTP status \(reply.status)",
                        remedy: "Check url (the path before /api/v1 belongs to it), and the user or token.")
                ]
            }
            list.append(.ok(subject, "answers, \(milliseconds(reply.took))"))
            if let nodes = one.nodes {
                let (_, count) = try await value(
                    "count(count by (\(nodes.label)) (node_boot_time_seconds{\(nodes.selector)}))")
                let text = count["data"]?["result"]?.array?.first?["value"]?.array?.last?.string
                list.append(
                    text.map { .ok(subject, "knows \($0) nodes") }
                        ?? .fault(
                            subject, "knows no nodes as {\(nodes.selector)}",
                            remedy:
                                "Correct `nodes: {selector: …, label: …}`; see the labels of node_boot_time_seconds."))
            }
            for figure in one.figures {
                let (reply, answer) = try await value(figure.query)
                let results = answer["data"]?["result"]?.array?.count ?? 0
                let isScalar = answer["data"]?["resultType"]?.string == "scalar"
                if reply.status != 200 {
                    list.append(
                        .fault(
                            "figure \(figure.name)", Escaped.text(answer["error"]?.string ?? "refused"),
                            remedy: "Correct its query."))
                } else if results != 1, !isScalar {
                    list.append(
                        .warning(
                            "figure \(figure.name)", "gives \(results) numbers",
                            remedy: "It has to give one: wrap it in sum() or max()."))
                } else {
                    list.append(.ok("figure \(figure.name)", "gives a number"))
                }
            }
            return list
        } catch {
            return list + [refusal(subject, error, one.endpoint)]
        }
    }

    func alertmanager(_ one: AlertmanagerSettings) async -> [Finding] {
        let subject = "Alertmanager \(one.name) \(one.endpoint.label)"
        do {
            let reply = try await send(
                HTTPRequest("GET", "/api/v2/status", authorization: .configured), one.endpoint)
            guard reply.status == 200 else {
                return [
                    .fault(subject, "HTTP status \(reply.status)", remedy: "Check url, and the user or token.")
                ]
            }
            let answer = try JSONValue(parsing: reply.body, format: "Alertmanager status")
            let version = answer["versionInfo"]?["version"]?.string ?? "?"
            return [.ok(subject, "Alertmanager \(Escaped.text(version)), \(milliseconds(reply.took))")]
        } catch {
            return [refusal(subject, error, one.endpoint)]
        }
    }

    func backups(_ group: GroupID, _ one: PgBackRestSettings) async -> [Finding] {
        let subject = "pgBackRest of \(group.name)"
        do {
            let output = try await Program(one.command + ["--stanza=\(one.stanza)", "--output=json", "info"]).run(
                within: Self.programDeadline, clock: clock, outputBytesMax: Self.replyBytesMax)
            guard output.status == 0 else {
                return [
                    .fault(
                        subject, "ended with \(output.status): \(Escaped.text(output.errors + output.bytes))",
                        remedy: "Run it as this user: \(one.command.joined(separator: " ")) info.")
                ]
            }
            guard let stanza = try PgBackRestStanza.stanzas(output.bytes).first(where: { $0.name == one.stanza }),
                stanza.repositories.contains(where: { $0.status.code != 1 })
            else {
                return [
                    .fault(
                        subject, "knows no stanza \(one.stanza)",
                        remedy: "Correct `stanza:`, or create it; does this user see the same pgbackrest.conf?")
                ]
            }
            var list: [Finding] = [.ok(subject, "\(stanza.backups.count) backups, \(milliseconds(output.took))")]
            for repository in stanza.repositories {
                let name = "repository \(repository.key) of \(group.name)"
                if !repository.status.isOK {
                    list.append(
                        .fault(
                            name, Escaped.text(repository.status.message),
                            remedy:
                                "Can this user read it? Is it there? See `repo\(repository.key)-…` of pgbackrest.conf.")
                    )
                } else if !one.repositories.contains(where: { $0.key == repository.key }) {
                    list.append(
                        .warning(
                            name, "where it is is not said, so it does not count as off-site",
                            remedy: "Add it under `repositories:` with `site:` or `off_site: true`."))
                } else {
                    list.append(.ok(name, "is sound"))
                }
            }
            return list
        } catch {
            return [refusal(subject, error, Endpoint(url: Program(one.command).label))]
        }
    }

    func program(_ one: ExecSettings) async -> [Finding] {
        let subject = "program \(one.name)"
        do {
            let output = try await Program(one.command).run(
                input: Array("{\"ask\":\"state\",\"n\":1}\n".utf8), within: Self.programDeadline, clock: clock,
                outputBytesMax: Self.replyBytesMax)
            let lines = output.bytes.split(separator: UInt8(ascii: "\n")).map { try? ExecLine(Array($0)) }
            guard lines.contains(.some(.done(1))) else {
                return [
                    .fault(
                        subject, "did not end its answer: \(Escaped.text(output.errors))",
                        remedy: "It has to print {\"done\":1} after its lines, and flush them; see docs/exec.md.")
                ]
            }
            let bad = lines.count { $0 == nil }
            return [
                bad == 0
                    ? .ok(subject, "\(lines.count) lines, \(milliseconds(output.took))")
                    : .warning(
                        subject, "\(bad) of \(lines.count) lines are not understood",
                        remedy: "See docs/exec.md for the words.")
            ]
        } catch {
            return [refusal(subject, error, Endpoint(url: Program(one.command).label))]
        }
    }
}
