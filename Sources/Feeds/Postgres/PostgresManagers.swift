import Wire

/// Programs that look after PostgreSQL servers by themselves, and how each shows: asked once a connection.
enum PostgresManagers {
    /// One row of one column, JSON. What it needs, `pg_monitor` may see.
    static let sql = """
        SELECT json_build_object(
          'clients', (SELECT json_agg(DISTINCT lower(application_name)) FROM pg_stat_activity
            WHERE application_name ~* '^(patroni|repmgr|pg_auto_failover|pgautofailover|stolon)'),
          'libraries', lower(current_setting('shared_preload_libraries')),
          'upstream', (SELECT lower(setting) FROM pg_settings WHERE name = 'primary_slot_name'),
          'cluster', lower(current_setting('cluster_name')),
          'files', (SELECT json_agg(DISTINCT sourcefile) FROM pg_settings WHERE sourcefile IS NOT NULL)
        )::text
        """

    /// The first that shows, in its own name; nil where none does.
    static func found(_ bytes: [UInt8]) -> String? {
        guard let json = try? JSONValue(parsing: bytes, format: "PostgreSQL managers") else { return nil }
        let clients = (json["clients"]?.array ?? []).compactMap(\.string)
        let libraries = json["libraries"]?.string ?? ""
        let slot = json["upstream"]?.string ?? ""
        let files = (json["files"]?.array ?? []).compactMap(\.string)
        if clients.contains(where: { $0.hasPrefix("patroni") }) || files.contains(where: isPatronis) { return "Patroni" }
        if clients.contains(where: { $0.hasPrefix("repmgr") }) || libraries.contains("repmgr")
            || slot.hasPrefix("repmgr_slot")
        {
            return "repmgr"
        }
        if clients.contains(where: { $0.hasPrefix("pg_auto") || $0.hasPrefix("pgauto") })
            || libraries.contains("pgautofailover") || slot.hasPrefix("pgautofailover_standby")
        {
            return "pg_auto_failover"
        }
        if clients.contains(where: { $0.hasPrefix("stolon") }) { return "stolon" }
        // The resource agent of Pacemaker keeps the mode of replication in a file of its own.
        if files.contains(where: { $0.hasSuffix("rep_mode.conf") }) { return "Pacemaker" }
        return nil
    }

    /// Patroni keeps the configuration that it found as this file, and writes its own in place of it.
    private static func isPatronis(_ file: String) -> Bool { file.hasSuffix("postgresql.base.conf") }
}
