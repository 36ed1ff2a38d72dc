import Estate
import Wire

/// What collectors write of SMART: the text file of `smartmon`, and smartctl_exporter.
enum SmartFamily: String, CaseIterable, Sendable {
    // The text-file collector of the Prometheus community, as Debian ships it.
    case monHealthy = "smartmon_device_smart_healthy"
    case monAvailable = "smartmon_device_smart_available"
    case monReallocated = "smartmon_reallocated_sector_ct_raw_value"
    case monPending = "smartmon_current_pending_sector_raw_value"
    case monUncorrectable = "smartmon_offline_uncorrectable_raw_value"
    case monTemperature = "smartmon_temperature_celsius_raw_value"
    case monAirflow = "smartmon_airflow_temperature_cel_raw_value"
    case monHours = "smartmon_power_on_hours_raw_value"
    case monWear = "smartmon_media_wearout_indicator_value"
    case monWearLeveling = "smartmon_wear_leveling_count_value"
    // NVMe, by the text-file collector `nvme`.
    case nvmeMediaErrors = "nvme_media_errors_total"
    case nvmeUsed = "nvme_percentage_used_ratio"
    case nvmeWarning = "nvme_critical_warning_total"
    case nvmeTemperature = "nvme_temperature_celsius"
    case nvmeHours = "nvme_power_on_hours_total"
    // smartctl_exporter.
    case ctlStatus = "smartctl_device_smart_status"
    case ctlAttribute = "smartctl_device_attribute"
    case ctlTemperature = "smartctl_device_temperature"
    case ctlHours = "smartctl_device_power_on_seconds"
    case ctlMediaErrors = "smartctl_device_media_errors"
    case ctlUsed = "smartctl_device_percentage_used"

    static let names = allCases.map(\.rawValue)
    static let labels = [
        "disk", "device", "attribute_id", "attribute_name", "attribute_value_type", "temperature_type",
    ]
}

/// What disks say of themselves, by their names.
struct SmartPage: Sendable {
    /// Disks that are kept of a page.
    static let disksMax = 128
    private(set) var disks: [String: DiskHealth] = [:]

    mutating func take(_ family: SmartFamily, _ line: borrowing some NodeSample & ~Copyable) {
        guard let told = line.label("disk") ?? line.label("device") else { return }
        let disk = Self.name(told)
        guard disks[disk] != nil || disks.count < Self.disksMax, line.value.isFinite else { return }
        let value = line.value
        let whole = Int64(exactly: value.rounded())
        var health = disks[disk] ?? DiskHealth()
        switch family {
        case .monHealthy, .ctlStatus: health.isPassed = value == 1
        case .monAvailable: break
        case .monReallocated: health.reallocatedSectors = whole
        case .monPending: health.pendingSectors = whole
        case .monUncorrectable, .nvmeMediaErrors, .ctlMediaErrors: health.mediaErrors = whole
        case .monTemperature, .monAirflow: if let celsius = Self.celsius(value) { health.celsius = celsius }
        case .nvmeTemperature: health.celsius = value
        case .ctlTemperature:
            if line.label("temperature_type") ?? "current" == "current" { health.celsius = value }
        case .monHours, .nvmeHours: health.poweredOnHours = whole.map { $0 & 0xFFFF_FFFF }
        case .ctlHours: health.poweredOnHours = Int64(exactly: (value / 3600).rounded())
        // Normalised values begin at 100 and fall.
        case .monWear, .monWearLeveling: if (0...100).contains(value) { health.wearUsed = 1 - value / 100 }
        case .nvmeUsed: health.wearUsed = value
        case .ctlUsed: health.wearUsed = value / 100
        case .nvmeWarning: if value > 0 { health.isPassed = false }
        case .ctlAttribute: attribute(line, whole, &health)
        }
        disks[disk] = health
    }

    private func attribute(_ line: borrowing some NodeSample & ~Copyable, _ whole: Int64?, _ health: inout DiskHealth) {
        guard line.label("attribute_value_type") == "raw", let id = line.label("attribute_id") else { return }
        switch id {
        case "5": health.reallocatedSectors = whole
        case "197": health.pendingSectors = whole
        case "198": health.mediaErrors = whole
        default: break
        }
    }

    /// The raw value of some makers holds the least and the most as well, in the higher bytes. Collectors print seven
    /// digits: of a number that long the low byte, which is what counts, is lost.
    private static func celsius(_ raw: Double) -> Double? {
        guard raw >= 0, raw < 281_474_976_710_656 else { return nil }
        if raw <= 0xFF { return raw }
        var scale = 1.0
        while raw / scale >= 1e7 { scale *= 10 }
        let isRounded = scale > 1 && raw.truncatingRemainder(dividingBy: scale) == 0
        return isRounded ? nil : Double(Int64(raw) & 0xFF)
    }

    /// `sda` of `/dev/sda`, `/dev/bus/0` as it is.
    private static func name(_ disk: String) -> String {
        guard disk.hasPrefix("/dev/") else { return disk }
        let rest = disk.dropFirst("/dev/".count)
        return rest.contains("/") ? disk : String(rest)
    }
}
