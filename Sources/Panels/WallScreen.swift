public import Estate
public import Grid
import Insight

/// What a wall shows at one moment: one thing after the other, in letters that are read from across a room. Nothing on
/// it can be pressed.
public enum WallPage: Hashable, Sendable {
    case overview
    case group(GroupID)
    case events
}

/// An alarm that takes the whole wall.
public struct WallAlarm: Equatable, Sendable {
    public var group: GroupID?
    /// The word: `DOWN`.
    public var title: String
    public var text: String
    public var since: Timestamp
    public init(group: GroupID?, title: String, text: String, since: Timestamp) {
        self.group = group
        self.title = title
        self.text = text
        self.since = since
    }
}

/// The wall as it is drawn.
public struct WallView: Sendable {
    public var page: WallPage
    /// All pages in turn, for the marks that say where one is.
    public var pages: [WallPage]
    public var alarm: WallAlarm?
    /// The alarm's colours are exchanged.
    public var isFlipped: Bool
    /// Where the picture stands on the screen, in cells from the corner: it moves, so that nothing burns in.
    public var shift: (x: Int, y: Int)

    public init(
        page: WallPage, pages: [WallPage], alarm: WallAlarm? = nil, isFlipped: Bool = false,
        shift: (x: Int, y: Int) = (0, 0)
    ) {
        self.page = page
        self.pages = pages
        self.alarm = alarm
        self.isFlipped = isFlipped
        self.shift = shift
    }
}

public enum WallScreen {
    /// How far the picture moves at most, in cells.
    public static let shiftColumnsMax = 3
    public static let shiftRowsMax = 1

    public static func draw(_ wall: WallView, _ frame: Frame, on canvas: Canvas) {
        guard canvas.width >= Screen.widthMin, canvas.height >= Screen.heightMin else {
            Screen.draw(frame, on: canvas)
            return
        }
        if let alarm = wall.alarm { canvas.fill(ink: WallAlarmPage.ink(isFlipped: wall.isFlipped, alarm)) }
        let (x, y) = (min(wall.shift.x, shiftColumnsMax), min(wall.shift.y, shiftRowsMax))
        let room = canvas.inset(left: x, right: shiftColumnsMax - x, top: y, bottom: shiftRowsMax - y)
        if let alarm = wall.alarm {
            WallAlarmPage.draw(alarm, isFlipped: wall.isFlipped, frame, on: room)
            return
        }
        let footHigh = room.height >= 24 ? BigText.Size.small.rows(room.glyphs) : 1
        let parts = room.split(rows: [.fixed(1), .fill(), .fixed(footHigh)], gap: room.height >= 24 ? 1 : 0)
        top(wall, frame, parts[0])
        switch wall.page {
        case _ where frame.silence != nil: silent(frame, parts[1])
        case .overview: overview(frame, parts[1])
        case .group(let id): group(id, frame, parts[1])
        case .events: events(frame, parts[1])
        }
        foot(frame, parts[2], ink: .plain)
    }

    private static func top(_ wall: WallView, _ frame: Frame, _ canvas: Canvas) {
        let name = frame.snapshot.platform.name
        var x = 0
        if let simulation = frame.desk.simulation {
            x = canvas.put(HeaderPanel.simulated(simulation, canvas), x: 0, y: 0, ink: HeaderPanel.simulatedInk) + 1
        }
        canvas.put(name, x: x, y: 0, ink: Ink(.textStrong, .bold), width: max(canvas.width / 2 - x, 0))
        let marks = wall.pages.map { page in
            let text: String =
                switch page {
                case .overview: "all"
                case .group(let id): id.name
                case .events: "events"
                }
            return Piece(" \(text) ", page == wall.page ? Ink(.textStrong, [.bold, .reverse]) : Ink(.textDim))
        }
        let wide = marks.reduce(0) { $0 + TextWidth.of($1.text) }
        canvas.put(marks, x: max(canvas.width - wide, canvas.width / 2 + 1), y: 0)
    }

    /// Clock at the left, age of the data at the right, as large as there is room.
    static func foot(_ frame: Frame, _ canvas: Canvas, ink: Ink) {
        let clock = Figures.clock(frame.now) + "Z"
        let old = frame.assessment.oldestAt.map { frame.now - $0 > Frame.silenceDeadline } ?? true
        let age = frame.assessment.oldestAt.map { "data " + Figures.age(from: $0, to: frame.now) } ?? "no data"
        let ageInk = old && ink == .plain ? Ink(.checkFail, .bold) : ink
        let isBig =
            BigText(clock).columns(.small) + BigText(age).columns(.small) + 6 <= canvas.width
            && canvas.height >= BigText.Size.small.rows(canvas.glyphs)
        guard isBig else {
            canvas.put(clock, x: 0, y: canvas.height - 1, ink: ink)
            canvas.put(age, x: 0, y: canvas.height - 1, ink: ageInk, width: canvas.width, align: .right)
            return
        }
        canvas.big(clock, size: .small, ink: ink)
        canvas.big(age, size: .small, ink: ageInk, align: .right)
    }

    private static func silent(_ frame: Frame, _ canvas: Canvas) {
        let ink = Ink(.alarmText, on: .alarmBack, .bold)
        canvas.fill(ink: ink)
        let inside = canvas.inset(left: 2, right: 2, top: 1, bottom: 1)
        let used = inside.headline("NO DATA", y: 0, height: max(inside.height / 2, 1), ink: ink)
        guard let silence = frame.silence else { return }
        let text = HeaderPanel.text(silence, frame)
        words(text, on: inside.inset(top: used + 1), ink: ink)
    }

    private static func overview(_ frame: Frame, _ canvas: Canvas) {
        let verdict = frame.assessment.worst
        let ink = Ink(Looks.token(verdict), .bold)
        var y = canvas.headline(verdict.word, y: 0, height: max(canvas.height / 3, 1), ink: ink) + 1
        y += words(frame.assessment.headline, on: canvas.inset(top: y), ink: Ink(.textStrong), linesMax: 2) + 1
        groups(frame, canvas.inset(top: y))
    }

    /// Every group in one line, in as many columns as there is need and room for.
    private static func groups(_ frame: Frame, _ canvas: Canvas) {
        let groups = frame.assessment.groups
        guard !canvas.isEmpty, !groups.isEmpty else { return }
        let rows = BigText.Size.small.rows(canvas.glyphs) + 1
        if canvas.width >= largeFrom, groups.count * rows <= canvas.height {
            for (place, group) in groups.enumerated() {
                let line = canvas.window(x: 0, y: place * rows, width: canvas.width, height: rows)
                let ink = Ink(Looks.token(group.verdict), .bold)
                line.big(group.verdict.word, size: .small, ink: ink)
                let text = "\(group.id.name) survives \(group.survives.text)"
                line.big(text, size: .small, x: BigText("PROTECTED ").columns(.small) + 2, ink: Ink(.textStrong))
            }
            return
        }
        let wanted = (groups.count + canvas.height - 1) / max(canvas.height, 1)
        let columns = min(max(wanted, 1), max(canvas.width / 44, 1))
        let wide = canvas.width / columns
        let shown = columns * canvas.height
        for (place, group) in groups.prefix(shown).enumerated() {
            let line = canvas.window(
                x: place / canvas.height * wide, y: place % canvas.height, width: wide - 2, height: 1)
            let ink = Ink(Looks.token(group.verdict), .bold)
            var x = line.put(Looks.verdict(group.verdict, line.glyphs), x: 0, y: 0, ink: ink)
            x = max(x, Looks.verdictWidth(line.glyphs)) + 1
            x += line.put(group.id.name, x: x, y: 0, ink: Ink(.textStrong), width: max(line.width / 3, 8)) + 2
            let serves = group.isDatabase ? (group.leader ?? group.primary)?.name ?? "no leader" : group.serving.text
            line.put(
                "\(serves)  survives \(group.survives.text)", x: x, y: 0, ink: Ink(.textDim), width: line.width - x)
        }
        guard groups.count > shown, canvas.height > 0 else { return }
        let more = " and \(groups.count - shown) more "
        canvas.put(
            more, x: 0, y: canvas.height - 1, ink: Ink(.textStrong, .reverse), width: canvas.width, align: .right)
    }

    private static func group(_ id: GroupID, _ frame: Frame, _ canvas: Canvas) {
        guard let group = frame.assessment.group(id) else {
            words("\(id.name) is no longer known", on: canvas, ink: Ink(.textStale))
            return
        }
        let third = max(canvas.height / 4, 1)
        var y = canvas.headline(id.name, y: 0, height: third, ink: Ink(.textStrong, .bold), largest: .medium) + 1
        let ink = Ink(Looks.token(group.verdict), .bold)
        y += canvas.headline(group.verdict.word, y: y, height: max(canvas.height - y, 1) / 2, ink: ink) + 1
        if let since = frame.since(id) {
            let text = "for \(Figures.duration((frame.now - since).seconds))"
            y += words(text, on: canvas.inset(top: y), ink: Ink(.textDim), linesMax: 1)
        }
        for reason in group.reasons.filter({ $0.severity != .protected }).prefix(4) where y < canvas.height {
            y += words(reason.text, on: canvas.inset(top: y), ink: Ink(Looks.token(reason.severity)), linesMax: 3)
        }
        if group.verdict == .protected {
            words("well again: survives \(group.survives.text)", on: canvas.inset(top: y), ink: Ink(.verdictProtected))
        }
    }

    private static func events(_ frame: Frame, _ canvas: Canvas) {
        var y = 0
        if frame.events.isEmpty { words("nothing has happened since the start", on: canvas, ink: Ink(.textDim)) }
        for event in frame.events.suffix(canvas.height).reversed() where y < canvas.height {
            let name = event.group?.name ?? event.node?.name ?? ""
            let text = "\(Figures.clock(event.at)) \(name) \(event.text)"
            y += words(text, on: canvas.inset(top: y), ink: Ink(Looks.token(event.severity)), linesMax: 2)
        }
    }

    /// The width from which sentences are drawn in large letters.
    static let largeFrom = 200

    /// A sentence over as many lines as it needs, in large letters on a large wall. Returns the rows taken.
    @discardableResult
    static func words(_ text: String, on canvas: Canvas, ink: Ink, linesMax: Int = 8) -> Int {
        guard !canvas.isEmpty else { return 0 }
        let rows = BigText.Size.small.rows(canvas.glyphs)
        let isLarge = canvas.width >= largeFrom && canvas.height >= rows
        let width = isLarge ? canvas.width / 6 : canvas.width
        let lines = TextWidth.wrap(Sanitizer.visible(text), to: max(width, 8))
        guard isLarge else {
            for (y, line) in lines.prefix(linesMax).enumerated() { canvas.put(line, x: 0, y: y, ink: ink) }
            return min(lines.count, linesMax)
        }
        let shown = min(lines.count, linesMax, max(canvas.height / (rows + 1), 1))
        for (place, line) in lines.prefix(shown).enumerated() {
            canvas.big(line, size: .small, y: place * (rows + 1), ink: ink)
        }
        return shown * (rows + 1)
    }
}

/// The whole wall in the alarm's colours.
enum WallAlarmPage {
    /// Reverse video stands for the colours where there are none; every second it turns over.
    static func ink(isFlipped: Bool, _ alarm: WallAlarm) -> Ink {
        Ink(.alarmText, on: .alarmBack, isFlipped ? [.bold, .reverse] : .bold)
    }

    static func draw(_ alarm: WallAlarm, isFlipped: Bool, _ frame: Frame, on canvas: Canvas) {
        let ink = ink(isFlipped: isFlipped, alarm)
        let footHigh = canvas.height >= 24 ? BigText.Size.small.rows(canvas.glyphs) : 1
        let parts = canvas.split(rows: [.fill(), .fixed(footHigh)], gap: 1)
        if let simulation = frame.desk.simulation {
            canvas.put(
                HeaderPanel.simulated(simulation, canvas), x: 0, y: 0, ink: HeaderPanel.simulatedInk,
                width: canvas.width, align: .right)
        }
        let body = parts[0].inset(left: 2, right: 2, top: 1)
        var y = body.headline(alarm.title, y: 0, height: max(body.height / 2, 1), ink: ink) + 1
        if let group = alarm.group {
            let high = max((body.height - y) / 2, 1)
            y += body.headline(group.name, y: y, height: high, ink: ink, largest: .medium) + 1
        }
        let age = Figures.duration((frame.now - alarm.since).seconds)
        y += WallScreen.words(alarm.text, on: body.inset(top: y), ink: ink, linesMax: 4)
        WallScreen.words(
            "since \(Figures.clock(alarm.since))Z, \(age)", on: body.inset(top: y), ink: ink, linesMax: 1)
        WallScreen.foot(frame, parts[1].inset(left: 2, right: 2), ink: ink)
    }
}
