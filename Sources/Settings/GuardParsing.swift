import Estate
import Yams

/// The guards of the file: register, freezes, roles, people, four_eyes, audit.
extension SettingsParser {
    static let guardKeys = [
        "register", "freezes", "roles", "people", "four_eyes", "audit", "drills", "platform_drills",
    ]

    func guards(_ top: YAMLScope, _ settings: PitbossSettings) -> GuardSettings {
        let known = settings.groups.map(\.id.name) + settings.etcd.map(\.name)
        var guards = GuardSettings()
        guards.register = register(top, settings)
        guards.freezes = freezes(top, groups: known)
        guards.roles = roles(top)
        guards.people = people(top)
        guards.fourEyes = fourEyes(top, groups: known)
        guards.drills = drills(top)
        guards.platformDrills = names(top, "platform_drills", settings.groups.map(\.id.name), of: "groups").map {
            GroupID($0)
        }
        if let audit = top.scope("audit", keys: ["syslog"]) {
            guards.syslog = endpoint(
                audit, "syslog", schemes: ["unix", "udp"], example: "unix:///dev/log or udp://host:514")
        }
        return guards
    }

    private func register(_ top: YAMLScope, _ settings: PitbossSettings) -> RegisterSettings {
        var made = RegisterSettings()
        guard let scope = top.scope("register", keys: ["use", "etcd", "prefix"]) else { return made }
        made.isUsed = scope.flag("use") ?? true
        made.etcd = reference(scope, "etcd", to: settings.etcd.map(\.name), of: "etcd")
        let expected = "a prefix of pitboss's own such as /pitboss/"
        guard let node = scope["prefix"], let text = scope.text("prefix", expected: expected) else { return made }
        let prefix = "/" + text.split(separator: "/").map { $0 + "/" }.joined()
        let namespaces = settings.groups.compactMap { $0.patroni?.namespace }
        if prefix == "/" || namespaces.contains(where: { prefix.hasPrefix($0) || $0.hasPrefix(prefix) }) {
            mistakes.add(
                node, scope.path("prefix"), "\(Escape.visible(prefix)) holds what is Patroni's", expected: expected)
            return made
        }
        made.prefix = prefix
        return made
    }

    // MARK: freezes

    private func freezes(_ top: YAMLScope, groups known: [String]) -> [FreezeSettings] {
        let keys = ["name", "zone", "reason", "weekly", "dates", "groups", "tiers", "allows"]
        var made: [FreezeSettings] = []
        for item in top.list("freezes", expected: "a list of freezes, each with name and weekly or dates") {
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: keys),
                let name = scope.required("name", expected: "name: what is on then"),
                isNew(name, in: made.map(\.name), item.node, item.subject)
            else { continue }
            var freeze = FreezeSettings(name)
            freeze.zone = zone(scope) ?? "UTC"
            freeze.reason = scope.text("reason", expected: "why nothing is to be changed then")
            freeze.weekly = windows(scope, "weekly", expected: WindowText.weeklyExpected, WindowText.weekly)
            freeze.dates = windows(scope, "dates", expected: WindowText.datesExpected, WindowText.dates)
            freeze.groups = names(scope, "groups", known, of: "groups and etcd").map { GroupID($0) }
            freeze.tiers = tiers(scope)
            freeze.allows = verbs(scope, "allows")
            if !scope.has("weekly") && !scope.has("dates") {
                scope.missing("weekly or dates", expected: "weekly: [\"sat 14:30-17:30\"] or dates: [\"FROM - UNTIL\"]")
            }
            made.append(freeze)
        }
        return made
    }

    private func zone(_ scope: YAMLScope) -> String? {
        let expected = "a time zone such as Europe/London or UTC"
        guard let node = scope["zone"], let name = scope.text("zone", expected: expected) else { return nil }
        guard let zones else { return name }
        if zones.isKnown(name) { return name }
        mistakes.add(
            node, scope.path("zone"), "\(Escape.visible(name)) is no time zone that this machine knows",
            expected: expected, nearest: Nearest.word(to: name, among: zones.names()))
        return nil
    }

    private func windows<Window>(
        _ scope: YAMLScope, _ key: String, expected: String, _ parse: (String) -> Window?
    ) -> [Window] {
        scope.texts(key, expected: "a list of \(expected)").compactMap { text, node in
            if let window = parse(text) { return window }
            mistakes.add(
                node, scope.path(key), "\(Escape.visible(text)) is not understood, or ends before it begins",
                expected: expected)
            return nil
        }
    }

    // MARK: who

    private func roles(_ top: YAMLScope) -> RoleSettings? {
        guard let scope = top.scope("roles", keys: ["operators", "approvers"]) else { return nil }
        if !scope.has("operators") { scope.missing("operators", expected: "operators: {users: […], groups: […]}") }
        return RoleSettings(
            operators: subjects(scope, "operators") ?? SubjectSettings(), approvers: subjects(scope, "approvers"))
    }

    private func subjects(_ scope: YAMLScope, _ key: String) -> SubjectSettings? {
        guard let inner = scope.scope(key, keys: ["users", "groups"]) else { return nil }
        let made = SubjectSettings(
            users: inner.texts("users", expected: "Unix user names").map(\.text),
            groups: inner.texts("groups", expected: "names of Unix groups").map(\.text))
        if made.users.isEmpty && made.groups.isEmpty {
            inner.missing("users or groups", expected: "at least one name, or nobody has the role")
        }
        return made
    }

    private func people(_ top: YAMLScope) -> [PersonSettings] {
        var made: [PersonSettings] = []
        for item in top.list("people", expected: "a list of people, each {name, users}") {
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: ["name", "users"]),
                let name = scope.required("name", expected: "name: the person"),
                isNew(name, in: made.map(\.name), item.node, item.subject)
            else { continue }
            if !scope.has("users") { scope.missing("users", expected: "users: [NAME, …], all of one person") }
            var users: [String] = []
            for (user, node) in scope.texts("users", expected: "Unix user names") {
                if let other = made.first(where: { $0.users.contains(user) }) {
                    mistakes.add(
                        node, scope.path("users"), "\(Escape.visible(user)) is \(Escape.visible(other.name)) already",
                        expected: "each user name with one person")
                } else {
                    users.append(user)
                }
            }
            made.append(PersonSettings(name, users: users))
        }
        return made
    }

    private func fourEyes(_ top: YAMLScope, groups known: [String]) -> FourEyesSettings? {
        let keys = ["verbs", "groups", "tiers", "bytes_at_risk", "wait"]
        guard let scope = top.scope("four_eyes", keys: keys) else { return nil }
        var made = FourEyesSettings()
        made.verbs = verbs(scope, "verbs")
        made.groups = names(scope, "groups", known, of: "groups and etcd").map { GroupID($0) }
        made.tiers = tiers(scope)
        made.bytesAtRisk = scope.parsed("bytes_at_risk", expected: Quantity.bytesExpected, Quantity.bytes)
        let wait = scope.parsed("wait", expected: Quantity.durationExpected, Quantity.duration)
        if let wait, wait > .zero { made.wait = wait }
        if !["verbs", "groups", "tiers", "bytes_at_risk"].contains(where: scope.has) {
            scope.missing("verbs, groups, tiers or bytes_at_risk", expected: "at least one, or nothing ever waits")
        }
        return made
    }

    private func drills(_ top: YAMLScope) -> [DrillSettings] {
        top.list("drills", expected: "a list of drills, each {scenario, every}").compactMap { item in
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: ["scenario", "every"]),
                let name = scope.required("scenario", expected: "scenario: as `pitboss drill list` names it")
            else { return nil }
            if !scope.has("every") { scope.missing("every", expected: "every: 30d") }
            let every = scope.parsed("every", expected: "a length of time such as 30d", Quantity.duration)
            return every.map { DrillSettings(name, every: $0) }
        }
    }

    // MARK: parts

    /// Names of commands. A misspelt one would leave a guard open: so it is a mistake.
    func verbs(_ scope: YAMLScope, _ key: String) -> [String] {
        let known = commands.map { $0 + ["any"] }
        return names(scope, key, known, of: "the commands")
    }

    func names(_ scope: YAMLScope, _ key: String, _ known: [String]?, of list: String) -> [String] {
        scope.texts(key, expected: "names of \(list)").compactMap { name, node in
            guard let known, !known.contains(name) else { return name }
            mistakes.add(
                node, scope.path(key), "\(Escape.visible(name)) is none of \(list)",
                expected: known.joined(separator: ", "), nearest: Nearest.word(to: name, among: known))
            return nil
        }
    }

    private func tiers(_ scope: YAMLScope) -> [Tier] {
        names(scope, "tiers", Tier.allCases.map(\.rawValue), of: "the tiers").compactMap(Tier.init(rawValue:))
    }
}
