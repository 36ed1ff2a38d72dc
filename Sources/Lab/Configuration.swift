/// The files with which others look at the lab.
struct Configuration {
    let recipes: Recipes

    /// `pitboss.yaml`: the whole lab, secrets by file.
    var pitboss: String { joined(core) }

    private var core: String {
        let plan = recipes.plan
        let nodes = plan.kind(.exporter).map {
            """
              - name: \($0.name)
                site: \($0.site)
                addresses: [\($0.address)]
                node_exporter: http://\($0.address):\($0.port(.metrics))/metrics
            """
        }
        let endpoints = "[\(plan.etcdEndpoints.joined(separator: ", "))]"
        return """
            # Written by `pitboss lab up`.
            platform: lab-bets

            sites:
            \(LabPlan.siteNames.map { "  - name: \($0)" }.joined(separator: "\n"))

            nodes:
            \(nodes.joined(separator: "\n"))

            groups:
              - name: \(LabPlan.scope)
                tier: critical
                mode: active-passive
                rto: 30s
                rpo: 0B
                patroni:
                  scope: \(LabPlan.scope)
                  namespace: \(LabPlan.namespace)
                  etcd:
                    endpoints: \(endpoints)
            \(trust(8))\
                  rest:
                    username: \(PatroniRecipe.restUser)
                    password: {file: secrets/patroni-rest}
            \(trust(8))\
                  postgres:
                    username: \(PatroniRecipe.sqlUser)
                    database: postgres
                    password: {file: secrets/pitboss-sql}
            \(proof)\(backups)\
              - name: bet-api
                tier: critical
                mode: active-active
                haproxy: {backend: bet_api, client_limit: \(HAProxyRecipe.clientRequestsMax / 10)}

            balancers:
            \(balancers)

            etcd:
              - name: etcd
                endpoints: \(endpoints)
            \(trust(4))\

            """
    }

    /// How pitboss proves a server, and shows itself to it. Paths start from the file's own folder.
    private func trust(_ columns: Int) -> String {
        let own = LabCertificates.client
        return secured(columns, "tls: {ca: tls/ca.pem, cert: tls/\(own).pem, key: tls/\(own).key}")
    }

    /// Nobody backs the lab up, unless an extra does: said, so that the doctor need not ask.
    private var backups: String {
        recipes.plan.extras.contains(BackupExtra().name) ? "" : "    backups: {required: false}\n"
    }

    private var proof: String {
        secured(8, "sslmode: verify-full") + secured(8, "sslrootcert: tls/ca.pem")
    }

    /// A line, in a lab with TLS.
    private func secured(_ columns: Int, _ line: String) -> String {
        recipes.plan.isSecured ? String(repeating: " ", count: columns) + line + "\n" : ""
    }

    /// The core's text with what the extras add: items at the end of their list, lines at the end of their group.
    private func joined(_ core: String) -> String {
        var lines = core.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for fragment in recipes.plan.extraServers.flatMap({ $0.configuration(recipes) }) {
            switch fragment {
            case .section(let text): lines += Self.indented(text, by: 0) + [""]
            case .items(let key, let text):
                guard let head = lines.firstIndex(of: key + ":") else {
                    lines += [key + ":"] + Self.indented(text, by: 2) + [""]
                    continue
                }
                lines.insert(contentsOf: Self.indented(text, by: 2), at: Self.end(of: head, in: lines, deeperThan: 0))
            case .lines(let group, let text):
                guard let head = lines.firstIndex(of: "  - name: \(group)") else { continue }
                lines.insert(contentsOf: Self.indented(text, by: 4), at: Self.end(of: head, in: lines, deeperThan: 2))
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func indented(_ text: String, by columns: Int) -> [String] {
        text.split(separator: "\n").map { String(repeating: " ", count: columns) + $0 }
    }

    /// The first line after `head` that is not indented deeper.
    private static func end(of head: Int, in lines: [String], deeperThan columns: Int) -> Int {
        lines[(head + 1)...].firstIndex { $0.prefix { $0 == " " }.count <= columns } ?? lines.endIndex
    }

    /// The first on its unix socket, the second over TCP, so that both doors are in use.
    private var balancers: String {
        recipes.plan.kind(.haproxy).enumerated().map { index, member in
            let socket =
                index == 0
                ? "unix://\(recipes.paths.adminSocket(member))" : "tcp://\(member.address):\(member.port(.admin))"
            return """
                  - name: \(member.name)
                    node: \(member.node)
                    socket: \(socket)
                """
        }.joined(separator: "\n")
    }

    /// `patronictl.yaml`, with which Patroni's own tool works on the lab.
    var patronictl: String {
        let hosts = recipes.plan.kind(.etcd).map { "\($0.address):\($0.port(.etcdClient))" }
        let files = recipes.certificates
        let (own, key) = (files.certificate(LabCertificates.client), files.key(LabCertificates.client))
        let store =
            secured(2, "protocol: https") + secured(2, "cacert: \(files.authority)") + secured(2, "cert: \(own)")
            + secured(2, "key: \(key)")
        let ctl =
            secured(2, "cacert: \(files.authority)") + secured(2, "certfile: \(own)") + secured(2, "keyfile: \(key)")
        let login = "{username: \(PatroniRecipe.restUser), password: \(recipes.secrets.patroniREST)}"
        return """
            scope: \(LabPlan.scope)
            namespace: \(LabPlan.namespace)
            etcd3:
              hosts: [\(hosts.joined(separator: ", "))]
            \(store)\
            restapi:
              authentication: \(login)
            ctl:
              authentication: \(login)
            \(ctl)\

            """
    }
}
