import Wire

/// The families that are read of a node_exporter page: some sixty lines of a thousand.
enum NodeFamily: Int, CaseIterable {
    case cpuSeconds, load1, load5
    case memoryTotal, memoryAvailable, swapTotal, swapFree
    case diskBusySeconds, diskReadBytes, diskWrittenBytes
    case diskReads, diskWrites, diskReadSeconds, diskWriteSeconds
    case fileSystemSize, fileSystemAvailable, fileSystemReadOnly
    case networkUp, networkReceived, networkTransmitted, networkReceiveErrors, networkTransmitErrors
    case arrayDisks, arrayDisksRequired, arrayState, arrayBlocks, arrayBlocksSynced
    case temperature, temperatureCritical, temperatureMax, sensorLabel, chipName
    case zoneTemperature
    case bootTime, time, uname, exporterBuild

    var name: String {
        switch self {
        case .cpuSeconds: return "node_cpu_seconds_total"
        case .load1: return "node_load1"
        case .load5: return "node_load5"
        case .memoryTotal: return "node_memory_MemTotal_bytes"
        case .memoryAvailable: return "node_memory_MemAvailable_bytes"
        case .swapTotal: return "node_memory_SwapTotal_bytes"
        case .swapFree: return "node_memory_SwapFree_bytes"
        case .diskBusySeconds: return "node_disk_io_time_seconds_total"
        case .diskReadBytes: return "node_disk_read_bytes_total"
        case .diskWrittenBytes: return "node_disk_written_bytes_total"
        case .diskReads: return "node_disk_reads_completed_total"
        case .diskWrites: return "node_disk_writes_completed_total"
        case .diskReadSeconds: return "node_disk_read_time_seconds_total"
        case .diskWriteSeconds: return "node_disk_write_time_seconds_total"
        case .fileSystemSize: return "node_filesystem_size_bytes"
        case .fileSystemAvailable: return "node_filesystem_avail_bytes"
        case .fileSystemReadOnly: return "node_filesystem_readonly"
        case .networkUp: return "node_network_up"
        case .networkReceived: return "node_network_receive_bytes_total"
        case .networkTransmitted: return "node_network_transmit_bytes_total"
        case .networkReceiveErrors: return "node_network_receive_errs_total"
        case .networkTransmitErrors: return "node_network_transmit_errs_total"
        case .arrayDisks: return "node_md_disks"
        case .arrayDisksRequired: return "node_md_disks_required"
        case .arrayState: return "node_md_state"
        case .arrayBlocks: return "node_md_blocks"
        case .arrayBlocksSynced: return "node_md_blocks_synced"
        case .temperature: return "node_hwmon_temp_celsius"
        case .temperatureCritical: return "node_hwmon_temp_crit_celsius"
        case .temperatureMax: return "node_hwmon_temp_max_celsius"
        case .sensorLabel: return "node_hwmon_sensor_label"
        case .chipName: return "node_hwmon_chip_names"
        case .zoneTemperature: return "node_thermal_zone_temp"
        case .bootTime: return "node_boot_time_seconds"
        case .time: return "node_time_seconds"
        case .uname: return "node_uname_info"
        case .exporterBuild: return "node_exporter_build_info"
        }
    }

    /// SMART's come behind the host's own.
    static let selection = PrometheusFamilies(allCases.map(\.name) + SmartFamily.names)
}
