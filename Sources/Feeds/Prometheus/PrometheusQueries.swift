import Settings
import Wire

/// The few questions whose answers tell of all nodes at once. Each answer is one line a node and device, with the
/// rate worked out by the server.
struct PrometheusQuery: Sendable {
    /// What becomes of a sample.
    enum Meaning: Sendable {
        /// A figure as the exporter has it, by its own name.
        case family
        /// Part of the time that the processors spend in a mode.
        case cpu
        case disk(any WritableKeyPath<DiskRates, Double?> & Sendable)
        case network(any WritableKeyPath<NetworkRates, Double?> & Sendable)
        case cpuCount
        case clockOffset
        /// Seconds until a file system is full.
        case fullIn
        /// Targets that could not be scraped.
        case down
    }

    let text: String
    let meaning: Meaning
    /// The label that names the node comes first.
    let labels: [String]

    /// What the nodes' figures of every second are made of.
    static func quick(_ nodes: PrometheusNodes, window: String) -> [PrometheusQuery] {
        let (by, of) = (nodes.label, nodes.selector)
        func rate(_ metric: String, _ more: String) -> String { "rate(\(metric){\(join(of, more))}[\(window)])" }
        return [
            PrometheusQuery(
                text: "{\(join("__name__=~\"\(names(gauges))\"", of))}", meaning: .family, labels: [by, "__name__"]),
            PrometheusQuery(
                text: "avg by (\(by),mode) (\(rate("node_cpu_seconds_total", "mode=~\"idle|iowait|steal\"")))",
                meaning: .cpu, labels: [by, "mode"]),
            PrometheusQuery(
                text: "sum by (\(by),device) (\(rate("node_disk_io_time_seconds_total", disks)))",
                meaning: .disk(\.busy), labels: [by, "device"]),
            PrometheusQuery(
                text: "sum by (\(by),device) (\(rate("node_disk_read_bytes_total", disks)))",
                meaning: .disk(\.read), labels: [by, "device"]),
            PrometheusQuery(
                text: "sum by (\(by),device) (\(rate("node_disk_written_bytes_total", disks)))",
                meaning: .disk(\.written), labels: [by, "device"]),
            PrometheusQuery(
                text: "sum by (\(by),device) (\(rate("node_network_receive_bytes_total", networks)))",
                meaning: .network(\.received), labels: [by, "device"]),
            PrometheusQuery(
                text: "sum by (\(by),device) (\(rate("node_network_transmit_bytes_total", networks)))",
                meaning: .network(\.transmitted), labels: [by, "device"]),
            PrometheusQuery(text: "up{\(of)} == 0", meaning: .down, labels: [by]),
        ]
    }

    /// What changes by the minute.
    static func slow(_ nodes: PrometheusNodes, window: String) -> [PrometheusQuery] {
        let (by, of) = (nodes.label, nodes.selector)
        let spent = ["read", "write"].map { "rate(node_disk_\($0)_time_seconds_total{\(join(of, disks))}[\(window)])" }
        let done = ["reads", "writes"].map { "rate(node_disk_\($0)_completed_total{\(join(of, disks))}[\(window)])" }
        let wait =
            "sum by (\(by),device) (\(spent.joined(separator: " + "))) / "
            + "sum by (\(by),device) (\(done.joined(separator: " + ")))"
        let free = "node_filesystem_avail_bytes{\(join(of, files))}"
        return [
            PrometheusQuery(
                text: "count by (\(by)) (node_cpu_seconds_total{\(join(of, "mode=\"idle\""))})", meaning: .cpuCount,
                labels: [by]),
            PrometheusQuery(
                text: "{\(join("__name__=~\"\(names(fileFamilies))\"", of, files))}", meaning: .family,
                labels: [by, "__name__", "device", "mountpoint", "fstype"]),
            PrometheusQuery(
                text: "{\(join("__name__=~\"\(names(deviceFamilies))\"", of))}", meaning: .family,
                labels: [by, "__name__", "device", "state", "chip", "sensor", "label", "chip_name", "type", "zone"]),
            PrometheusQuery(
                text: "{\(join("__name__=~\"\(names(SmartFamily.names))\"", of))}", meaning: .family,
                labels: [by, "__name__"] + SmartFamily.labels),
            PrometheusQuery(text: wait, meaning: .disk(\.wait), labels: [by, "device"]),
            PrometheusQuery(
                text: "sum by (\(by),device) (rate(node_network_receive_errs_total{\(join(of, networks))}[\(window)])"
                    + " + rate(node_network_transmit_errs_total{\(join(of, networks))}[\(window)]))",
                meaning: .network(\.errors), labels: [by, "device"]),
            PrometheusQuery(
                text: "node_time_seconds{\(of)} - timestamp(node_time_seconds{\(of)})", meaning: .clockOffset,
                labels: [by]),
            PrometheusQuery(
                // What was seen for a few minutes says nothing of tomorrow.
                text: "(\(free) / (-deriv(\(free)[1h]) > 0) < \(Int(fullInSecondsMax))) and \(free) offset 30m",
                meaning: .fullIn,
                labels: [by, "mountpoint"]),
        ]
    }

    /// Longer than this is no news.
    static let fullInSecondsMax = 7 * 86_400.0

    private static let gauges: [NodeFamily] = [
        .load1, .load5, .memoryTotal, .memoryAvailable, .swapTotal, .swapFree, .bootTime,
    ]
    private static let fileFamilies: [NodeFamily] = [.fileSystemSize, .fileSystemAvailable, .fileSystemReadOnly]
    private static let deviceFamilies: [NodeFamily] = [
        .networkUp, .arrayDisks, .arrayDisksRequired, .arrayState, .arrayBlocks, .arrayBlocksSynced, .temperature,
        .temperatureCritical, .temperatureMax, .sensorLabel, .chipName, .zoneTemperature,
    ]
    private static let disks = "device!~\"(loop|ram|zram|sr|fd).*\""
    private static let networks = "device!~\"lo|(veth|cali|lxc|tap|ifb).*\""
    private static let files = "fstype!~\"tmpfs|devtmpfs|ramfs|squashfs|overlay|iso9660|nsfs|autofs\""

    private static func names(_ families: [NodeFamily]) -> String { names(families.map(\.name)) }
    private static func names(_ all: [String]) -> String { all.joined(separator: "|") }

    private static func join(_ matchers: String...) -> String {
        matchers.filter { !$0.isEmpty }.joined(separator: ",")
    }
}

/// Rates of one disk as the server works them out.
struct DiskRates: Sendable {
    var busy: Double?
    var read: Double?
    var written: Double?
    var wait: Double?
}

struct NetworkRates: Sendable {
    var received: Double?
    var transmitted: Double?
    var errors: Double?
}

/// A sample as the page's reader wants it.
struct QueriedSample: NodeSample {
    let result: PrometheusResult
    let names: [String]
    var value: Double { result.value }

    func label(_ wanted: StaticString) -> String? {
        for (i, name) in names.enumerated()
        where name.utf8.count == wanted.utf8CodeUnitCount
            && name.utf8.elementsEqual(
                UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount))
        {
            return result.labels[i]
        }
        return nil
    }
}
