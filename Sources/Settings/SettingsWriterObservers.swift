import Estate

/// What else observes, in the file's words.
extension SettingsWriter {
    static func tiers(_ settings: PitbossSettings) -> [String] {
        let head = ["# What every group of a tier has to have, unless it says otherwise itself."]
        guard !settings.tiers.isEmpty else {
            return head + [
                "# tiers:",
                "#   critical: {survives_site: true, backups: {full: 26h, any: 7h, off_site: true, restore_test: 30d}}",
                "",
            ]
        }
        var out = head + ["tiers:"]
        for tier in Tier.allCases {
            guard let one = settings.tiers[tier] else { continue }
            out.append("  \(tier.rawValue):\(one == TierSettings() ? " {}" : "")")
            if let survives = one.survivesSite { out.append("    survives_site: \(survives)") }
            if let policy = one.backups { out += ["    backups:"] + self.policy(policy, indent: "      ") }
        }
        return out + [""]
    }

    private static func policy(_ policy: BackupPolicy, indent: String) -> [String] {
        var out = [
            "\(indent)full: \(Quantity.text(policy.fullAgeMax))", "\(indent)any: \(Quantity.text(policy.anyAgeMax))",
            "\(indent)off_site: \(policy.needsOffSite)",
        ]
        if let age = policy.restoreTestAgeMax { out.append("\(indent)restore_test: \(Quantity.text(age))") }
        return out
    }

    /// A group's `survives_site` and `backups`.
    static func protection(_ group: GroupSettings, _ settings: PitbossSettings) -> [String] {
        let tier = settings.tiers[group.plan.tier]
        let standard = group.keepsData ? tier?.backups : nil
        var out: [String] = []
        if group.plan.survivesSite != (tier?.survivesSite ?? false) {
            out.append("    survives_site: \(group.plan.survivesSite)")
        }
        guard group.plan.backups != standard || group.pgbackrest != nil else {
            guard group.keepsData, standard == nil else { return out }
            return out + [
                "    # backups: {full: 26h, any: 7h, off_site: true, pgbackrest: {stanza: NAME,",
                "    #   repositories: [{key: 1, site: SITE}, {key: 2, off_site: true}]}}",
            ]
        }
        out.append("    backups:")
        if let policy = group.plan.backups {
            out += self.policy(policy, indent: "      ")
        } else {
            out.append("      required: false")
        }
        if let tool = group.pgbackrest { out += pgbackrest(tool) }
        return out
    }

    private static func pgbackrest(_ tool: PgBackRestSettings) -> [String] {
        var out = [
            "      pgbackrest:", "        stanza: \(scalar(tool.stanza))", "        command: \(list(tool.command))",
            "        every: \(Quantity.text(tool.every))",
            "        archive_check: \(tool.archiveEvery.map { Quantity.text($0) } ?? "\"off\"")",
        ]
        if !tool.repositories.isEmpty { out.append("        repositories:") }
        for repository in tool.repositories {
            var parts = ["key: \(repository.key)"]
            if let name = repository.name { parts.append("name: \(scalar(name))") }
            if let site = repository.site { parts.append("site: \(scalar(site.name))") }
            if repository.isOffSite { parts.append("off_site: true") }
            out.append("          - {\(parts.joined(separator: ", "))}")
        }
        switch tool.restoreTest {
        case nil: break
        case .file(let path): out.append("        restore_test: {file: \(scalar(path))}")
        case .command(let words): out.append("        restore_test: {command: \(list(words))}")
        }
        return out
    }

    static func paths(_ paths: PathSettings) -> [String] {
        var out = ["    paths:", "      every: \(Quantity.text(paths.every))"]
        out.append(paths.probes.isEmpty ? "      probes: []" : "      probes:")
        for probe in paths.probes {
            out.append("        - name: \(scalar(probe.name))")
            if let provider = probe.provider { out.append("          provider: \(scalar(provider))") }
            if let rate = probe.capacityBytesRate, let bytes = Int64(exactly: rate.rounded()) {
                out.append("          capacity: \(Quantity.text(bytes: bytes))")
            }
            switch probe.kind {
            case .tcp(let place): out.append("          tcp: \(scalar(place))")
            case .tls(let endpoint):
                out += [
                    "          tls:", "            host: \(scalar(String(endpoint.url.dropFirst("tls://".count))))",
                ]
                out += credentials(nil, nil, endpoint.tls, indent: "            ")
            case .dns(let name, let server):
                out.append("          dns: {name: \(scalar(name)), server: \(scalar(server))}")
            case .icmp(let host): out.append("          icmp: \(scalar(host))")
            case .blackbox(let page): out += endpoint(page, "blackbox", indent: "          ")
            }
        }
        return out
    }

    static func observers(_ settings: PitbossSettings) -> [String] {
        var out = prometheus(settings) + alertmanager(settings)
        if settings.exec.isEmpty {
            return out + [
                "# Programs that observe what nothing else does, see docs/exec.md.",
                "# exec: [{name: odds-feed, command: [/usr/local/bin/odds-feed]}]", "",
            ]
        }
        out += ["# Programs that observe what nothing else does, see docs/exec.md.", "exec:"]
        for one in settings.exec {
            out += [
                "  - name: \(scalar(one.name))", "    command: \(list(one.command))",
                "    every: \(Quantity.text(one.every))",
            ]
        }
        return out + [""]
    }

    private static func door(_ endpoint: Endpoint) -> [String] {
        ["    url: \(scalar(endpoint.url))"]
            + credentials(
                endpoint.username, endpoint.password, endpoint.tls, token: endpoint.token, via: endpoint.via,
                indent: "    ")
    }

    private static func prometheus(_ settings: PitbossSettings) -> [String] {
        let head = ["# Prometheus, Thanos, Mimir or VictoriaMetrics: nodes by the hundred, and figures of your own."]
        guard !settings.prometheus.isEmpty else {
            return head + [
                "# prometheus:", "#   - name: main", "#     url: \"http://HOST:9090\"",
                "#     nodes: {selector: 'job=\"node\"'}",
                "#     figures: [{name: bets per second, query: 'sum(rate(bets_total[1m]))', unit: /s, warn_below: 10}]",
                "",
            ]
        }
        var out = head + ["prometheus:"]
        for one in settings.prometheus {
            out += ["  - name: \(scalar(one.name))"] + door(one.endpoint)
            out += ["    every: \(Quantity.text(one.every))", "    window: \(Quantity.text(one.window))"]
            if let nodes = one.nodes {
                out.append(
                    "    nodes: {selector: \(scalar(nodes.selector)), label: \(scalar(nodes.label)), "
                        + "unlisted: \(nodes.takesUnlisted)}")
            }
            if !one.figures.isEmpty { out.append("    figures:") }
            for figure in one.figures { out += self.figure(figure) }
        }
        return out + [""]
    }

    private static func figure(_ figure: FigureSettings) -> [String] {
        var out = ["      - name: \(scalar(figure.name))", "        query: \(scalar(figure.query))"]
        if let unit = figure.unit { out.append("        unit: \(scalar(unit))") }
        if let group = figure.group { out.append("        group: \(scalar(group.name))") }
        for (key, value) in [
            ("warn_above", figure.limits.warnAbove), ("alarm_above", figure.limits.alarmAbove),
            ("warn_below", figure.limits.warnBelow), ("alarm_below", figure.limits.alarmBelow),
        ] {
            if let value { out.append("        \(key): \(value)") }
        }
        if figure.isFailedLogins { out.append("        failed_logins: true") }
        return out
    }

    private static func alertmanager(_ settings: PitbossSettings) -> [String] {
        let head = ["# Alertmanager: what fires, tied to groups and nodes by labels."]
        guard !settings.alertmanager.isEmpty else {
            return head + [
                "# alertmanager:", "#   - name: main", "#     url: \"http://HOST:9093\"",
                "#     rules: [{match: {service: wallet}, group: wallet-db}, {node_from: instance}]", "",
            ]
        }
        var out = head + ["alertmanager:"]
        for one in settings.alertmanager {
            out += ["  - name: \(scalar(one.name))"] + door(one.endpoint)
            out.append("    every: \(Quantity.text(one.every))")
            if !one.rules.isEmpty { out.append("    rules:") }
            for rule in one.rules {
                let match = rule.match.sorted { $0.key < $1.key }.map { "\(scalar($0.key)): \(scalar($0.value))" }
                out.append("      - match: {\(match.joined(separator: ", "))}")
                if let group = rule.group { out.append("        group: \(scalar(group.name))") }
                if let label = rule.groupLabel { out.append("        group_from: \(scalar(label))") }
                if let label = rule.nodeLabel { out.append("        node_from: \(scalar(label))") }
            }
        }
        return out + [""]
    }
}
