import Wire

/// One sample of a node's: a line of its exporter's page, or of a database that keeps it.
protocol NodeSample: ~Copyable {
    var value: Double { get }
    func label(_ wanted: StaticString) -> String?
}

extension PrometheusLine: NodeSample {}

/// What one page of a node_exporter says, gathered by what it is about. Counters are still counters here.
struct NodePage: Sendable {
    /// Devices of one kind that are kept of a page; more are counted in `devicesLeftOut`.
    static let devicesMax = 64

    struct Disk: Equatable, Sendable {
        var busySeconds: Double?
        var readBytes: Double?
        var writtenBytes: Double?
        var requests: Double?
        var requestSeconds: Double?
    }

    struct Network: Equatable, Sendable {
        var isUp: Bool?
        var received: Double?
        var transmitted: Double?
        var errors: Double?
    }

    struct FileSystem: Equatable, Sendable {
        var device: String
        var type: String
        var size: Double?
        var available: Double?
        var isReadOnly = false
    }

    struct Array: Equatable, Sendable {
        var required: Int?
        var active: Int?
        var failed = 0
        var spare = 0
        var isRebuilding = false
        var blocks: Double?
        var blocksSynced: Double?
    }

    struct Sensor: Equatable, Sendable {
        var celsius: Double?
        var critical: Double?
        var max: Double?
        var label: String?
    }

    struct SensorID: Hashable, Sendable {
        let chip: String
        let sensor: String
    }

    /// Seconds in each mode, summed over the processors.
    var cpuSeconds: [String: Double] = [:]
    var cpuCount = 0
    /// One-off values, by family.
    var values: [NodeFamily: Double] = [:]
    var disks: [String: Disk] = [:]
    var networks: [String: Network] = [:]
    /// By mount point.
    var fileSystems: [String: FileSystem] = [:]
    var arrays: [String: Array] = [:]
    var sensors: [SensorID: Sensor] = [:]
    var chipNames: [String: String] = [:]
    var smart = SmartPage()
    var devicesLeftOut = 0
    var report: PrometheusReport

    init(_ bytes: [UInt8]) {
        // The page is built up in a closure, and `self` is not whole before the scan has returned.
        var page = NodePage(report: PrometheusReport())
        page.report = PrometheusScanner.scan(bytes.span.bytes, NodeFamily.selection) { line in
            if let family = NodeFamily(rawValue: line.family) {
                page.take(family, line)
            } else {
                page.smart.take(SmartFamily.allCases[line.family - NodeFamily.allCases.count], line)
            }
        }
        self = page
    }

    private init(report: PrometheusReport) { self.report = report }

    /// A page to be filled sample by sample.
    init() { self.init(report: PrometheusReport()) }

    mutating func take(_ family: NodeFamily, _ line: borrowing some NodeSample & ~Copyable) {
        switch family {
        case .cpuSeconds:
            guard let mode = line.label("mode") else { return }
            cpuSeconds[mode, default: 0] += line.value
            if mode == "idle" { cpuCount += 1 }
        case .diskBusySeconds, .diskReadBytes, .diskWrittenBytes, .diskReads, .diskWrites, .diskReadSeconds,
            .diskWriteSeconds:
            takeDisk(family, line)
        case .networkUp, .networkReceived, .networkTransmitted, .networkReceiveErrors, .networkTransmitErrors:
            takeNetwork(family, line)
        case .fileSystemSize, .fileSystemAvailable, .fileSystemReadOnly:
            takeFileSystem(family, line)
        case .arrayDisks, .arrayDisksRequired, .arrayState, .arrayBlocks, .arrayBlocksSynced:
            takeArray(family, line)
        case .temperature, .temperatureCritical, .temperatureMax, .sensorLabel, .chipName, .zoneTemperature:
            takeSensor(family, line)
        case .load1, .load5, .memoryTotal, .memoryAvailable, .swapTotal, .swapFree, .bootTime, .time, .uname,
            .exporterBuild:
            values[family] = line.value
        }
    }

    private mutating func takeDisk(_ family: NodeFamily, _ line: borrowing some NodeSample & ~Copyable) {
        guard let device = line.label("device"), !NodePage.isNoDisk(device) else { return }
        let value = line.value
        change(\.disks, device, Disk()) { disk in
            switch family {
            case .diskBusySeconds: disk.busySeconds = value
            case .diskReadBytes: disk.readBytes = value
            case .diskWrittenBytes: disk.writtenBytes = value
            case .diskReads, .diskWrites: disk.requests = (disk.requests ?? 0) + value
            default: disk.requestSeconds = (disk.requestSeconds ?? 0) + value
            }
        }
    }

    private mutating func takeNetwork(_ family: NodeFamily, _ line: borrowing some NodeSample & ~Copyable) {
        guard let device = line.label("device"), !NodePage.isNoNetwork(device) else { return }
        let value = line.value
        change(\.networks, device, Network()) { network in
            switch family {
            case .networkUp: network.isUp = value == 1
            case .networkReceived: network.received = value
            case .networkTransmitted: network.transmitted = value
            default: network.errors = (network.errors ?? 0) + value
            }
        }
    }

    private mutating func takeFileSystem(_ family: NodeFamily, _ line: borrowing some NodeSample & ~Copyable) {
        guard let mountPoint = line.label("mountpoint"), let device = line.label("device") else { return }
        let type = line.label("fstype") ?? ""
        guard !NodePage.memoryTypes.contains(type) else { return }
        let value = line.value
        change(\.fileSystems, mountPoint, FileSystem(device: device, type: type)) { fileSystem in
            switch family {
            case .fileSystemSize: fileSystem.size = value
            case .fileSystemAvailable: fileSystem.available = value
            default: fileSystem.isReadOnly = value == 1
            }
        }
    }

    private mutating func takeArray(_ family: NodeFamily, _ line: borrowing some NodeSample & ~Copyable) {
        guard let device = line.label("device") else { return }
        let state = line.label("state") ?? ""
        let value = line.value
        let count = Int(exactly: value.rounded())
        change(\.arrays, device, Array()) { array in
            switch family {
            case .arrayDisksRequired: array.required = count
            case .arrayBlocks: array.blocks = value
            case .arrayBlocksSynced: array.blocksSynced = value
            case .arrayDisks where state == "active": array.active = count
            case .arrayDisks where state == "failed": array.failed = count ?? 0
            case .arrayDisks where state == "spare": array.spare = count ?? 0
            case .arrayState where value == 1 && ["recovering", "recovery", "resync"].contains(state):
                array.isRebuilding = true
            default: break
            }
        }
    }

    private mutating func takeSensor(_ family: NodeFamily, _ line: borrowing some NodeSample & ~Copyable) {
        let value = line.value
        if family == .zoneTemperature {
            let zone = line.label("type") ?? line.label("zone") ?? "zone"
            change(\.sensors, SensorID(chip: "thermal", sensor: zone), Sensor()) { $0.celsius = value }
            return
        }
        guard let chip = line.label("chip") else { return }
        if family == .chipName {
            chipNames[chip] = line.label("chip_name")
            return
        }
        guard let sensor = line.label("sensor") else { return }
        // A label comes for fans and voltages too: those stay without a temperature.
        let label = family == .sensorLabel ? line.label("label") : nil
        if family == .sensorLabel, !sensor.hasPrefix("temp") { return }
        change(\.sensors, SensorID(chip: chip, sensor: sensor), Sensor()) { entry in
            switch family {
            case .temperature: entry.celsius = value
            case .temperatureCritical: entry.critical = value
            case .temperatureMax: entry.max = value
            default: entry.label = label
            }
        }
    }

    private mutating func change<Key: Hashable, Value>(
        _ list: WritableKeyPath<NodePage, [Key: Value]>, _ key: Key, _ empty: Value, _ body: (inout Value) -> Void
    ) {
        if self[keyPath: list][key] == nil, self[keyPath: list].count >= Self.devicesMax {
            devicesLeftOut += 1
            return
        }
        body(&self[keyPath: list][key, default: empty])
    }

    /// Loop and memory devices are files and memory; optical drives are not worth a line.
    private static func isNoDisk(_ device: String) -> Bool {
        ["loop", "ram", "zram", "sr", "fd"].contains { device.hasPrefix($0) }
    }

    /// The loopback, and one half of every container's cable.
    private static func isNoNetwork(_ device: String) -> Bool {
        device == "lo" || ["veth", "cali", "lxc", "tap", "ifb"].contains { device.hasPrefix($0) }
    }

    private static let memoryTypes: Set<String> = [
        "tmpfs", "devtmpfs", "ramfs", "squashfs", "proc", "sysfs", "cgroup", "cgroup2", "nsfs", "autofs", "iso9660",
        "fuse.lxcfs", "tracefs", "debugfs", "rpc_pipefs", "erofs",
    ]
}
