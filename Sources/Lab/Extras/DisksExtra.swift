import Foundation

/// Disks and an array that no machine without them has: pages as the text-file collectors write them, on every node.
struct DisksExtra: LabExtra {
    let name = "disks"
    let kinds: [LabKind] = []

    func members(_ plan: LabPlan) -> [LabMember] { [] }
    func command(_ member: LabMember, _ recipes: Recipes) -> [String] { [] }
    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding { Probe.Finding() }

    func sharedFiles(_ recipes: Recipes) -> [LabFile] {
        recipes.plan.kind(.exporter).flatMap { member in
            [
                LabFile(name: "members/\(member.name)/smartmon.prom", text: Self.smart),
                LabFile(name: "members/\(member.name)/raid.prom", text: Self.array),
            ]
        }
    }

    /// As `smartmon` of Debian's prometheus-node-exporter-collectors prints it.
    static let smart = ["sda", "sdb"].map { disk in
        let labels = "disk=\"/dev/\(disk)\",type=\"sat\""
        func attribute(_ name: String, _ id: Int, _ value: String) -> String {
            "smartmon_\(name)_raw_value{\(labels),smart_id=\"\(id)\"} \(value)\n"
        }
        return "smartmon_device_smart_healthy{\(labels)} 1\n"
            + attribute("reallocated_sector_ct", 5, "0.000000e+00")
            + attribute("power_on_hours", 9, "1.402300e+04")
            + attribute("temperature_celsius", 194, "3.400000e+01")
            + attribute("current_pending_sector", 197, "0.000000e+00")
    }.joined()

    /// As node_exporter's own collector has it: the same words of help, or the exporter would refuse the page where a
    /// machine has arrays.
    static let array = """
        # HELP node_md_disks Number of active/failed/spare disks of device.
        # TYPE node_md_disks gauge
        node_md_disks{device="md120",state="active"} 2
        node_md_disks{device="md120",state="failed"} 0
        node_md_disks{device="md120",state="spare"} 0
        # HELP node_md_disks_required Total number of disks of device.
        # TYPE node_md_disks_required gauge
        node_md_disks_required{device="md120"} 2
        # HELP node_md_state Indicates the state of md-device.
        # TYPE node_md_state gauge
        node_md_state{device="md120",state="active"} 1
        node_md_state{device="md120",state="recovering"} 0

        """
}
