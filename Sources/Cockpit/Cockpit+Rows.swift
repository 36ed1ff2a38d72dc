import Estate
import Insight
import Panels
import Plans

/// Where the operator stands: lists, what is selected in them, and what commands would be aimed at.
extension Cockpit {
    /// The most lines that can be scrolled off.
    static let scrollLinesMax = 10_000

    /// A frame without the menu, which is made from it.
    func bareFrame(_ now: Timestamp) -> Frame { frame(Menu(), now) }

    /// The list that keys move in, and its rows as they are drawn; nil where there is none.
    func focusedPane(_ now: Timestamp) -> (id: PaneID, rows: [RowID])? {
        let frame = bareFrame(now)
        if let opened = view.opened.last {
            guard let rows = Details.rows(of: opened, frame) else { return nil }
            return (Details.pane, frame.listed(rows, in: Details.pane))
        }
        guard let panel = PanelCatalogue.panel(view.panel), !panel.panes.isEmpty else { return nil }
        let pane = panel.panes[min(view.pane, panel.panes.count - 1)]
        return (pane.id, frame.listed(pane.rows(frame), in: pane.id))
    }

    /// The row that keys act on.
    func selectedRow(_ now: Timestamp) -> RowID? {
        guard let pane = focusedPane(now) else { return view.opened.last }
        return bareFrame(now).selection(in: pane.id, of: pane.rows) ?? (view.opened.isEmpty ? nil : view.opened.last)
    }

    mutating func move(_ now: Timestamp, _ place: (Int, Int) -> Int) -> [Effect] {
        guard view.overlay == nil, let pane = focusedPane(now), !pane.rows.isEmpty else {
            view.scroll = min(max(0, place(view.scroll, Self.scrollLinesMax)), Self.scrollLinesMax)
            return [.redraw]
        }
        let chosen = bareFrame(now).selection(in: pane.id, of: pane.rows)
        let at = chosen.flatMap { pane.rows.firstIndex(of: $0) } ?? 0
        let next = min(max(place(at, pane.rows.count), 0), pane.rows.count - 1)
        view.selected[pane.id] = pane.rows[next]
        return [.redraw]
    }

    /// The next row from here, in a direction, that `fits`; around the end.
    mutating func seek(_ step: Int, _ now: Timestamp, _ fits: (RowID) -> Bool) -> [Effect] {
        guard let pane = focusedPane(now), !pane.rows.isEmpty else { return [.bell] }
        let chosen = bareFrame(now).selection(in: pane.id, of: pane.rows)
        let at = chosen.flatMap { pane.rows.firstIndex(of: $0) } ?? 0
        let count = pane.rows.count
        for distance in 1...count {
            let index = ((at + step * distance) % count + count) % count
            guard fits(pane.rows[index]) else { continue }
            view.selected[pane.id] = pane.rows[index]
            return [.redraw]
        }
        return say("every row here is well", now)
    }

    /// Marked rows where there are any, else those that are not well.
    func isWorthAStop(_ row: RowID) -> Bool {
        if !view.filter.isEmpty { return true }
        if !view.marks.isEmpty { return view.marks.contains(row) }
        switch row {
        case .group(let id): return assessment.group(id).map { $0.verdict != .protected } ?? false
        case .member(let id): return assessment.member(id).map { $0.isUp != true || $0.drainedCount > 0 } ?? false
        case .node(let id):
            return assessment.groups.contains { $0.members.contains { $0.node == id && $0.isUp == false } }
        case .event(let key): return events.contains { EventKey($0) == key && $0.severity == .alarm }
        case .source, .silence: return false
        case .loss: return true
        case .alert(let id):
            return assessment.whole.alerts.contains { $0.alert.id == id && !$0.alert.isQuiet }
        }
    }

    mutating func open(_ row: RowID?, _ now: Timestamp) -> [Effect] {
        guard let row else { return say("nothing is selected", bad: true, now) }
        // There is no page of it, and what it would take down is what one wants to know.
        if case .loss = row { return thinkAway(row, now) }
        var target = row
        if case .silence = row { return say("a silence has no page; what it keeps quiet is below", now) }
        if case .alert(let id) = row {
            guard let alert = assessment.whole.alerts.first(where: { $0.alert.id == id })?.alert else {
                return [.bell]
            }
            let about: RowID? =
                alert.member.map { .member($0) } ?? alert.group.map { .group($0) } ?? alert.node.map { .node($0) }
            guard let about else { return say("nobody knows what group or node this alert is about", bad: true, now) }
            target = about
        }
        if case .event(let key) = row {
            guard let event = events.last(where: { EventKey($0) == key }) else { return [.bell] }
            if let member = event.member, snapshot.member(member) != nil {
                target = .member(member)
            } else if let group = event.group {
                target = .group(group)
            } else if let node = event.node {
                target = .node(node)
            } else {
                view.overlay = .sources
                view.scroll = 0
                return [.redraw]
            }
        }
        guard view.opened.last != target else { return [.redraw] }
        view.opened.append(target)
        view.selected[Details.pane] = nil
        view.held[Details.pane] = nil
        view.scroll = 0
        return [.redraw]
    }

    /// One step out of where one is.
    mutating func back(_ now: Timestamp) -> [Effect] {
        if view.overlay != nil {
            view.overlay = nil
            view.scroll = 0
        } else if view.whatIf != nil {
            view.whatIf = nil
            view.held = [:]
        } else if !view.filter.isEmpty {
            view.filter = ""
        } else if !view.opened.isEmpty {
            view.opened.removeLast()
            view.selected[Details.pane] = nil
            view.scroll = 0
        } else if !view.marks.isEmpty {
            view.marks = []
        } else if isInPast {
            return backToLive("back to now", now)
        } else {
            return say("this is a page itself; Q quits", now)
        }
        return [.redraw]
    }

    // MARK: What a command would be aimed at

    /// The call that a recipe stands for here.
    func call(of recipe: PlanRecipe, at row: RowID?, _ now: Timestamp) -> PlanCall? {
        if let call = callOfAlert(recipe, at: row) { return call }
        return target(of: recipe, at: row, now).map { PlanCall(recipe.id, $0) }
    }

    /// On an alert or a silence: that one alone. One whose group nobody knows goes by the name of who tells of it.
    private func callOfAlert(_ recipe: PlanRecipe, at row: RowID?) -> PlanCall? {
        switch row {
        case .alert(let id)? where recipe.arguments.contains { $0.name == "alert" }:
            guard let told = snapshot.whole.sightings.first(where: { $0.facts.alerts.contains { $0.id == id } }),
                let alert = told.facts.alerts.first(where: { $0.id == id })
            else { return nil }
            let group = alert.group ?? GroupID(told.by.name)
            return PlanCall(recipe.id, .group(group), arguments: ["alert": id])
        case .silence(let id)? where recipe.arguments.contains { $0.name == "silence" }:
            let by = snapshot.whole.sightings.first { $0.facts.silences.contains { $0.id == id } }?.by
            return by.map { PlanCall(recipe.id, .group(GroupID($0.name)), arguments: ["silence": id]) }
        default: return nil
        }
    }

    /// What a recipe would act on from here: the selected row, or what follows from it.
    func target(of recipe: PlanRecipe, at row: RowID?, _ now: Timestamp) -> PlanTarget? {
        guard let row else { return nil }
        switch (recipe.targetKind, row) {
        case (.member, .member(let id)): return .member(id)
        case (.member, .group(let id)): return best(recipe, in: id, now).map { .member($0) }
        case (.group, _):
            if let group = row.group { return .group(group) }
            guard case .event(let key) = row, let group = key.group else { return nil }
            return .group(group)
        case (.member, .event(let key)):
            return events.last { EventKey($0) == key }?.member.map { .member($0) }
        case (_, .node(let id)): return recipe.targetKinds.contains(.node) ? .node(id) : nil
        case (.member, .source), (.member, .loss), (.member, .alert), (.member, .silence), (.node, _): return nil
        }
    }

    /// The member that a group's command would be about when none was chosen: of those that may lead the most
    /// current one; for anything else only an only one.
    private func best(_ recipe: PlanRecipe, in group: GroupID, _ now: Timestamp) -> MemberID? {
        guard let group = assessment.group(group) else { return nil }
        if group.isDatabase, let best = group.bestCandidate, recipe.isPromotion { return best }
        guard !recipe.isPromotion else { return nil }
        var only: MemberID?
        for member in group.members where recipe.applies(to: .member(member.id), in: snapshot, now: now) {
            // More than one: none of them is meant more than another.
            guard only == nil else { return nil }
            only = member.id
        }
        return only
    }
}

extension PlanRecipe {
    /// Makes a member lead.
    var isPromotion: Bool { id == "promote" || id == "failover" }
}

extension GroupAssessment {
    /// The member that would lead best: eligible, then synchronous, then least behind.
    var bestCandidate: MemberID? {
        func rank(_ member: MemberAssessment) -> (Int, Int, Int64, MemberID) {
            let eligible =
                switch member.eligibility?.isEligible {
                case true: 0
                case false: 2
                default: 1
                }
            let isSync = member.syncState == .sync || member.syncState == .quorum
            return (eligible, isSync ? 0 : 1, member.lag.receiveBytes ?? member.lag.replayBytes ?? .max, member.id)
        }
        return members.filter { !$0.isLeader && $0.isUp != false }.min { rank($0) < rank($1) }?.id
    }
}
