import Estate
import Grid
import Insight

/// Everything that happened, newest first, with what each outage lasted.
enum EventsPanel {
    static let pane = PaneID("events.list")
    /// The most events listed; older ones are in the journal.
    static let eventsMax = 1_000

    static let panel = Panel(
        PanelID("events"), "Events", "What happened, newest first, with measured outages",
        panes: [Pane(pane, "Events", rows: rows)]
    ) { frame, canvas in
        let events = listed(frame, height: canvas.height)
        let inside = canvas.pane("Events", trailing: "newest first, UTC", focused: true)
        draw(events, in: pane, focused: true, frame: frame, on: inside, titled: true)
    }

    @Sendable static func rows(_ frame: Frame) -> [RowID] {
        frame.events.suffix(eventsMax).reversed().map { .event(EventKey($0)) }
    }

    private static func listed(_ frame: Frame, height: Int) -> [Event] {
        Array(frame.events.suffix(frame.isAsGiven(pane) ? height : eventsMax).reversed())
    }

    enum ID: Hashable { case at, age, group, member, text, outage, source }

    private static let columns = ColumnSet<ID>([
        Column(.at, "time", min: 8),
        Column(.age, "ago", min: 7, align: .right, priority: 5, from: 110),
        Column(.group, "group", min: 9, max: 18, priority: 1),
        Column(.member, "member", min: 9, max: 18, priority: 4, from: 110),
        Column(.text, "what", min: 20, max: 400),
        Column(.outage, "outage", min: 8, align: .right, priority: 2, from: 50),
        Column(.source, "seen by", min: 16, max: 26, priority: 6, from: 150),
    ])

    /// Draws a list of events; other pages use it for their own.
    static func draw(
        _ events: [Event], in pane: PaneID, focused: Bool, frame: Frame, on canvas: Canvas, titled: Bool
    ) {
        let placed = columns.placed(in: canvas.width - 2)
        var body = canvas
        if titled, canvas.height > 2 {
            canvas.header(placed, x: 2)
            body = canvas.inset(top: 1)
        }
        let empty = "nothing has happened since the start"
        if frame.isAsGiven(pane) {
            // Nothing was chosen, filtered or held: the newest are in view, and looking for the others is not needed.
            let shown = events.prefix(body.height)
            let rows = shown.map { RowID.event(EventKey($0)) }
            var place = 0
            Lists.draw(rows, in: pane, focused: focused, frame: frame, on: body, empty: empty) { _, line in
                put(shown[place], placed, frame, line)
                place += 1
            }
            return
        }
        var byKey: [EventKey: Event] = [:]
        for event in events { byKey[EventKey(event)] = event }
        let rows = frame.listed(events.map { .event(EventKey($0)) }, in: pane)
        Lists.draw(rows, in: pane, focused: focused, frame: frame, on: body, empty: empty) { row, line in
            guard case .event(let key) = row, let event = byKey[key] else { return }
            put(event, placed, frame, line)
        }
    }

    /// Where nothing was out, what happened has that column's room, too.
    private static func put(_ event: Event, _ placed: [PlacedColumn<ID>], _ frame: Frame, _ line: Canvas) {
        for (place, column) in placed.enumerated() {
            let next = placed.dropFirst(place + 1).first
            if column.id == .text, let next, next.id == .outage, event.outage == nil {
                put(event, column.reaching(over: next), frame, line)
            } else {
                put(event, column, frame, line)
            }
        }
    }

    private static func put(_ event: Event, _ column: PlacedColumn<ID>, _ frame: Frame, _ line: Canvas) {
        let ink = Ink(Looks.token(event.severity))
        switch column.id {
        case .at: line.put(Figures.clock(event.at), in: column, y: 0, ink: Ink(.textDim))
        case .age: line.put(Figures.age(from: event.at, to: frame.now), in: column, y: 0, ink: Ink(.textDim))
        case .group: line.put(event.group?.name ?? event.node?.name ?? "", in: column, y: 0)
        case .member: line.put(event.member?.name ?? "", in: column, y: 0, ink: Ink(.textDim))
        case .text: line.put(event.text, in: column, y: 0, ink: ink)
        case .outage:
            let text = event.outage.map { Figures.seconds($0.seconds) } ?? ""
            line.put(text, in: column, y: 0, ink: Ink(.textStrong))
        case .source: line.put(event.source?.description ?? "", in: column, y: 0, ink: Ink(.textDim))
        }
    }
}
