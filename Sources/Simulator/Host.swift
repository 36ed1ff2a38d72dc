import Estate

/// How far a disk is on its way to its end.
enum DiskStage: String, Sendable, CaseIterable {
    case healthy, wearing, errors, failing, failed, replaced
}

/// One host.
struct Host: Sendable {
    /// An array is whole again so long after a disk was replaced, seconds.
    static let rebuildSeconds = 600.0

    let plan: AcmeBets.HostPlan
    let id: NodeID
    var isUp = true
    var bootedAt: Timestamp
    private(set) var disk = DiskStage.healthy
    private(set) var diskSince: Timestamp
    private(set) var facts = NodeFacts()
    private var busy: Double
    private var load5 = 0.5
    private var chance: Chance
    private let gigabytes: Double

    init(_ plan: AcmeBets.HostPlan, seed: UInt64, now: Timestamp) {
        self.plan = plan
        id = NodeID(plan.name)
        var dice = Chance(seed: seed, plan.name)
        bootedAt = now - .seconds(dice.between(20, 140) * 86_400)
        diskSince = now
        busy = 0.08
        let isLarge = plan.kind == .database || plan.kind == .backup
        gigabytes = isLarge ? 256 : plan.kind == .cache || plan.kind == .app ? 64 : 16
        facts.cpuCount = isLarge ? 48 : plan.kind == .app ? 32 : 16
        facts.memoryTotalBytes = Int64(gigabytes * 1_073_741_824)
        facts.swapTotalBytes = 4 << 30
        facts.swapUsedBytes = 0
        facts.disks = ["nvme0n1", "nvme1n1"].map { DiskFacts(device: $0) }
        facts.arrays = [ArrayFacts(device: "md0", required: 2, active: 2, failed: 0, spare: 0, rebuilding: false)]
        facts.networks = [NetworkFacts(device: "eth0")]
        facts.networks[0].isUp = true
        facts.fileSystems = [
            FileSystemFacts(
                mountPoint: "/", sizeBytes: 64 << 30, availableBytes: Int64(dice.between(30, 48)) << 30,
                isReadOnly: false)
        ]
        if isLarge {
            facts.fileSystems.append(
                FileSystemFacts(
                    mountPoint: plan.kind == .backup ? "/var/lib/pgbackrest" : "/var/lib/postgresql",
                    sizeBytes: 7_200 << 30, availableBytes: Int64(dice.between(2_900, 4_700)) << 30, isReadOnly: false))
        }
        facts.temperatures = ["coretemp Package id 0", "nvme Composite"].map {
            TemperatureFacts(sensor: $0, celsius: 40, limitCelsius: $0.hasPrefix("core") ? 95 : 84)
        }
        let (hours, wear) = (Int64(dice.between(9_000, 26_000)), dice.between(0.11, 0.38))
        for d in facts.disks.indices {
            var health = DiskHealth()
            (health.isPassed, health.reallocatedSectors, health.pendingSectors, health.mediaErrors) = (true, 0, 0, 0)
            (health.wearUsed, health.poweredOnHours) = (wear + 0.01 * Double(d), hours)
            facts.disks[d].health = health
        }
        chance = dice
    }

    /// How much slower its storage answers than usual.
    var diskSlowness: Double {
        switch disk {
        case .healthy, .wearing, .failed: 1
        case .errors: 2.5
        case .failing: 14
        case .replaced: 1.6
        }
    }

    mutating func set(_ stage: DiskStage, at now: Timestamp) {
        disk = stage
        diskSince = now
    }

    /// What it is made to do.
    struct Work: Sendable {
        /// 0…1 of its processors.
        var busy = 0.03
        var bytesIn = 0.0
        var bytesOut = 0.0
        var bytesWritten = 20_000.0
        var bytesRead = 5_000.0
        /// 0…1 of its memory.
        var memory = 0.4
    }

    /// What its exporter tells.
    mutating func observed(_ work: Work, at now: Timestamp) -> NodeFacts {
        let since = (now - diskSince).seconds
        if disk == .replaced, since >= Self.rebuildSeconds { disk = .healthy }
        busy += (min(0.99, max(0.01, work.busy * chance.wobble(0.12))) - busy) * 0.7
        let slow = diskSlowness
        let wait = min(0.6, 0.004 * slow + (slow > 4 ? 0.02 * slow : 0))
        let cores = Double(facts.cpuCount ?? 16)
        facts.bootedAt = bootedAt
        facts.cpuBusy = busy
        facts.cpuIOWait = wait
        facts.cpuSteal = 0
        let load = (busy + wait) * cores * chance.wobble(0.15)
        load5 += (load - load5) * 0.06
        facts.load1 = load
        facts.load5 = load5
        facts.memoryAvailableBytes = Int64(gigabytes * 1_073_741_824 * (1 - work.memory) * chance.wobble(0.004))
        facts.networks[0].receiveBytesRate = work.bytesIn * chance.wobble(0.05)
        facts.networks[0].transmitBytesRate = work.bytesOut * chance.wobble(0.05)
        facts.networks[0].errorsRate = 0
        facts.temperatures[0].celsius = (38 + 44 * busy + chance.between(-0.6, 0.6)).rounded()
        facts.temperatures[1].celsius = (35 + min(16, work.bytesWritten / 8e6) + 6 * wait).rounded()
        facts.clockOffsetSeconds = chance.between(-0.0012, 0.0012)
        tellDisks(work, slow, since)
        return facts
    }

    private mutating func tellDisks(_ work: Work, _ slow: Double, _ since: Double) {
        for d in facts.disks.indices {
            let isSick = d == 1 && disk != .healthy
            let isGone = isSick && disk == .failed
            facts.disks[d].writeBytesRate = isGone ? 0 : work.bytesWritten * chance.wobble(0.1)
            facts.disks[d].readBytesRate = isGone ? 0 : work.bytesRead * chance.wobble(0.2) / 2
            let wait = 0.00018 * (isSick ? slow : 1) * (1 + work.bytesWritten / 6e7) * chance.wobble(0.3)
            facts.disks[d].awaitSeconds = isGone ? nil : wait
            facts.disks[d].busy =
                isGone ? 0 : min(1, (work.bytesWritten + work.bytesRead) / 4.2e8 * (isSick ? slow : 1))
            facts.disks[d].health?.celsius = facts.temperatures[1].celsius + Double(d)
        }
        tellHealth(since)
        var array = ArrayFacts(device: "md0", required: 2, active: 2, failed: 0, spare: 0, rebuilding: false)
        if disk == .failed { (array.disksActive, array.disksFailed) = (1, 1) }
        if disk == .replaced {
            (array.disksActive, array.disksSpare, array.isRebuilding) = (1, 1, true)
            array.rebuildProgress = min(1, since / Self.rebuildSeconds)
        }
        facts.arrays[0] = array
    }

    private mutating func tellHealth(_ since: Double) {
        guard let other = facts.disks[0].health else { return }
        var health = facts.disks[1].health ?? other
        switch disk {
        case .healthy, .replaced:
            let hours = disk == .replaced ? 0 : health.poweredOnHours
            health = other
            health.poweredOnHours = hours
            if hours == 0 { health.wearUsed = 0 }
        case .wearing:
            health.wearUsed = 0.97
            health.reallocatedSectors = 8 + Int64(since / 45)
        case .errors:
            health.wearUsed = 1.01
            health.reallocatedSectors = 64 + 5 * Int64(since / 30)
            health.pendingSectors = 3 + Int64(since / 40)
            health.mediaErrors = 2 + Int64(since / 35)
        case .failing, .failed:
            health.wearUsed = 1.04
            health.isPassed = false
            health.reallocatedSectors = 412 + 38 * Int64(since / 30)
            health.pendingSectors = 37 + 6 * Int64(since / 30)
            health.mediaErrors = 91 + 14 * Int64(since / 30)
        }
        facts.disks[1].health = disk == .failed ? nil : health
    }
}
