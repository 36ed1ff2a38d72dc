import Estate
import Yams

/// Who else observes the platform: Prometheus, Alertmanager, programs.
extension SettingsParser {
    private static let doorKeys = ["url", "username", "password", "token", "tls", "via"]

    /// A service with a name, an address and credentials in one map.
    func door(_ scope: YAMLScope, example: String) -> Endpoint? {
        // All of it is read, so that all that is wrong is said at once.
        let (password, token, tls, via) = (secret(scope, "password"), secret(scope, "token"), tls(scope), via(scope))
        let username = scope.text("username", expected: "a user's name")
        pair(scope)
        if scope.has("token"), scope.has("password"), let node = scope["token"] {
            mistakes.add(
                node, scope.path("token"), "a token and a password both let in", expected: "one of them")
        }
        if !scope.has("url") { scope.missing("url", expected: "url: \(example)") }
        guard let node = scope["url"], let text = scope.text("url", expected: example),
            let url = address(text, node, scope.path("url"), schemes: ["http", "https"], example: example)
        else { return nil }
        return Endpoint(url: url, tls: tls, username: username, password: password, token: token, via: via)
    }

    private func every(_ scope: YAMLScope, _ key: String = "every") -> Span? {
        scope.parsed(key, expected: Quantity.durationExpected, Quantity.duration)
    }

    func prometheuses(_ top: YAMLScope, groups: [String]) -> [PrometheusSettings] {
        var made: [PrometheusSettings] = []
        for item in top.list("prometheus", expected: "a list of Prometheus servers, each with name and url") {
            let keys = ["name", "every", "window", "nodes", "figures"] + Self.doorKeys
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: keys) else { continue }
            let name = scope.required("name", expected: "name: what it is called here")
            let door = door(scope, example: "http://host:9090")
            var settings = PrometheusSettings(name ?? "", endpoint: door ?? Endpoint(url: ""))
            if let span = every(scope) { settings.every = span }
            if let span = every(scope, "window") { settings.window = span }
            settings.nodes = nodes(of: scope)
            for item in scope.list("figures", expected: "a list of figures, each with name and query") {
                if let figure = figure(item.node, item.subject, groups) { settings.figures.append(figure) }
            }
            guard let name, door != nil, isNew(name, in: made.map(\.name), item.node, item.subject) else { continue }
            made.append(settings)
        }
        return made
    }

    private func nodes(of scope: YAMLScope) -> PrometheusNodes? {
        guard let node = scope["nodes"] else { return nil }
        if node.scalar != nil { return scope.flag("nodes") == true ? PrometheusNodes() : nil }
        guard let inner = scope.scope("nodes", keys: ["selector", "label", "unlisted"]) else { return nil }
        var made = PrometheusNodes()
        if let text = inner.text("selector", expected: "label matchers without braces: job=\"node\"") {
            made.selector = text
        }
        if let text = inner.text("label", expected: "the label that names the node, instance if unset") {
            made.label = text
        }
        made.takesUnlisted = inner.flag("unlisted") ?? true
        return made
    }

    private func figure(_ node: YAMLNode, _ subject: String, _ groups: [String]) -> FigureSettings? {
        let limits = ["warn_above", "alarm_above", "warn_below", "alarm_below"]
        let keys = ["name", "query", "unit", "group", "failed_logins"] + limits
        guard let scope = YAMLScope(node, subject, mistakes, keys: keys) else { return nil }
        let name = scope.required("name", expected: "name: what people call it")
        let query = scope.required("query", expected: "query: PromQL that gives one number")
        func limit(_ key: String) -> Double? {
            scope.parsed(key, expected: "a number") { text in Double(text).flatMap { $0.isFinite ? $0 : nil } }
        }
        let made = FigureSettings(
            name ?? "", query: query ?? "", unit: scope.text("unit", expected: "what stands behind it: /s, s, %, B"),
            group: reference(scope, "group", to: groups, of: "groups").map { GroupID($0) },
            limits: FigureLimits(
                warnAbove: limit("warn_above"), alarmAbove: limit("alarm_above"), warnBelow: limit("warn_below"),
                alarmBelow: limit("alarm_below")),
            isFailedLogins: scope.flag("failed_logins") ?? false)
        return name == nil || query == nil ? nil : made
    }

    func alertmanagers(_ top: YAMLScope, groups: [String]) -> [AlertmanagerSettings] {
        var made: [AlertmanagerSettings] = []
        for item in top.list("alertmanager", expected: "a list of Alertmanagers, each with name and url") {
            let keys = ["name", "every", "rules"] + Self.doorKeys
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: keys) else { continue }
            let name = scope.required("name", expected: "name: what it is called here")
            let door = door(scope, example: "http://host:9093")
            var settings = AlertmanagerSettings(name ?? "", endpoint: door ?? Endpoint(url: ""))
            if let span = every(scope) { settings.every = span }
            for item in scope.list("rules", expected: "a list of rules, each with match and group") {
                if let rule = rule(item.node, item.subject, groups) { settings.rules.append(rule) }
            }
            guard let name, door != nil, isNew(name, in: made.map(\.name), item.node, item.subject) else { continue }
            made.append(settings)
        }
        return made
    }

    private func rule(_ node: YAMLNode, _ subject: String, _ groups: [String]) -> AlertRule? {
        let keys = ["match", "group", "group_from", "node_from"]
        guard let scope = YAMLScope(node, subject, mistakes, keys: keys) else { return nil }
        var match: [String: String] = [:]
        if let node = scope["match"] {
            guard let map = node.mapping else {
                scope.bad(node, "match", expected: "{label: value, …}; a * at the end stands for anything")
                return nil
            }
            for (key, value) in map {
                guard let label = key.scalar?.string, let text = value.scalar?.string else {
                    scope.bad(value, "match", expected: "{label: value, …}")
                    continue
                }
                match[label] = text
            }
        }
        let made = AlertRule(
            match: match, group: reference(scope, "group", to: groups, of: "groups").map { GroupID($0) },
            groupLabel: scope.text("group_from", expected: "the label whose value is the group's name"),
            nodeLabel: scope.text("node_from", expected: "the label whose value is the node's name or address"))
        if made.group == nil, made.groupLabel == nil, made.nodeLabel == nil, !scope.has("group") {
            scope.missing("group", expected: "group: NAME, group_from: LABEL or node_from: LABEL")
            return nil
        }
        return made
    }

    func execs(_ top: YAMLScope) -> [ExecSettings] {
        var made: [ExecSettings] = []
        for item in top.list("exec", expected: "a list of programs, each with name and command") {
            let keys = ["name", "command", "every"]
            guard let scope = YAMLScope(item.node, item.subject, mistakes, keys: keys) else { continue }
            let name = scope.required("name", expected: "name: what it is called here")
            if !scope.has("command") { scope.missing("command", expected: "command: [PROGRAM, ARGUMENT, …]") }
            let command = command(scope, "command", example: "[/usr/local/bin/odds-feed, --watch]")
            let span = every(scope)
            guard let name, let command, isNew(name, in: made.map(\.name), item.node, item.subject) else { continue }
            made.append(ExecSettings(name, command: command, every: span ?? ExecSettings.everyDefault))
        }
        return made
    }
}
