import Foundation

extension LabKind {
    public static let oddsInstance = LabKind(rawValue: "odds-instance")
    public static let oddsBalancer = LabKind(rawValue: "odds-balancer")
}

extension LabPort {
    public static let odds = LabPort(rawValue: "odds")
    public static let oddsAPI = LabPort(rawValue: "odds-api")
}

/// Three instances of a service that tell of themselves, behind an HAProxy that looks at their answers and takes out
/// whoever errs, whatever its checks say. `GET /break` makes an instance answer 500 with its health still up,
/// `GET /ail` makes it say that it is not well, `GET /mend` puts both right.
struct InstancesExtra: LabExtra {
    static let group = "quotes-api"

    let name = "instances"
    let kinds: [LabKind] = [.oddsInstance, .oddsBalancer]

    func members(_ plan: LabPlan) -> [LabMember] {
        LabPlan.siteNames.map { plan.make("quote-\($0)", .oddsInstance, $0, [.odds: 8201]) }
            + [plan.make("lb-quotes", .oddsBalancer, "dub", [.oddsAPI: 8090, .admin: 9998])]
    }

    func command(_ member: LabMember, _ recipes: Recipes) -> [String] {
        let home = recipes.paths.home(member)
        return member.kind == .oddsInstance
            ? ["/usr/bin/python3", home + "/odds.py", member.address, "\(member.port(.odds))"]
            : ["/usr/sbin/haproxy", "-W", "-db", "-f", home + "/haproxy.cfg"]
    }

    func files(_ member: LabMember, _ recipes: Recipes) -> [LabFile] {
        member.kind == .oddsInstance
            ? [LabFile(name: "odds.py", text: Self.program)]
            : [LabFile(name: "haproxy.cfg", text: balancer(member, recipes))]
    }

    private static let program = """
        import json, sys, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        state = {"broken": False, "status": "UP"}
        started = time.time()


        class Odds(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                code, kind = 200, "application/json"
                if self.path == "/break":
                    state["broken"] = True
                elif self.path == "/ail":
                    state["status"] = "DEGRADED"
                elif self.path == "/mend":
                    state.update(broken=False, status="UP")
                if self.path == "/metrics":
                    kind = "text/plain"
                    body = "# TYPE process_start_time_seconds gauge\\nprocess_start_time_seconds %.2f\\n" % started
                elif self.path == "/health":
                    body = json.dumps({"status": state["status"], "checks": {"feed": {"status": state["status"]}}})
                else:
                    code = 500 if state["broken"] and self.path == "/" else 200
                    body = json.dumps({"odds": 1.95})
                body = body.encode()
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_OPTIONS = do_GET

            def log_message(self, *words):
                pass


        ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Odds).serve_forever()

        """

    private func balancer(_ member: LabMember, _ recipes: Recipes) -> String {
        let servers = recipes.plan.kind(.oddsInstance).map { "server \($0.name) \($0.address):\($0.port(.odds)) check" }
        return """
            global
                stats socket ipv4@\(member.address):\(member.port(.admin)) level admin
                nbthread 1
                maxconn 200
                hard-stop-after 5s

            defaults
                mode http
                timeout connect 1s
                timeout client 10s
                timeout server 5s
                default-server inter 1s fall 2 rise 3 observe layer7 error-limit 10 on-error mark-down slowstart 5s

            frontend odds_api
                bind \(member.address):\(member.port(.oddsAPI))
                default_backend odds_api

            backend odds_api
                balance roundrobin
                option httpchk GET /health
                http-check expect status 200
                \(servers.joined(separator: "\n    "))

            """
    }

    func configuration(_ recipes: Recipes) -> [LabFragment] {
        let plan = recipes.plan
        let instances = plan.kind(.oddsInstance).map { one in
            let base = "http://\(one.address):\(one.port(.odds))"
            return "      - {name: \(one.name), url: \"\(base)/health\", metrics: \"\(base)/metrics\"}"
        }
        let balancers = plan.kind(.oddsBalancer).map { one in
            """
            - name: \(one.name)
              node: \(one.node)
              socket: tcp://\(one.address):\(one.port(.admin))
            """
        }
        return [
            .items(of: "balancers", balancers.joined(separator: "\n")),
            .items(
                of: "groups",
                """
                - name: \(Self.group)
                  tier: standard
                  haproxy: {backend: odds_api, balancers: [lb-quotes]}
                  health:
                    instances:
                \(instances.joined(separator: "\n"))
                """),
        ]
    }

    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding {
        let port: LabPort = member.kind == .oddsInstance ? .odds : .oddsAPI
        guard
            let socket = try? LoopbackSocket(
                address: member.address, port: member.port(port), timeoutSeconds: Probe.answerDeadlineSeconds),
            (try? socket.send("GET /health HTTP/1.0\r\n\r\n")) != nil, let line = try? socket.receiveLine()
        else { return Probe.Finding() }
        return Probe.Finding(
            isHealthy: line.contains(" 200 "), detail: member.kind == .oddsInstance ? "answers" : "serves")
    }
}
