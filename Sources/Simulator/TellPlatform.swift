import Estate

/// What the owners of the platform measure and are warned of: the figures that a person who bets would notice, and the
/// rules that fire on them.
extension World {
    /// How often the figures are asked for, and the rules looked at.
    static let platformEverySeconds = 5.0

    /// One rule: how long it must hold before it fires.
    private enum Rule: String, CaseIterable {
        case hostDown = "HostDown"
        case instanceDown = "InstanceDown"
        case diskFailing = "DiskFailing"
        case noCommits = "NoCommits"
        case errorsHigh = "ErrorRateHigh"

        var holdsSeconds: Double {
            switch self {
            case .hostDown, .instanceDown: 30
            case .diskFailing: 20
            case .noCommits: 15
            case .errorsHigh: 20
            }
        }
    }

    /// 5xx a second, from where on it is worth a word, and an alarm.
    private static let errorsWarnRate = 5.0
    private static let errorsAlarmRate = 50.0

    mutating func tellFigures(_ source: SourceID, _ at: Timestamp) {
        let errors = errorRates.reduce(0, +)
        let isTaken = databases.allSatisfy { $0.logRate > 0 }
        var facts = PlatformFacts()
        facts.figures = [
            KeyFigure(
                "bets taken", unit: "/s", value: isTaken ? max(0, load.bets - errors).rounded() : 0,
                limits: FigureLimits(warnBelow: 5, alarmBelow: 1)),
            KeyFigure("people", value: load.sessions.rounded()),
            KeyFigure("logins", unit: "/s", value: load.logins.rounded()),
            KeyFigure(
                "errors", unit: "/s", value: errors.rounded(),
                limits: FigureLimits(warnAbove: Self.errorsWarnRate, alarmAbove: Self.errorsAlarmRate)),
        ]
        send(source, at, .platform(facts))
    }

    mutating func tellAlerts(_ source: SourceID, _ at: Timestamp) {
        let found = firing()
        let ids = Set(found.map(\.id))
        alertsSince = alertsSince.filter { ids.contains($0.key) }
        var facts = PlatformFacts()
        for var alert in found {
            let since = alertsSince[alert.id] ?? at
            alertsSince[alert.id] = since
            let holds = Rule(rawValue: alert.name)?.holdsSeconds ?? 0
            guard (at - since).seconds >= holds else { continue }
            alert.startedAt = since
            facts.alerts.append(alert)
        }
        send(source, at, .platform(facts))
    }

    private func firing() -> [Alert] {
        var list = firingOnHosts() + firingOnInstances()
        for database in databases where database.logRate <= 0 {
            var alert = Self.alert(.noCommits, database.id.name, "\(database.id) commits nothing")
            alert.group = database.id
            alert.labels["cluster"] = database.id.name
            list.append(alert)
        }
        let errors = errorRates.reduce(0, +)
        if errors >= Self.errorsWarnRate {
            var alert = Self.alert(
                .errorsHigh, "edge", "\(Int(errors.rounded())) answers a second are errors",
                errors >= Self.errorsAlarmRate ? .critical : .warning)
            alert.group = AcmeBets.edgeGroup
            list.append(alert)
        }
        return list
    }

    private func firingOnHosts() -> [Alert] {
        hosts.flatMap { host in
            var list: [Alert] = []
            if !host.isUp {
                list.append(Self.alert(.hostDown, host.plan.name, "\(host.plan.name) does not answer"))
            }
            for disk in host.facts.disks {
                guard let health = disk.health, health.isPassed == false || (health.reallocatedSectors ?? 0) > 0
                else { continue }
                let isLost = health.isPassed == false
                list.append(
                    Self.alert(
                        .diskFailing, "\(host.plan.name)/\(disk.device)",
                        "\(disk.device) of \(host.plan.name) \(isLost ? "failed its self-test" : "gives up sectors")",
                        isLost ? .critical : .warning))
            }
            for i in list.indices {
                list[i].node = host.id
                list[i].labels["instance"] = "\(host.plan.address):9100"
            }
            return list
        }
    }

    private func firingOnInstances() -> [Alert] {
        let down =
            databases.flatMap { database in
                database.members.filter { $0.phase != .running }.map { MemberID(database.id, $0.name) }
            }
            + pools.flatMap { pool in
                pool.servers.filter { $0.phase != .running }.map { MemberID(pool.plan.id, $0.name) }
            }
        return down.map { member in
            var alert = Self.alert(.instanceDown, member.description, "\(member.name) is down", .warning)
            (alert.group, alert.member) = (member.group, member)
            alert.labels["job"] = member.group.name
            return alert
        }
    }

    private static func alert(
        _ rule: Rule, _ about: String, _ summary: String, _ severity: Alert.Severity = .critical
    ) -> Alert {
        var alert = Alert(id: "\(rule.rawValue)/\(about)", name: rule.rawValue, severity: severity)
        alert.summary = summary
        alert.labels = ["alertname": rule.rawValue, "severity": severity == .critical ? "critical" : "warning"]
        return alert
    }
}
