import Estate
import Grid
import Insight
import Plans

/// What stays in force or goes on and must not be forgotten, one line each: actions, doubts, pauses, drains, drops,
/// dead sources.
enum BannerPanel {
    /// The most banners shown; the last line then says how many more there are.
    static let linesMax = 4

    struct Banner: Equatable {
        enum Weight: Int { case alarm, notice, thought }
        var text: String
        var weight: Weight
    }

    static func banners(_ frame: Frame) -> [Banner] {
        var list = whatIf(frame)
        list += frame.desk.actions.reversed().compactMap { action($0, frame.past?.live ?? frame.now) }
        list += others(frame)
        list += frame.assessment.groups.filter(\.isPaused).map { group in
            let until = frame.desk.pausedUntil[group.id].map { at in
                at > frame.now
                    ? "until \(Figures.clock(at))Z, \(Figures.age(from: frame.now, to: at)) left"
                    : "its time is over: resume it"
            }
            return Banner(
                text: "\(group.id) paused: no automatic failover; \(until ?? "no expiry known")", weight: .notice)
        }
        list += drains(frame)
        if frame.snapshot.dropped > 0 {
            list.append(
                Banner(
                    text: Figures.counted(frame.snapshot.dropped, "update")
                        + " dropped at the inbox limit: events may be missing", weight: .notice))
        }
        if let sources = sources(frame) { list.append(sources) }
        return list
    }

    /// What others do and ask, what was left open, and what may not be done now.
    private static func others(_ frame: Frame) -> [Banner] {
        let now = frame.past?.live ?? frame.now
        var list = frame.desk.openActions.map { action in
            let ways = [action.wayOn.map { _ in "O carries it on" }, action.wayBack.map { _ in "B takes it back" }]
            let tail = ways.compactMap(\.self).joined(separator: ", ")
            return Banner(
                text: "LEFT OPEN, \(action.word): \(action.title): \(action.text)" + (tail.isEmpty ? "" : "; \(tail)"),
                weight: .alarm)
        }
        list += frame.desk.offers.filter { !$0.isMine }.map { offer in
            Banner(
                text:
                    "APPROVAL ASKED by \(offer.facts.who): \(offer.plan.title) (“\(offer.facts.reason)”); A reads it, "
                    + "\(Figures.age(from: now, to: offer.facts.expiresAt)) left", weight: .alarm)
        }
        let own = Set(frame.desk.actions.map(\.id))
        var told: Set<String> = []
        for group in frame.snapshot.groups {
            guard let lease = group.sightings.lazy.compactMap(\.facts.lease).last, !own.contains(lease.action),
                told.insert(lease.action).inserted
            else { continue }
            list.append(
                Banner(
                    text: "\(lease.who) acts: \(lease.verb) \(lease.target) (“\(lease.reason)”), "
                        + "\(Figures.age(from: lease.since, to: now))", weight: .notice))
        }
        // A pause stands there by what is observed, and a drain by its servers, until it is overdue.
        list += frame.desk.holds.filter { $0.kind != "paused" && ($0.kind == "maintenance" || $0.isUrgent) }.map {
            Banner(text: $0.text, weight: .notice)
        }
        list += frame.desk.freezes.map { Banner(text: "CHANGE FREEZE \($0)", weight: .notice) }
        return list
    }

    static func draw(_ banners: [Banner], on canvas: Canvas) {
        for y in 0..<canvas.height {
            let isLast = y == canvas.height - 1
            let more = banners.count - canvas.height
            guard y < banners.count else { return }
            let ink =
                switch banners[y].weight {
                case .alarm: Ink(.alarmText, on: .alarmBack, .bold)
                case .notice: Ink(.bannerText, on: .bannerBack)
                case .thought: Ink(.textStrong, [.reverse, .bold])
                }
            canvas.fill(Box(x: 0, y: y, width: canvas.width, height: 1), ink: ink)
            let tail = isLast && more > 0 ? " +\(more) more " : ""
            canvas.put(banners[y].text, x: 1, y: y, ink: ink, width: canvas.width - 2 - tail.count)
            canvas.put(tail, x: canvas.width - tail.count, y: y, ink: ink.bold)
        }
    }

    /// Says that the page shows a thought.
    private static func whatIf(_ frame: Frame) -> [Banner] {
        guard let whatIf = frame.view.whatIf else { return [] }
        let worse = whatIf.consequences.filter { $0.after < $0.before }
        let more = worse.count > 1 ? " +\(worse.count - 1) more" : ""
        let text = worse.first.map { "\($0.group) \($0.after.word)" + more } ?? "no group worse off"
        // Only the overview tells group by group.
        let isTold = frame.view.panel == OverviewPanel.panel.id && frame.view.opened.isEmpty
        return [
            Banner(
                text: "WHAT IF \(whatIf.title) were gone: \(text) (\(isTold ? "" : "1 shows all, ")Esc back)",
                weight: .thought)
        ]
    }

    /// The line for an action; ended ones leave it to the footer and the events.
    private static func action(_ action: ActionView, _ now: Timestamp) -> Banner? {
        let since = Figures.age(from: action.startedAt, to: now)
        switch action.phase {
        case .checking: return Banner(text: "\(action.title): checking again, \(since)", weight: .notice)
        case .sending(let step, let of):
            return Banner(text: "\(action.title): sending step \(step) of \(of), \(since)", weight: .notice)
        case .waiting(let what):
            let left = action.deadline.map { ", \(Figures.age(from: now, to: $0)) left" } ?? ""
            return Banner(text: "\(action.title): sent, waiting until \(what), \(since)\(left)", weight: .notice)
        case .inDoubt(let why):
            return Banner(
                text: "IN DOUBT \(since): \(action.title); watching, not repeated: \(why)",
                weight: .alarm)
        case .failed(let why): return ended(action, now, "FAILED \(action.title): \(why)", .alarm)
        case .incomplete(let what): return ended(action, now, "INCOMPLETE \(action.title): \(what)", .alarm)
        case .refused(let why): return ended(action, now, "REFUSED \(action.title): \(why)", .notice)
        case .done(let what): return ended(action, now, "done: \(action.title): \(what)", .notice)
        }
    }

    /// How long an ended action stays in the banner.
    static let endedFor = Span.seconds(60)

    private static func ended(
        _ action: ActionView, _ now: Timestamp, _ text: String, _ weight: Banner.Weight
    ) -> Banner? {
        now - action.changedAt > endedFor ? nil : Banner(text: text, weight: weight)
    }

    private static func drains(_ frame: Frame) -> [Banner] {
        frame.assessment.groups.compactMap { group in
            let drained = group.members.filter { $0.drainedCount > 0 }
            guard !drained.isEmpty else { return nil }
            let names = drained.prefix(3).map { member in
                member.isPartlyDrained
                    ? "\(member.id.name) on \(member.drainedCount) of \(member.balancerCount) balancers"
                    : member.id.name
            }
            let more = drained.count > 3 ? " and \(drained.count - 3) more" : ""
            return Banner(
                text: "\(group.id) drained: \(names.joined(separator: ", "))\(more)", weight: .notice)
        }
    }

    private static func sources(_ frame: Frame) -> Banner? {
        let bad = frame.snapshot.sources.filter { $0.status.state != .live && $0.status.state != .connecting }
        guard let first = bad.first else { return nil }
        let why = first.status.problem ?? first.status.state.rawValue
        let more = bad.count > 1 ? " and \(bad.count - 1) more" : ""
        let words = Set(bad.map(\.status.state)).count > 1 ? "not live" : word(first.status.state)
        return Banner(
            text: "\(words) (\(frame.menu.key("look.sources", "S")) shows): \(first.id)\(more): \(why)",
            weight: .notice)
    }

    private static func word(_ state: SourceStatus.State) -> String {
        switch state {
        case .live, .connecting, .failed: "unreachable"
        case .silent: "silent"
        case .refused: "not let in"
        case .untrusted: "not trusted"
        }
    }
}

/// The last line: what the keys do here, or what the last one came to.
enum FooterPanel {
    /// What the keys do while the past is shown, over the whole line.
    private static func past(_ past: Frame.Past, _ frame: Frame, on canvas: Canvas) {
        let ink = Ink(.bannerText, on: .bannerBack)
        canvas.fill(ink: ink)
        var text = frame.menu.rewind.map { "\($0.keys.joined(separator: " ")) \($0.title)" }.joined(separator: "   ")
        if let notice = frame.view.notice, notice.until > past.live { text = notice.text }
        canvas.put(text, x: 1, y: 0, ink: ink.bold, width: max(canvas.width - 2, 0))
    }

    /// Pages on which one looks at something else than members: there a promotion is not what one came for, though
    /// its key works there too.
    private static let quiet: Set<PanelID> = [
        EventsPanel.panel.id, BackupsPanel.panel.id, NetworkPanel.panel.id, EdgePanel.panel.id,
        RedundancyPanel.panel.id,
    ]

    private static func offersActions(_ frame: Frame) -> Bool {
        !quiet.contains(frame.view.panel) || !frame.view.opened.isEmpty
    }

    static func draw(_ frame: Frame, on canvas: Canvas) {
        if let past = frame.past, !frame.view.isTypingFilter {
            self.past(past, frame, on: canvas)
            return
        }
        let total = frame.snapshot.sources.count
        let live = frame.snapshot.sources.count { $0.status.state == .live }
        let sources = canvas.width >= 60 ? " sources \(live) of \(total) live " : ""
        let room = canvas.width - sources.count
        canvas.put(
            sources, x: room, y: 0, ink: Ink(live == total ? .footerText : live == 0 ? .checkFail : .checkWarn))
        if frame.view.isTypingFilter {
            canvas.put("/" + frame.view.filter + "_", x: 1, y: 0, ink: Ink(.inputText, on: .inputBack), width: room - 1)
            return
        }
        if let notice = frame.view.notice, notice.until > frame.now {
            canvas.put(notice.text, x: 1, y: 0, ink: Ink(notice.isBad ? .checkFail : .textStrong), width: room - 1)
            return
        }
        if frame.view.isNew {
            let (help, find) = (frame.menu.key("look.help", "?"), frame.menu.key("look.palette", ":"))
            let pages = PanelCatalogue.all.prefix(3).enumerated()
                .map { frame.menu.key("page.\($1.id.name)", "\($0 + 1)") }.joined(separator: " ")
            let text =
                "new here?  \(help) shows what keys do   \(find) finds anything by name   \(pages) open pages"
            canvas.put(text, x: 1, y: 0, ink: Ink(.textStrong), width: room - 1)
            return
        }
        var x = 1
        if !frame.view.filter.isEmpty {
            x += canvas.put("/\(frame.view.filter)", x: x, y: 0, ink: Ink(.match), width: min(20, room))
            x += canvas.put(" Esc clears  ", x: x, y: 0, ink: Ink(.footerText), width: max(room - x, 0))
        }
        for entry in frame.menu.footer {
            let isAct = entry.id.hasPrefix("act.")
            guard !isAct || offersActions(frame) else { continue }
            let key = entry.keys.first ?? ""
            // The verb is enough here: the plan says the rest.
            let title = isAct ? String(entry.title.prefix { $0 != " " }) : entry.title
            let width = TextWidth.of(key) + 1 + TextWidth.of(title) + 2
            guard x + width <= room else { continue }
            canvas.put(
                [Piece(key, Ink(.footerKey)), Piece(" " + title, Ink(.footerText))], x: x, y: 0, width: width)
            canvas.touch(Touch.command(entry.id), x: x, y: 0, width: width - 2)
            x += width
        }
    }
}
