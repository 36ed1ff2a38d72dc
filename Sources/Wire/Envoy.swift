/// What Envoy's admin interface says, as its documentation of API v3 has it: `/clusters?format=json`.
public struct EnvoyCluster: Hashable, Sendable {
    /// Clusters, and hosts of one, that are read.
    public static let clustersMax = 10_000
    public static let hostsMax = 10_000

    public struct Host: Hashable, Sendable {
        /// `address:port`, or the path of a socket.
        public let address: String
        public let hostname: String?
        public let weight: Int?
        /// The balancer looked at its traffic and took it out.
        public let isEjected: Bool
        public let failsChecks: Bool
        /// In the service discovery's words; nil where it says none.
        public let discovered: String?
        /// Waits for its first check, or has been taken out of the discovery.
        public let isPending: Bool
        /// Percent of requests that went well in the last interval; nil where there were too few.
        public let successPercent: Double?
        /// By name, e.g. `cx_active`, `rq_total`, `rq_error`.
        public let figures: [String: Int64]

        public var isHealthy: Bool {
            !isEjected && !failsChecks && !isPending && !["UNHEALTHY", "TIMEOUT", "DRAINING"].contains(discovered)
        }
    }

    public let name: String
    public let hosts: [Host]

    /// - Throws: `WireError`.
    public static func list(_ bytes: [UInt8]) throws -> [EnvoyCluster] {
        let json = try JSONValue(parsing: bytes, format: "Envoy clusters")
        guard let list = json["cluster_statuses"]?.array else {
            throw WireError.missing(format: "Envoy clusters", field: "cluster_statuses", bytes: Escaped.text(bytes))
        }
        return list.prefix(clustersMax).compactMap { one in
            guard let name = one["name"]?.string else { return nil }
            return EnvoyCluster(
                name: name, hosts: (one["host_statuses"]?.array ?? []).prefix(hostsMax).compactMap(host))
        }
    }

    private static func host(_ json: JSONValue) -> Host? {
        guard let address = address(json["address"]) else { return nil }
        let health = json["health_status"]
        func flag(_ name: String) -> Bool { health?[name] == .bool(true) }
        var figures: [String: Int64] = [:]
        for one in (json["stats"]?.array ?? []).prefix(64) {
            // A number of 64 bits stands in quotes; what is zero may be left out.
            if let name = one["name"]?.string { figures[name] = one["value"]?.int ?? 0 }
        }
        return Host(
            address: address, hostname: json["hostname"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            weight: json["weight"]?.smallInt, isEjected: flag("failed_outlier_check"),
            failsChecks: flag("failed_active_health_check"), discovered: health?["eds_health_status"]?.string,
            isPending: flag("pending_active_hc") || flag("pending_dynamic_removal"),
            successPercent: json["success_rate"]?["value"]?.double, figures: figures)
    }

    private static func address(_ json: JSONValue?) -> String? {
        if let path = json?["pipe"]?["path"]?.string { return path }
        guard let socket = json?["socket_address"], let host = socket["address"]?.string else { return nil }
        guard let port = socket["port_value"]?.smallInt else { return host }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// `/server_info`.
public struct EnvoyServerInfo: Hashable, Sendable {
    public let version: String?
    /// `LIVE`, `DRAINING`, `PRE_INITIALIZING`, `INITIALIZING`.
    public let state: String
    public let uptimeSeconds: Double?

    /// - Throws: `WireError`.
    public init(_ bytes: [UInt8]) throws {
        let json = try JSONValue(parsing: bytes, format: "Envoy server_info")
        guard case .object = json else {
            throw WireError.malformed(
                format: "Envoy server_info", reason: "it is no object", bytes: Escaped.text(bytes))
        }
        version = json["version"]?.string
        // What has its first value may be left out.
        state = json["state"]?.string ?? "LIVE"
        uptimeSeconds = json["uptime_all_epochs"]?.string.flatMap { text in
            guard text.hasSuffix("s"), let value = Double(text.dropLast()), value.isFinite, value >= 0 else {
                return nil
            }
            return value
        }
    }
}

/// `/stats?filter=circuit_breakers`: which limits of which cluster are reached.
public enum EnvoyBreakers {
    public static let clustersMax = 10_000

    /// Names of open breakers by cluster; a cluster whose breakers are all closed is there with none.
    public static func open(_ bytes: [UInt8]) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard line.count < 1_024, let whole = String(validating: line, as: UTF8.self), whole.hasPrefix("cluster.")
            else { continue }
            // What names the cluster may itself hold dots, colons, and these very words.
            let text = whole.dropFirst("cluster.".count)
            guard let mark = text.firstRange(of: ".circuit_breakers."), let colon = text.lastIndex(of: ":"),
                mark.upperBound < colon
            else { continue }
            let cluster = String(text[..<mark.lowerBound])
            guard !cluster.isEmpty, found[cluster] != nil || found.count < clustersMax else { continue }
            let parts = text[mark.upperBound..<colon].split(separator: ".")
            guard parts.count == 2, let name = names[String(parts[1])] else { continue }
            let value = text[text.index(after: colon)...].drop { $0 == " " }.prefix { $0.isNumber }
            var open = found[cluster] ?? []
            if let number = Int(value), number > 0 {
                open.append(parts[0] == "default" ? name : "\(name) (\(parts[0]))")
            }
            found[cluster] = open
        }
        return found
    }

    private static let names = [
        "cx_open": "connections", "cx_pool_open": "connection pools", "rq_open": "requests",
        "rq_pending_open": "waiting requests", "rq_retry_open": "retries",
    ]
}
