import Estate
import Yams

/// What groups and tiers have to have of backups, and who tells of them.
extension SettingsParser {
    static let policyKeys = ["full", "any", "off_site", "restore_test", "required"]

    /// By tier, what every group of it has to have.
    func tiers(_ top: YAMLScope) -> [Tier: TierSettings] {
        var made: [Tier: TierSettings] = [:]
        guard let scope = top.scope("tiers", keys: Tier.allCases.map(\.rawValue)) else { return made }
        for tier in Tier.allCases {
            guard let inner = scope.scope(tier.rawValue, keys: ["survives_site", "backups"]) else { continue }
            var settings = TierSettings(survivesSite: inner.flag("survives_site"))
            if let backups = inner.scope("backups", keys: Self.policyKeys) {
                settings.backups = policy(backups, standard: nil)
            }
            made[tier] = settings
        }
        return made
    }

    /// Reads a group's `backups` into its plan, and who tells of them.
    func backups(_ group: YAMLScope, _ plan: inout GroupPlan, tier: TierSettings?) -> PgBackRestSettings? {
        plan.survivesSite = group.flag("survives_site") ?? tier?.survivesSite ?? false
        plan.backups = tier?.backups
        guard let scope = group.scope("backups", keys: Self.policyKeys + ["pgbackrest"]) else { return nil }
        // Who only names a tool goes by the tier's policy, or by the usual one.
        plan.backups = policy(scope, standard: tier?.backups)
        return scope.scope(
            "pgbackrest",
            keys: ["stanza", "command", "every", "archive_check", "repositories", "restore_test"]
        ).flatMap(pgbackrest)
    }

    private func policy(_ scope: YAMLScope, standard: BackupPolicy?) -> BackupPolicy? {
        var made = standard ?? BackupPolicy()
        let expected = Quantity.durationExpected
        if let age = scope.parsed("full", expected: expected, Quantity.duration) { made.fullAgeMax = age }
        if let age = scope.parsed("any", expected: expected, Quantity.duration) { made.anyAgeMax = age }
        if let flag = scope.flag("off_site") { made.needsOffSite = flag }
        if let age = scope.parsed("restore_test", expected: expected, Quantity.duration) {
            made.restoreTestAgeMax = age
        }
        if made.anyAgeMax > made.fullAgeMax, scope.has("any"), let node = scope["any"] {
            mistakes.add(
                node, scope.path("any"), "it is longer than full, and would never count",
                expected: "at most \(Quantity.text(made.fullAgeMax))")
        }
        return scope.flag("required") == false ? nil : made
    }

    private func pgbackrest(_ scope: YAMLScope) -> PgBackRestSettings? {
        let stanza = scope.required("stanza", expected: "stanza: its name in pgbackrest.conf")
        var made = PgBackRestSettings(stanza: stanza ?? "")
        if let command = command(scope, "command", example: "[ssh, backup-1, pgbackrest]") { made.command = command }
        if let every = scope.parsed("every", expected: Quantity.durationExpected, Quantity.duration) {
            made.every = every
        }
        if scope.text("archive_check", expected: "off, or \(Quantity.durationExpected)") == "off" {
            made.archiveEvery = nil
        } else if let every = scope.parsed("archive_check", expected: Quantity.durationExpected, Quantity.duration) {
            made.archiveEvery = every
        }
        let expected = "a list of repositories, each with key, and site or off_site: true"
        for item in scope.list("repositories", expected: expected) {
            let keys = ["key", "name", "site", "off_site"]
            guard let inner = YAMLScope(item.node, item.subject, mistakes, keys: keys) else { continue }
            guard inner.has("key") else {
                inner.missing("key", expected: "key: 1 for repo1-…, 2 for repo2-…")
                continue
            }
            let key = inner.parsed("key", expected: "a whole number from 1 to 256") { text in
                Int(text).flatMap { (1...256).contains($0) ? $0 : nil }
            }
            guard let key else { continue }
            // It may be a place that is no site of the platform.
            made.repositories.append(
                RepositorySettings(
                    key: key, name: inner.text("name", expected: "a name"),
                    site: inner.text("site", expected: "where it is").map { SiteID($0) },
                    isOffSite: inner.flag("off_site") ?? false))
        }
        made.restoreTest = restoreTest(scope)
        return stanza == nil ? nil : made
    }

    private func restoreTest(_ scope: YAMLScope) -> RestoreTestSettings? {
        guard let inner = scope.scope("restore_test", keys: ["file", "command"]) else { return nil }
        switch (file(inner, "file"), command(inner, "command", example: "[/usr/local/bin/last-restore]")) {
        case (let path?, nil): return .file(path)
        case (nil, let command?): return .command(command)
        default:
            scope.bad(inner.node, "restore_test", expected: "{file: PATH} or {command: [PROGRAM, …]}")
            return nil
        }
    }

    /// A program with its arguments: a list, or one word.
    func command(_ scope: YAMLScope, _ key: String, example: String) -> [String]? {
        guard let node = scope[key] else { return nil }
        if node.scalar != nil {
            guard let text = scope.text(key, expected: example) else { return nil }
            if text.contains(" ") {
                scope.bad(node, key, expected: "a list, for no shell is in between: \(example)")
                return nil
            }
            return [text]
        }
        let words = scope.texts(key, expected: "a list such as \(example)").map(\.text)
        guard !words.isEmpty else {
            scope.bad(node, key, expected: "a list such as \(example)")
            return nil
        }
        return words
    }
}
