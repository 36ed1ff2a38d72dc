import Estate

/// The guards as they read back.
extension SettingsWriter {
    static func guards(_ guards: GuardSettings) -> [String] {
        var out: [String] = []
        if guards == GuardSettings() {
            return [
                "# Guards: change freezes, who may act, and what waits for a second operator; see docs/configuration.md.",
                "# freezes: [{name: kick-offs, zone: Europe/London, weekly: [\"sat 14:30-17:30\"], tiers: [critical]}]",
                "# roles: {operators: {groups: [dba]}, approvers: {users: [ana]}}",
                "# four_eyes: {verbs: [failover], bytes_at_risk: 1MB, wait: 15m}", "",
            ]
        }
        if guards.register != RegisterSettings() {
            out += ["# Where operators see each other.", "register:", "  use: \(guards.register.isUsed)"]
            if let name = guards.register.etcd { out.append("  etcd: \(scalar(name))") }
            out += ["  prefix: \(scalar(guards.register.prefix))", ""]
        }
        out += freezes(guards.freezes)
        if let roles = guards.roles {
            out += ["# Whoever is not named here looks only.", "roles:"]
            out.append("  operators: \(subjects(roles.operators))")
            if let approvers = roles.approvers { out.append("  approvers: \(subjects(approvers))") }
            out.append("")
        }
        if !guards.people.isEmpty {
            out.append("people:")
            out += guards.people.map { "  - {name: \(scalar($0.name)), users: \(list($0.users))}" } + [""]
        }
        if let rule = guards.fourEyes {
            out += ["# What waits for a second operator.", "four_eyes:"]
            if !rule.verbs.isEmpty { out.append("  verbs: \(list(rule.verbs))") }
            if !rule.groups.isEmpty { out.append("  groups: \(list(rule.groups.map(\.name)))") }
            if !rule.tiers.isEmpty { out.append("  tiers: \(list(rule.tiers.map(\.rawValue)))") }
            if let bytes = rule.bytesAtRisk { out.append("  bytes_at_risk: \(Quantity.text(bytes: bytes))") }
            out += ["  wait: \(Quantity.text(rule.wait))", ""]
        }
        if !guards.drills.isEmpty {
            out.append("drills:")
            out += guards.drills.map {
                "  - {scenario: \(scalar($0.scenario)), every: \(Quantity.text($0.every))}"
            }
            out.append("")
        }
        if !guards.platformDrills.isEmpty {
            out += [
                "# Where drills may be held for real.", "platform_drills: \(list(guards.platformDrills.map(\.name)))",
                "",
            ]
        }
        if let syslog = guards.syslog { out += ["audit: {syslog: \(scalar(syslog.url))}", ""] }
        return out
    }

    private static func freezes(_ freezes: [FreezeSettings]) -> [String] {
        guard !freezes.isEmpty else { return [] }
        var out = ["# When nothing is to be changed.", "freezes:"]
        for freeze in freezes {
            out += ["  - name: \(scalar(freeze.name))", "    zone: \(scalar(freeze.zone))"]
            if let reason = freeze.reason { out.append("    reason: \(scalar(reason))") }
            if !freeze.weekly.isEmpty { out.append("    weekly: \(list(freeze.weekly.map(WindowText.text)))") }
            if !freeze.dates.isEmpty { out.append("    dates: \(list(freeze.dates.map(WindowText.text)))") }
            if !freeze.groups.isEmpty { out.append("    groups: \(list(freeze.groups.map(\.name)))") }
            if !freeze.tiers.isEmpty { out.append("    tiers: \(list(freeze.tiers.map(\.rawValue)))") }
            if !freeze.allows.isEmpty { out.append("    allows: \(list(freeze.allows))") }
        }
        return out + [""]
    }

    private static func subjects(_ subjects: SubjectSettings) -> String {
        var parts: [String] = []
        if !subjects.users.isEmpty { parts.append("users: \(list(subjects.users))") }
        if !subjects.groups.isEmpty { parts.append("groups: \(list(subjects.groups))") }
        return "{\(parts.joined(separator: ", "))}"
    }
}
