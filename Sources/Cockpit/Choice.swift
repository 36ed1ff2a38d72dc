import Estate
import Insight
import Panels

/// What the palette offers: commands and pages, and everything on the platform that has a name.
enum Choice: Sendable {
    case command(Command)
    case row(RowID)
    case withoutSite(SiteID)
    case theme(String)

    /// What typed letters are looked for in.
    var name: String {
        switch self {
        case .command(let command): "\(command.title) \(command.id)"
        case .row(.group(let id)): "\(id.name) group"
        case .row(.node(let id)): "\(id.name) node"
        case .row(let row): "\(row.name) \(row.group?.name ?? "")"
        case .withoutSite(let id): "what if site \(id.name)"
        case .theme(let name): "theme \(name)"
        }
    }
}

extension Cockpit {
    /// The most lines of the palette; more letters find the rest.
    static let choicesMax = 200

    /// Everything there is to choose, commands first.
    var choices: [Choice] {
        let groups = assessment.groups
        var all = CommandCatalogue.all.map { Choice.command($0) }
        all += groups.map { .row(.group($0.id)) }
        all += snapshot.platform.sites.map { .withoutSite($0.id) }
        all += themes.map { .theme($0) }
        all += snapshot.hosts.map { .row(.node($0.id)) }
        for group in groups { all += group.members.map { .row(.member($0.id)) } }
        return all
    }

    func entry(_ choice: Choice, _ call: Command.Call) -> Menu.Entry {
        switch choice {
        case .command(let command): return entry(command, call)
        case .row(let row):
            return Menu.Entry(id: "open.\(row.name)", keys: [], title: row.name, summary: summary(of: row))
        case .withoutSite(let id):
            return Menu.Entry(
                id: "whatIf.\(id.name)", keys: [], title: "what if site \(id.name)",
                summary: "What would happen if everything in \(id.name) were gone")
        case .theme(let name):
            return Menu.Entry(
                id: "theme.\(name)", keys: [], title: "theme \(name)", summary: "Draw with these colours until the end")
        }
    }

    private func summary(of row: RowID) -> String {
        switch row {
        case .group(let id):
            guard let group = assessment.group(id) else { return "group" }
            return "group, \(group.verdict.word): \(group.headline)"
        case .member(let id):
            let member = assessment.member(id)
            let what = member?.role?.rawValue ?? "member"
            let up = member?.isUp == false ? ", down" : member?.isUp == nil ? ", state unknown" : ""
            return "\(what) of \(id.group.name)\(up)"
        case .node(let id):
            let site = snapshot.platform.nodes.first { $0.id == id }?.site
            return "node" + (site.map { " in \($0.name)" } ?? "")
        case .source, .event, .loss, .alert, .silence: return ""
        }
    }

    mutating func choose(_ choice: Choice, trigger: String, _ now: Timestamp) -> [Effect] {
        switch choice {
        case .command(let command): return run(command, trigger: trigger, now: now)
        case .row(let row): return open(row, now)
        case .withoutSite(let site): return thinkAway(site: site, now)
        case .theme(let name): return [.theme(name)] + say("theme \(name)", now)
        }
    }
}
