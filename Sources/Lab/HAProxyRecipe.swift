/// One HAProxy's `haproxy.cfg`.
struct HAProxyRecipe {
    /// Requests in ten seconds that one address may make.
    static let clientRequestsMax = 10_000

    let recipes: Recipes
    let member: LabMember

    var text: String {
        """
        global
            stats socket \(recipes.paths.adminSocket(member)) mode 660 level admin
            stats socket ipv4@\(member.address):\(member.port(.admin)) level admin
            stats timeout 1h
            nbthread 1
            maxconn 500
            hard-stop-after 10s
            log stdout format raw local0 notice

        defaults
            log global
            timeout connect 1s
            timeout client 1h
            timeout server 1h
            timeout check 900ms
            default-server inter 1s fastinter 250ms downinter 500ms fall 2 rise 1

        \(database("pg_write", .pgWrite, path: "/primary"))
        \(database("pg_read", .pgRead, path: "/replica"))
        frontend bet_api
            mode http
            \(lines(binds))
            timeout client 10s
            # Far above what the lab's own load makes: a flood from one address meets it.
            stick-table type ip size 100k expire 1m store http_req_rate(10s),http_err_rate(10s)
            http-request track-sc0 src
            http-request deny deny_status 429 if { sc_http_req_rate(0) gt \(Self.clientRequestsMax) }
            default_backend bet_api

        backend bet_api
            mode http
            balance roundrobin
            option httpchk GET /health
            http-check expect status 200
            option redispatch 1
            retries 3
            retry-on conn-failure empty-response
            timeout server 5s
            \(lines(recipes.plan.kind(.bet).map { "server \($0.name) \($0.address):\($0.port(.http)) check" }))

        """
    }

    private func database(_ name: String, _ port: LabPort, path: String) -> String {
        let servers = recipes.plan.kind(.patroni).map {
            "server \($0.name) \($0.address):\($0.port(.sql)) check port \($0.port(.patroniREST)) \(proof($0))"
                + "on-marked-down shutdown-sessions"
        }
        return """
            frontend \(name)
                mode tcp
                bind \(member.address):\(member.port(port))
                default_backend \(name)

            backend \(name)
                mode tcp
                balance roundrobin
                # Says no at once to a client whose server has just died; each repetition would hold it for a second.
                retries 0
                option httpchk OPTIONS \(path)
                http-check expect status 200
                \(lines(servers))

            """
    }

    /// The checks are over TLS, and believe only the server's own certificate; the sessions are the clients' own affair.
    private func proof(_ server: LabMember) -> String {
        guard recipes.plan.isSecured else { return "" }
        return "check-ssl verify required ca-file \(recipes.certificates.authority) verifyhost \(server.name) "
    }

    /// With TLS one door more, unless an extra opens it with a certificate of its own.
    private var binds: [String] {
        let isOpen = recipes.plan.extras.contains(CertificateExtra().name)
        let secured = recipes.plan.isSecured && !isOpen
        return ["bind \(member.address):\(member.port(.betAPI))"]
            + (secured
                ? ["bind \(member.address):\(member.port(.betTLS)) ssl crt \(recipes.certificates.bundle(member.name))"]
                : [])
            + recipes.plan.extraServers.flatMap { $0.balancerBinds(member, recipes) }
    }

    private func lines(_ all: [String]) -> String { all.joined(separator: "\n    ") }
}
