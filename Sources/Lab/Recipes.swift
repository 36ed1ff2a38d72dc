import Foundation

/// What every member is started with: pure text out of a plan.
struct Recipes: Sendable {
    let plan: LabPlan
    let paths: LabPaths
    let secrets: LabSecrets
    /// How this executable is called to be an HTTP server.
    let serve: [String]
    let user: ServiceUser

    var certificates: LabCertificates { LabCertificates(plan: plan, paths: paths) }

    /// Makes the certificates, where there are any: by whoever starts the lab, to whom the authority's key belongs.
    var certificateTasks: [LabTask] {
        guard plan.isSecured, let first = plan.kind(.etcd).first else { return [] }
        return [
            LabTask(
                what: "an authority and its certificates", command: ["/bin/sh", certificates.script],
                member: first.name, environment: ["PATH": "/usr/bin:/bin"], isOfTheStarter: true)
        ]
    }

    func order(_ member: LabMember) -> LaunchOrder {
        LaunchOrder(
            member: member.name, command: command(member), folder: paths.home(member), log: paths.log(member),
            environment: LabExtras.of(member.kind)?.environment(member, self) ?? [:],
            dropsRootItself: member.kind == .bet)
    }

    func command(_ member: LabMember) -> [String] {
        switch member.kind {
        case .etcd: etcd(member)
        case .patroni:
            switch plan.patroni {
            // Named in full: a Python found first in PATH may not have Debian's modules.
            case .debian: ["/usr/bin/python3", "/usr/bin/patroni", paths.settings(member)]
            case .venv(let folder): ["\(folder)/bin/python3", "\(folder)/bin/patroni", paths.settings(member)]
            }
        case .haproxy:
            // Master and worker, as under systemd: SIGUSR2 reloads.
            ["/usr/sbin/haproxy", "-W", "-db", "-f", paths.settings(member)]
        case .bet:
            serve + [
                "--name", member.name, "--address", member.address, "--port", "\(member.port(.http))",
                "--milliseconds", "\(5 + 3 * (member.port(.http) - plan.portOffset - LabPlan.betPortBase))",
                "--uid", "\(user.uid)", "--gid", "\(user.gid)",
            ]
        case .exporter: exporter(member)
        default: LabExtras.of(member.kind)?.command(member, self) ?? []
        }
    }

    /// The text of the member's configuration file, nil for one that needs none.
    func settings(_ member: LabMember) -> String? {
        switch member.kind {
        case .patroni: PatroniRecipe(recipes: self, member: member).text
        case .haproxy: HAProxyRecipe(recipes: self, member: member).text
        default: nil
        }
    }

    /// The programs that must be there, with the Debian package of each.
    var programs: [(path: String, package: String)] {
        var list = [
            ("/usr/bin/etcd", "etcd-server"), ("/usr/sbin/haproxy", "haproxy"),
            ("/usr/bin/prometheus-node-exporter", "prometheus-node-exporter"),
            (Launcher.postgresPrograms + "/postgres", "postgresql-15"), ("/usr/bin/psql", "postgresql-client-15"),
            ("/usr/bin/setpriv", "util-linux"), ("/usr/bin/python3", "python3"),
        ]
        switch plan.patroni {
        case .debian: list.append(("/usr/bin/patroni", "patroni python3-etcd"))
        case .venv(let folder): list.append((folder + "/bin/patroni", "python3-venv (then pip install patroni[etcd3])"))
        }
        if plan.isSecured { list.append(("/usr/bin/openssl", "openssl")) }
        return list + plan.extraServers.flatMap(\.programs)
    }

    private func etcd(_ member: LabMember) -> [String] {
        let peers = plan.kind(.etcd).map { "\($0.name)=\(plan.scheme)://\($0.address):\($0.port(.etcdPeer))" }
        let client = "\(plan.scheme)://\(member.address):\(member.port(.etcdClient))"
        let peer = "\(plan.scheme)://\(member.address):\(member.port(.etcdPeer))"
        return [
            "/usr/bin/etcd", "--name=\(member.name)", "--data-dir=\(paths.data(member))",
            "--listen-client-urls=\(client)", "--advertise-client-urls=\(client)",
            "--listen-peer-urls=\(peer)", "--initial-advertise-peer-urls=\(peer)",
            "--initial-cluster=\(peers.joined(separator: ","))", "--initial-cluster-state=new",
            "--initial-cluster-token=\(LabPlan.scope)-\(plan.block)-\(plan.portOffset)",
            "--logger=zap", "--log-level=warn",
        ] + trust(member)
    }

    /// Clients and peers of etcd show a certificate of the lab's authority, or are turned away.
    private func trust(_ member: LabMember) -> [String] {
        guard plan.isSecured else { return [] }
        let files = [
            ("cert-file", certificates.certificate(member.name)), ("key-file", certificates.key(member.name)),
            ("trusted-ca-file", certificates.authority),
        ]
        return ["", "peer-"].flatMap { side in
            files.map { "--\(side)\($0)=\($1)" } + ["--\(side)client-cert-auth"]
        }
    }

    private func exporter(_ member: LabMember) -> [String] {
        let collectors = [
            "cpu", "diskstats", "filefd", "filesystem", "hwmon", "loadavg", "mdadm", "meminfo", "netdev", "os",
            "pressure", "stat", "textfile", "thermal_zone", "time", "uname", "vmstat",
        ]
        return [
            "/usr/bin/prometheus-node-exporter",
            "--web.listen-address=\(member.address):\(member.port(.metrics))",
            "--web.disable-exporter-metrics", "--collector.disable-defaults",
            "--collector.textfile.directory=\(paths.home(member))", "--log.level=warn",
        ] + collectors.map { "--collector.\($0)" }
    }
}

/// The passwords of one lab, made anew each time.
struct LabSecrets: Sendable, Equatable {
    /// Patroni's REST API, for unsafe methods.
    let patroniREST: String
    /// The SQL role `pitboss`.
    let pitbossSQL: String
    /// The SQL role `app`, which `load` uses.
    let app: String
    let superuser: String
    let replication: String
    /// An extra's own, by file name.
    var others: [String: String] = [:]

    subscript(name: String) -> String { others[name] ?? "" }

    static let fileNames = ["patroni-rest", "pitboss-sql", "app-sql", "superuser-sql", "replication-sql"]

    static func fresh(_ names: [String] = []) -> LabSecrets {
        LabSecrets(
            patroniREST: word(), pitbossSQL: word(), app: word(), superuser: word(), replication: word(),
            others: Dictionary(names.map { ($0, word()) }) { $1 })
    }

    private static func word(letters: Int = 24) -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<letters).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }

    private var inOrder: [String] { [patroniREST, pitbossSQL, app, superuser, replication] }

    func write(to paths: LabPaths) throws(LabError) {
        for (name, value) in Array(zip(Self.fileNames, inOrder)) + others.map({ ($0, $1) }) {
            try Files.write(value + "\n", to: "\(paths.secrets)/\(name)", mode: 0o600, owner: nil)
        }
    }

    static func read(from paths: LabPaths, _ names: [String] = []) throws(LabError) -> LabSecrets {
        var values: [String] = []
        for name in fileNames + names {
            let path = "\(paths.secrets)/\(name)"
            guard let text = Files.text(path) else {
                throw .stateUnreadable(path: path, reason: systemMessage(errno))
            }
            values.append(text.split(separator: "\n").first.map(String.init) ?? "")
        }
        return LabSecrets(
            patroniREST: values[0], pitbossSQL: values[1], app: values[2], superuser: values[3],
            replication: values[4],
            others: Dictionary(zip(names, values.dropFirst(fileNames.count))) { $1 })
    }
}
