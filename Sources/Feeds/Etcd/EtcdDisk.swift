import Wire

/// How long an etcd member's disk takes, out of two readings of its metrics page. Pure.
struct EtcdDisk: Sendable {
    /// Fewer operations between two readings say nothing.
    static let operationsMin = 20.0
    static let selection = PrometheusFamilies([log, commit, quota])
    private static let log = "etcd_disk_wal_fsync_duration_seconds_bucket"
    private static let commit = "etcd_disk_backend_commit_duration_seconds_bucket"
    private static let quota = "etcd_server_quota_backend_bytes"

    /// Operations that took at most so many seconds, since the start.
    private typealias Histogram = [Double: Double]
    private var before: [UInt64: [String: Histogram]] = [:]

    /// Figures of one member, by the names that facts have: `logWriteSeconds` and `commitSeconds` (within which 99 of
    /// 100 were done since the reading before) and `databaseLimitBytes`. Empty for a page of something else.
    mutating func take(_ page: PrometheusPage, of member: UInt64) -> [String: Double] {
        var now: [String: Histogram] = [:]
        var figures: [String: Double] = [:]
        for sample in page.samples {
            if sample.name == Self.quota {
                if sample.value > 0 { figures["databaseLimitBytes"] = sample.value }
            } else if let text = sample.labels["le"], let edge = text == "+Inf" ? .infinity : Double(text) {
                now[sample.name, default: [:]][edge] = sample.value
            }
        }
        let old = before.updateValue(now, forKey: member) ?? [:]
        figures["logWriteSeconds"] = Self.slowest(now[Self.log], since: old[Self.log])
        figures["commitSeconds"] = Self.slowest(now[Self.commit], since: old[Self.commit])
        return figures
    }

    /// The edge of the bucket within which 99 of 100 operations were; nil where too few were, or it was restarted.
    private static func slowest(_ now: Histogram?, since old: Histogram?) -> Double? {
        guard let now, let old, let all = now[.infinity], let allBefore = old[.infinity],
            all - allBefore >= operationsMin
        else { return nil }
        let edges = now.keys.sorted()
        for edge in edges {
            guard let count = now[edge], let countBefore = old[edge] else { return nil }
            guard count - countBefore >= 0.99 * (all - allBefore) else { continue }
            // Beyond the last edge nothing more exact is known.
            return edge.isFinite ? edge : edges.last { $0.isFinite }
        }
        return nil
    }
}
