/// One Patroni member's `settings.yml`, and what the whole scope starts with.
struct PatroniRecipe {
    static let restUser = "pitboss"
    static let appDatabase = "bets"
    static let appRole = "app"
    static let sqlUser = "pitboss"

    let recipes: Recipes
    let member: LabMember
    /// Seconds by which replay is held back; 0 for none.
    var delaySeconds = 0.0

    /// The scope's dynamic configuration. It is put into etcd before the first Patroni starts: one that finds none
    /// loops every 10 s until the bootstrap is over, whatever its own bootstrap section says.
    /// - Parameter changed: PostgreSQL parameters as JSON values, instead of or beside these.
    static func dynamic(_ changed: [String: String] = [:]) -> String {
        let own = [
            "wal_level": "\"replica\"", "hot_standby": "\"on\"", "wal_log_hints": "\"on\"", "max_wal_senders": "10",
            "max_replication_slots": "10", "max_connections": "60", "max_worker_processes": "4",
            "wal_keep_size": "\"128MB\"", "wal_retrieve_retry_interval": "\"500ms\"", "archive_mode": "\"on\"",
            "archive_command": "\"/bin/true\"",
        ]
        let parameters = own.merging(changed) { $1 }.sorted { $0.key < $1.key }
            .map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return """
            {"ttl":20,"loop_wait":1,"retry_timeout":3,"maximum_lag_on_failover":1048576,"synchronous_mode":true,\
            "postgresql":{"use_pg_rewind":true,"use_slots":true,"parameters":{\(parameters)}}}
            """
    }

    var text: String {
        let plan = recipes.plan
        let hosts = plan.kind(.etcd).map { "\($0.address):\($0.port(.etcdClient))" }.joined(separator: ",")
        let rest = "\(member.address):\(member.port(.patroniREST))"
        let sql = "\(member.address):\(member.port(.sql))"
        let trust = PatroniTrust(recipes: recipes, member: member)
        return """
            scope: \(LabPlan.scope)
            namespace: \(LabPlan.namespace)
            name: \(member.name)
            \(trust.ctl)restapi:
            \(trust.rest)  listen: \(rest)
              connect_address: \(rest)
              authentication:
                username: \(Self.restUser)
                password: \(recipes.secrets.patroniREST)
            etcd3:
            \(trust.etcd)  hosts: \(hosts)
            bootstrap:
              dcs: \(recipes.dynamic)
              initdb:
              - encoding: UTF8
              - locale: C.UTF-8
              - data-checksums
              - no-sync
            postgresql:
              listen: \(sql)
              connect_address: \(sql)
              use_unix_socket: true
              use_unix_socket_repl: true
              data_dir: \(recipes.paths.data(member))
              bin_dir: \(Launcher.postgresPrograms)
              pgpass: \(recipes.paths.home(member))/pgpass
              authentication:
                superuser: {username: postgres, password: \(recipes.secrets.superuser)\(trust.role)}
                replication: {username: replicator, password: \(recipes.secrets.replication)\(trust.role)}
                rewind: {username: rewinder, password: \(recipes.secrets.replication)\(trust.role)}
              basebackup:
                checkpoint: fast
              pg_hba:
              # The socket's folder is closed to all but this account and root.
              - local all all trust
              - local replication all trust
              - \(trust.host) replication replicator 127.0.0.0/8 scram-sha-256
              # The password as it is: the lab's own load knows no other login, and it never leaves loopback.
              - \(trust.host) \(Self.appDatabase) \(Self.appRole) 127.0.0.0/8 password
              - \(trust.host) all all 127.0.0.0/8 scram-sha-256
            \(delay)  parameters:
            \(trust.parameters)    unix_socket_directories: \(recipes.paths.sqlSockets(member))
                # In files, so that a killed server leaves nothing in /dev/shm.
                dynamic_shared_memory_type: mmap
                shared_buffers: 32MB
                log_line_prefix: '%m [%p] '
            tags: {}

            """
    }

    /// Replay is held back where Patroni itself writes it: what is set in any other way, Patroni takes back.
    private var delay: String {
        guard delaySeconds > 0 else { return "" }
        return """
              recovery_conf:
                recovery_min_apply_delay: \(Int((delaySeconds * 1000).rounded()))ms

            """
    }

    /// The roles and the database of the lab, run once on the first primary. Can be run again.
    static func roles(_ secrets: LabSecrets) -> String {
        """
        SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', role, word) FROM (VALUES
          ('\(sqlUser)', '\(secrets.pitbossSQL)'), ('\(appRole)', '\(secrets.app)'),
          ('rewinder', '\(secrets.replication)')) AS wanted (role, word)
          WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \\gexec
        GRANT pg_monitor TO \(sqlUser);
        GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) TO rewinder;
        GRANT EXECUTE ON FUNCTION pg_stat_file(text, boolean) TO rewinder;
        GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO rewinder;
        GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO rewinder;
        SELECT 'CREATE DATABASE \(appDatabase) OWNER \(appRole)'
          WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '\(appDatabase)') \\gexec
        \\connect \(appDatabase)
        SET ROLE \(appRole);
        CREATE TABLE IF NOT EXISTS bet (
          id bigserial PRIMARY KEY, run text NOT NULL, stake numeric NOT NULL, placed timestamptz DEFAULT now());
        CREATE INDEX IF NOT EXISTS bet_run ON bet (run);

        """
    }
}
