import Estate
import Insight
import Panels

/// Taking things away in thought.
extension Cockpit {
    /// What a row stands for when it is taken away; nil where that makes no sense.
    func losses(of row: RowID) -> (title: String, losses: Set<Loss>)? {
        switch row {
        case .member(let id): return ("\(id.name) of \(id.group.name)", [.member(id)])
        case .node(let id): return ("node \(id.name)", [.node(id)])
        case .group(let id):
            guard let members = assessment.group(id)?.members, !members.isEmpty else { return nil }
            return ("all of \(id.name)", Set(members.map { .member($0.id) }))
        case .event(let key):
            guard let event = events.last(where: { EventKey($0) == key }) else { return nil }
            if let member = event.member, assessment.member(member) != nil { return losses(of: .member(member)) }
            if let node = event.node { return losses(of: .node(node)) }
            return event.group.flatMap { losses(of: .group($0)) }
        case .loss(let loss): return (loss.text, [loss])
        case .source, .alert, .silence: return nil
        }
    }

    /// The site of a row.
    func site(of row: RowID) -> SiteID? {
        switch row {
        case .member(let id): return assessment.member(id)?.site
        case .node(let id): return snapshot.platform.nodes.first { $0.id == id }?.site
        case .group(let id): return assessment.group(id)?.leader.flatMap { assessment.member($0)?.site }
        case .event(let key): return key.group.flatMap { site(of: .group($0)) }
        case .loss(.site(let id)): return id
        case .source, .loss, .alert, .silence: return nil
        }
    }

    /// Takes away the marked rows, or the selected one.
    mutating func thinkAway(_ row: RowID?, _ now: Timestamp) -> [Effect] {
        let marked = view.marks.sorted { $0.name < $1.name }.compactMap(losses)
        if marked.count > 1 {
            let names = marked.map(\.title).joined(separator: ", ")
            return think(names, marked.reduce(into: []) { $0.formUnion($1.losses) }, now)
        }
        guard let row, let (title, losses) = losses(of: row) else {
            return say("what if: select a member, a node or a group first", bad: true, now)
        }
        return think(title, losses, now)
    }

    mutating func thinkAway(site: SiteID?, _ now: Timestamp) -> [Effect] {
        guard let site else { return say("what if: no site is known of what is selected", bad: true, now) }
        return think("site \(site.name)", [.site(site)], now)
    }

    /// Paints the screen as it would be; the same thought again leaves it.
    private mutating func think(_ title: String, _ losses: Set<Loss>, _ now: Timestamp) -> [Effect] {
        if view.whatIf?.losses == losses {
            view.whatIf = nil
            view.held = [:]
            return [.redraw]
        }
        let isShown = view.panel == PanelCatalogue.all[0].id || view.panel.name == "nodes"
        if !isShown || !view.opened.isEmpty { _ = turn(to: PanelCatalogue.all[0].id) }
        view.whatIf = WhatIf(title, losses, in: assessment)
        view.held = [:]
        view.scroll = 0
        return [.redraw]
    }

    /// The same thought with what is known now.
    mutating func thinkAgain() {
        if let whatIf = view.whatIf { view.whatIf = whatIf.again(in: assessment) }
    }
}
