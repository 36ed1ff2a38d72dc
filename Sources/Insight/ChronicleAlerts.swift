import Estate

/// What is remembered of one observer's alerts.
struct AlertsMemory: Sendable {
    /// Those that fire, by id.
    var firing: [String: Alert] = [:]
    /// The most events of one update; what lies beyond is told in one line.
    static let eventsMax = 8
}

extension Chronicle {
    /// Alerts that begin, end, or are silenced.
    mutating func observe(_ facts: PlatformFacts, _ update: Update, _ events: inout [Event]) {
        let known = alerts[update.source]
        guard known != nil || !facts.alerts.isEmpty else { return }
        let firing = Dictionary(facts.alerts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        alerts[update.source] = AlertsMemory(firing: firing)
        // How things stand at the start is no news.
        guard let known else { return }
        var found: [Event] = []
        func tell(_ alert: Alert, _ severity: Event.Severity, _ text: String) {
            var event = Event(at: update.at, .note, severity, group: alert.group, member: alert.member, text: text)
            (event.node, event.source) = (alert.node, update.source)
            found.append(event)
        }
        for alert in facts.alerts {
            let summary = alert.summary.map { ": \($0)" } ?? ""
            guard let before = known.firing[alert.id] else {
                let loud: Event.Severity =
                    alert.isQuiet ? .notice : alert.severity == .critical ? .alarm : .warning
                tell(alert, loud, "alert \(alert.name) fires\(summary)")
                continue
            }
            if before.silencedBy.isEmpty, !alert.silencedBy.isEmpty {
                tell(alert, .notice, "alert \(alert.name) is silenced")
            } else if !before.silencedBy.isEmpty, alert.silencedBy.isEmpty {
                tell(alert, .warning, "alert \(alert.name) is no longer silenced, and still fires")
            }
        }
        for alert in known.firing.values.sorted(by: { $0.id < $1.id }) where firing[alert.id] == nil {
            tell(alert, .notice, "alert \(alert.name) is over")
        }
        events += found.prefix(AlertsMemory.eventsMax)
        if found.count > AlertsMemory.eventsMax {
            let more = found.count - AlertsMemory.eventsMax
            var event = Event(at: update.at, .note, .warning, text: "\(more) more alerts began or ended")
            event.source = update.source
            events.append(event)
        }
    }
}
