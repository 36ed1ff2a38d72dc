import Foundation

extension LabKind {
    public static let streaming = LabKind(rawValue: "streaming")
}

/// PostgreSQL that nothing manages: a primary, and two standbys that stream from it.
struct StreamingExtra: LabExtra {
    static let group = "ledger-db"
    static let port = 5433

    let name = "postgres"
    let kinds: [LabKind] = [.streaming]
    let secretNames = ["ledger-replication"]

    func members(_ plan: LabPlan) -> [LabMember] {
        LabPlan.siteNames.map { plan.make("ledger-\($0)", .streaming, $0, [.sql: Self.port]) }
    }

    func command(_ member: LabMember, _ recipes: Recipes) -> [String] {
        ["/bin/sh", recipes.paths.home(member) + "/start.sh"]
    }

    func folders(_ member: LabMember) -> [String] { ["run"] }

    func files(_ member: LabMember, _ recipes: Recipes) -> [LabFile] {
        [
            LabFile(name: "start.sh", text: start(member, recipes)), LabFile(name: "pg_hba.conf", text: access),
            LabFile(name: "roles.sql", text: roles(recipes)),
        ]
    }

    /// Only the first start makes the data; who led or followed before does so again.
    private func start(_ member: LabMember, _ recipes: Recipes) -> String {
        let home = recipes.paths.home(member)
        let primary = recipes.plan.kind(.streaming)[0]
        let word = recipes.secrets["ledger-replication"]
        let upstream =
            "host=\(primary.address) port=\(primary.port(.sql)) user=replicator password=\(word) "
            + "application_name=\(member.node)"
        let make =
            member == primary
            ? """
            initdb -D data.new -A trust -E UTF8 --locale=C.UTF-8 --no-sync -U postgres >/dev/null
            postgres --single -D data.new postgres <roles.sql >/dev/null
            """
            : """
            until pg_basebackup -D data.new -d '\(upstream)' -R -X stream -c fast --no-sync; do
                rm -rf data.new
                sleep 0.3
            done
            """
        return """
            set -eu
            cd \(home)
            if [ ! -d data ]; then
                rm -rf data.new
                \(make.split(separator: "\n").joined(separator: "\n    "))
                chmod 700 data.new
                mv data.new data
            fi
            exec postgres -D data -c listen_addresses=\(member.address) -c port=\(member.port(.sql)) \\
                -c unix_socket_directories=\(home)/run -c hba_file=\(home)/pg_hba.conf -c shared_buffers=16MB \\
                -c dynamic_shared_memory_type=mmap -c max_connections=40 -c wal_keep_size=64MB \\
                -c wal_log_hints=on -c wal_retrieve_retry_interval=500ms

            """
    }

    private var access: String {
        """
        local all all trust
        host replication replicator 127.0.0.0/8 scram-sha-256
        host all all 127.0.0.0/8 scram-sha-256

        """
    }

    /// One statement a line, as a server in single-user mode reads them.
    private func roles(_ recipes: Recipes) -> String {
        let user = PatroniRecipe.sqlUser
        return """
            CREATE ROLE replicator REPLICATION LOGIN PASSWORD '\(recipes.secrets["ledger-replication"])';
            CREATE ROLE \(user) LOGIN PASSWORD '\(recipes.secrets.pitbossSQL)' IN ROLE pg_monitor;
            GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer) TO \(user);

            """
    }

    func configuration(_ recipes: Recipes) -> [LabFragment] {
        let hosts = recipes.plan.kind(.streaming).map { "\"\($0.address):\($0.port(.sql))\"" }
        return [
            .items(
                of: "groups",
                """
                - name: \(Self.group)
                  tier: standard
                  postgres:
                    hosts: [\(hosts.joined(separator: ", "))]
                    username: \(PatroniRecipe.sqlUser)
                    password: {file: secrets/pitboss-sql}
                """)
        ]
    }

    /// By its processes' titles: they say what each does, and need no login.
    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding {
        guard
            let socket = try? LoopbackSocket(
                address: member.address, port: member.port(.sql), timeoutSeconds: Probe.answerDeadlineSeconds),
            // A question about TLS, which every server that is there answers with one letter.
            (try? socket.send([0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F])) != nil,
            (try? socket.receive(count: 1)) != nil
        else { return Probe.Finding() }
        let standby = Files.exists(probe.paths.data(member) + "/standby.signal")
        return Probe.Finding(
            isHealthy: true, detail: standby ? "standby, answers" : "primary, answers", isLeader: !standby)
    }
}
