/// All that one observer says of one host at one time.
public struct NodeFacts: Equatable, Sendable, Codable {
    public var bootedAt: Timestamp?
    public var cpuCount: Int?
    /// 0…1, over the last interval.
    public var cpuBusy: Double?
    public var cpuIOWait: Double?
    public var cpuSteal: Double?
    public var load1: Double?
    public var load5: Double?
    public var memoryTotalBytes: Int64?
    public var memoryAvailableBytes: Int64?
    public var swapTotalBytes: Int64?
    public var swapUsedBytes: Int64?
    public var disks: [DiskFacts] = []
    public var fileSystems: [FileSystemFacts] = []
    public var networks: [NetworkFacts] = []
    public var arrays: [ArrayFacts] = []
    public var temperatures: [TemperatureFacts] = []
    /// This host's clock less the observer's, seconds.
    public var clockOffsetSeconds: Double?
    public init() {}
}

public struct DiskFacts: Equatable, Sendable, Codable {
    public var device: String
    /// 0…1 of the time busy.
    public var busy: Double?
    public var readBytesRate: Double?
    public var writeBytesRate: Double?
    /// Mean time a request took, seconds.
    public var awaitSeconds: Double?
    public var health: DiskHealth?
    public init(device: String) { self.device = device }
}

/// What a disk says of itself (SMART).
public struct DiskHealth: Equatable, Sendable, Codable {
    /// Its own overall judgement; false: it expects to fail.
    public var isPassed: Bool?
    public var reallocatedSectors: Int64?
    public var pendingSectors: Int64?
    public var mediaErrors: Int64?
    /// 0…1 of the writes it was built for; may pass 1.
    public var wearUsed: Double?
    public var celsius: Double?
    public var poweredOnHours: Int64?
    public init() {}
}

public struct FileSystemFacts: Equatable, Sendable, Codable {
    public var mountPoint: String
    public var sizeBytes: Int64
    public var availableBytes: Int64
    public var isReadOnly: Bool
    /// Seconds until it is full if it goes on filling as it does; nil: it does not, or that is not known.
    public var fullInSeconds: Double?
    public init(mountPoint: String, sizeBytes: Int64, availableBytes: Int64, isReadOnly: Bool) {
        self.mountPoint = mountPoint
        self.sizeBytes = sizeBytes
        self.availableBytes = availableBytes
        self.isReadOnly = isReadOnly
    }
    /// 0…1; nil for an empty file system.
    public var used: Double? { sizeBytes > 0 ? 1 - Double(availableBytes) / Double(sizeBytes) : nil }
}

public struct NetworkFacts: Equatable, Sendable, Codable {
    public var device: String
    public var isUp: Bool?
    public var receiveBytesRate: Double?
    public var transmitBytesRate: Double?
    public var errorsRate: Double?
    public init(device: String) { self.device = device }
}

/// A RAID array.
public struct ArrayFacts: Equatable, Sendable, Codable {
    public var device: String
    public var disksRequired: Int
    public var disksActive: Int
    public var disksFailed: Int
    public var disksSpare: Int
    public var isRebuilding: Bool
    /// 0…1 while rebuilding.
    public var rebuildProgress: Double?
    public init(device: String, required: Int, active: Int, failed: Int, spare: Int, rebuilding: Bool) {
        self.device = device
        disksRequired = required
        disksActive = active
        disksFailed = failed
        disksSpare = spare
        isRebuilding = rebuilding
    }
}

public struct TemperatureFacts: Equatable, Sendable, Codable {
    public var sensor: String
    public var celsius: Double
    public var limitCelsius: Double?
    public init(sensor: String, celsius: Double, limitCelsius: Double?) {
        self.sensor = sensor
        self.celsius = celsius
        self.limitCelsius = limitCelsius
    }
}
