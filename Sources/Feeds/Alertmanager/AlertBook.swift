import Estate
import Settings
import Wire

/// Turns Alertmanager's alerts and silences into facts, each alert tied to what it is about: by the configuration's
/// rules, and otherwise by likeness of names, which is told as a guess. Pure.
struct AlertBook: Sendable {
    /// Labels that commonly name a service.
    static let likelyLabels = ["group", "service", "cluster", "scope", "app", "application", "job", "backend", "pool"]
    /// Labels that commonly name a host.
    static let likelyNodeLabels = ["node", "instance", "host", "hostname", "nodename"]
    /// Alerts that are told; more are counted.
    static let alertsMax = 500
    static let silencesMax = 200
    static let labelsMax = 24
    /// The longest summary that is kept.
    static let summaryCharactersMax = 240
    /// How a comment begins that acknowledges: what Alertmanager's own dashboards and bots go by.
    static let acknowledgement = "ACK!"

    private let rules: [AlertRule]
    private let groups: Set<GroupID>
    private let places: NodePlaces
    private let door: String

    init(rules: [AlertRule], groups: [GroupID], places: NodePlaces, door: String) {
        self.rules = rules
        self.groups = Set(groups)
        self.places = places
        self.door = door
    }

    func facts(_ list: [AlertmanagerAlert], leftOut: Int, _ silences: [AlertmanagerSilence]) -> PlatformFacts {
        var facts = PlatformFacts()
        facts.door = door
        let acknowledged = Dictionary(
            silences.filter { $0.state == "active" && ($0.comment ?? "").hasPrefix(Self.acknowledgement) }.map {
                ($0.id, $0.createdBy ?? "somebody")
            }, uniquingKeysWith: { first, _ in first })
        var alerts = list.map { alert($0, acknowledged) }
        alerts.sort {
            if $0.severity != $1.severity { return $0.severity < $1.severity }
            if $0.startedAt != $1.startedAt { return $0.startedAt ?? .zero < $1.startedAt ?? .zero }
            return $0.id < $1.id
        }
        facts.alerts = Array(alerts.prefix(Self.alertsMax))
        facts.leftOut = leftOut + max(0, alerts.count - Self.alertsMax)
        facts.silences = silences.filter { $0.state != "expired" }.map(silence)
            .sorted { ($0.endsAt ?? .zero, $0.id) < ($1.endsAt ?? .zero, $1.id) }
            .prefix(Self.silencesMax).map { $0 }
        return facts
    }

    private func alert(_ told: AlertmanagerAlert, _ acknowledged: [String: String]) -> Alert {
        var alert = Alert(
            id: told.fingerprint, name: told.labels["alertname"] ?? told.fingerprint,
            severity: Self.severity(told.labels["severity"] ?? told.labels["priority"]))
        let words = told.annotations["summary"] ?? told.annotations["message"] ?? told.annotations["description"]
        alert.summary = words.map { String($0.prefix(Self.summaryCharactersMax)) }
        alert.startedAt = told.startsAt
        alert.silencedBy = told.silencedBy
        alert.isInhibited = !told.inhibitedBy.isEmpty
        alert.acknowledgedBy = told.silencedBy.lazy.compactMap { acknowledged[$0] }.first
        alert.labels = Dictionary(
            told.labels.sorted { $0.key < $1.key }.prefix(Self.labelsMax).map { ($0, $1) },
            uniquingKeysWith: { first, _ in first })
        tie(&alert, told.labels)
        return alert
    }

    private static func severity(_ word: String?) -> Alert.Severity {
        switch word?.lowercased() {
        case "critical", "crit", "page", "emergency", "high", "error", "disaster", "p1", "fatal": .critical
        case "info", "information", "informational", "notice", "none", "low", "debug", "p4", "p5": .notice
        default: .warning
        }
    }

    private func tie(_ alert: inout Alert, _ labels: [String: String]) {
        let rule = rules.first { rule in
            rule.match.allSatisfy { name, wanted in Self.fits(labels[name], wanted) }
        }
        alert.group = rule?.group ?? rule?.groupLabel.flatMap { labels[$0] }.map { GroupID($0) }
        alert.node = rule?.nodeLabel.flatMap { labels[$0] }.flatMap { places.node($0) ?? NodeID($0) }
        if alert.node == nil {
            // An address of the configuration is no guess.
            alert.node = Self.likelyNodeLabels.lazy.compactMap { labels[$0] }.compactMap { places.node($0) }.first
        }
        guard alert.group == nil else { return }
        alert.group = Self.likelyLabels.lazy.compactMap { labels[$0] }.map { GroupID($0) }.first { groups.contains($0) }
        alert.isGuessed = alert.group != nil
    }

    static func fits(_ value: String?, _ wanted: String) -> Bool {
        guard let value else { return wanted.isEmpty }
        guard wanted.hasSuffix("*") else { return value == wanted }
        return value.hasPrefix(wanted.dropLast())
    }

    private func silence(_ told: AlertmanagerSilence) -> Silence {
        var made = Silence(
            id: told.id,
            matchers: told.matchers.map {
                Silence.Matcher(name: $0.name, value: $0.value, isPattern: $0.isRegex, isEqual: $0.isEqual)
            }, isActive: told.state == "active")
        (made.startsAt, made.endsAt) = (told.startsAt, told.endsAt)
        (made.createdBy, made.comment) = (told.createdBy, told.comment)
        return made
    }
}

/// Which node an address or name is, by the configuration.
struct NodePlaces: Sendable {
    private var byName: [String: NodeID] = [:]

    init(_ nodes: [Node]) {
        for node in nodes {
            for name in node.addresses + [node.id.name] where byName[name] == nil { byName[name] = node.id }
        }
    }

    /// Of `10.0.0.1:9100`, `db-1`, `[::1]:9100`, `http://db-1:9100/metrics`.
    func node(_ text: String) -> NodeID? {
        if let known = byName[text] { return known }
        let host = Self.host(text)
        // Some write the name with its domain, some without.
        return byName[host] ?? host.split(separator: ".").first.flatMap { Self.isName(host) ? byName[String($0)] : nil }
    }

    /// Without scheme, port and path.
    static func host(_ text: String) -> String {
        var rest = Substring(text)
        if let mark = rest.firstRange(of: "://") { rest = rest[mark.upperBound...] }
        rest = rest.prefix { $0 != "/" }
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") { return String(rest[...end]) }
        // More than one colon: an address of six and no port.
        guard rest.count(where: { $0 == ":" }) == 1, let colon = rest.firstIndex(of: ":") else { return String(rest) }
        return String(rest[..<colon])
    }

    private static func isName(_ host: String) -> Bool { host.contains { $0.isLetter } && !host.hasPrefix("[") }
}
