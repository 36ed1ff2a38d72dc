/// The one question of each second. One statement, so that all figures are of one moment, one row and one column of
/// JSON, so that a server of another version may leave a field out without breaking the rest.
enum PostgresQuery {
    /// The oldest version whose functions have these names.
    static let serverVersionMin = 100_000
    /// Slots and walsenders read at most; a server has a handful.
    static let rowsMax = 500

    static func sql(serverVersion: Int) -> String {
        // Renamed in 13, when writing and flushing were told apart.
        let receiverLSN = serverVersion >= 130_000 ? "flushed_lsn" : "received_lsn"
        let replyTime = serverVersion >= 120_000 ? "s.reply_time" : "NULL::timestamptz"
        let sender = serverVersion >= 110_000 ? "sender_host, sender_port" : "NULL AS sender_host, NULL AS sender_port"
        let walStatus =
            serverVersion >= 130_000 ? "wal_status, safe_wal_size" : "NULL AS wal_status, NULL AS safe_wal_size"
        let pause = "pg_catalog.pg_is_wal_replay_paused()"
        return """
            WITH p AS (
              SELECT r AS rec,
                CASE WHEN r THEN NULL ELSE pg_catalog.pg_current_wal_lsn() END AS cur,
                CASE WHEN r THEN pg_catalog.pg_last_wal_receive_lsn() END AS rcv,
                CASE WHEN r THEN pg_catalog.pg_last_wal_replay_lsn() END AS rpl
              FROM (SELECT pg_catalog.pg_is_in_recovery() AS r) x
            )
            SELECT json_build_object(
              'recovery', p.rec, 'current', p.cur, 'received', p.rcv, 'replayed', p.rpl,
              'now', extract(epoch FROM clock_timestamp())::float8,
              'started', extract(epoch FROM pg_postmaster_start_time())::float8,
              'version', current_setting('server_version'),
              'system', (SELECT system_identifier::text FROM pg_control_system()),
              'timeline', CASE WHEN p.rec THEN (SELECT min_recovery_end_timeline FROM pg_control_recovery())
                ELSE ('x' || substr(pg_walfile_name(p.cur), 1, 8))::bit(32)::int END,
              'checkpoint_timeline', (SELECT timeline_id FROM pg_control_checkpoint()),
              'paused', CASE WHEN p.rec THEN \(pause) END,
              'last_replayed', CASE WHEN p.rec
                THEN extract(epoch FROM pg_last_xact_replay_timestamp())::float8 END,
              'may_see_all', pg_has_role('pg_read_all_stats', 'USAGE'),
              'sync_names', current_setting('synchronous_standby_names'),
              'sync_commit', current_setting('synchronous_commit'),
              'senders_max', current_setting('max_wal_senders')::int,
              'slots_max', current_setting('max_replication_slots')::int,
              'connections_max', current_setting('max_connections')::int,
              'totals', (SELECT json_build_object('commits', sum(xact_commit)::int8,
                  'rollbacks', sum(xact_rollback)::int8, 'backends', sum(numbackends)::int8,
                  'deadlocks', sum(deadlocks)::int8, 'conflicts', sum(conflicts)::int8)
                FROM pg_stat_database),
              'archive_mode', current_setting('archive_mode'),
              'archiver', (SELECT json_build_object('archived', archived_count, 'failed', failed_count,
                  'archived_at', extract(epoch FROM last_archived_time)::float8,
                  'failed_at', extract(epoch FROM last_failed_time)::float8, 'failed_wal', last_failed_wal)
                FROM pg_stat_archiver),
              'receiver', (SELECT row_to_json(w) FROM (
                SELECT status, \(receiverLSN) AS flushed, received_tli AS timeline,
                  latest_end_lsn AS latest_end, slot_name AS slot, \(sender),
                  extract(epoch FROM clock_timestamp() - last_msg_receipt_time)::float8 AS message_age
                FROM pg_stat_wal_receiver LIMIT 1) w),
              'senders', (SELECT json_agg(row_to_json(w)) FROM (
                SELECT s.pid, s.application_name AS app, host(s.client_addr) AS address, s.client_port AS port,
                  s.state, s.sync_state AS sync, s.sent_lsn AS sent, s.write_lsn AS written,
                  s.flush_lsn AS flushed, s.replay_lsn AS replayed,
                  extract(epoch FROM s.replay_lag)::float8 AS replay_lag,
                  extract(epoch FROM clock_timestamp() - \(replyTime))::float8 AS reply_age,
                  k.slot_name AS slot, k.slot_type AS kind
                FROM pg_stat_replication s LEFT JOIN pg_replication_slots k ON k.active_pid = s.pid
                ORDER BY s.application_name, s.pid LIMIT \(rowsMax)) w),
              'slots', (SELECT json_agg(row_to_json(w)) FROM (
                SELECT slot_name AS name, slot_type AS kind, active, \(walStatus),
                  pg_wal_lsn_diff(coalesce(p.cur, p.rcv, p.rpl), restart_lsn)::int8 AS retained
                FROM pg_replication_slots ORDER BY slot_name LIMIT \(rowsMax)) w)
            )::text FROM p
            """
    }
}
