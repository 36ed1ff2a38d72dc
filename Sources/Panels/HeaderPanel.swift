import Estate
import Grid
import Insight

/// The first line: which platform, how it stands and why, what time it is, how old what is shown is, and whether
/// commands are armed.
enum HeaderPanel {
    static func draw(_ frame: Frame, on canvas: Canvas) {
        if let past = frame.past {
            draw(past, frame, on: canvas)
            return
        }
        let back = Ink(.header, on: .headerBack)
        canvas.fill(ink: back)
        let right = rightPieces(frame, canvas)
        let rightWidth = right.reduce(0) { $0 + TextWidth.of($1.text) }
        let room = canvas.width - rightWidth - 1
        var x = 1
        if let simulation = frame.desk.simulation {
            x = canvas.put(simulated(simulation, canvas), x: 0, y: 0, ink: simulatedInk) + 1
        } else if canvas.width >= 100 {
            x += canvas.put("pitboss  ", x: x, y: 0, ink: back)
        }
        x += canvas.put(frame.snapshot.platform.name, x: x, y: 0, ink: back.bold, width: max(min(room / 3, 24), 4))
        x += 2
        if let silence = frame.silence {
            canvas.put(text(silence, frame), x: x, y: 0, ink: Ink(.alarmText, on: .alarmBack, .bold), width: room - x)
        } else {
            let verdict = frame.assessment.worst
            let ink = Ink(Looks.token(verdict), on: .headerBack, .bold)
            x += canvas.put(Looks.verdict(verdict, canvas.glyphs), x: x, y: 0, ink: ink, width: max(room - x, 0))
            x += 1
            canvas.put(headline(frame), x: x, y: 0, ink: back, width: max(room - x, 0))
        }
        canvas.put(right, x: max(canvas.width - rightWidth, 0), y: 0)
    }

    /// The header of another moment: it cannot be taken for that of now, and still says how things are now.
    private static func draw(_ past: Frame.Past, _ frame: Frame, on canvas: Canvas) {
        let back = Ink(.bannerText, on: .bannerBack)
        canvas.fill(ink: back)
        let sign = Looks.verdict(past.liveWorst, canvas.glyphs)
        let isBad = past.liveWorst == .down || past.liveWorst == .degraded
        let now = Piece(" now \(sign) ", isBad ? Ink(.alarmText, on: .alarmBack, .bold) : back)
        let right = canvas.width >= 70 ? [now, Piece(" \(Figures.clock(past.live))Z ", back)] : [now]
        let rightWidth = right.reduce(0) { $0 + TextWidth.of($1.text) }
        let room = max(canvas.width - rightWidth - 1, 0)
        let ago = Figures.duration((past.live - frame.now).seconds)
        let end = past.isOldest ? ", the oldest kept" : ""
        var x = 0
        if let simulation = frame.desk.simulation {
            x = canvas.put(simulated(simulation, canvas), x: 0, y: 0, ink: simulatedInk, width: room)
        }
        x += canvas.put(
            " PAST \(Figures.clock(frame.now))Z, \(ago) ago\(end)  ", x: x, y: 0, ink: back.bold,
            width: max(room - x, 0))
        if room > x {
            let verdict = frame.assessment.worst
            x += canvas.put(Looks.verdict(verdict, canvas.glyphs) + " ", x: x, y: 0, ink: back.bold, width: room - x)
            canvas.put(headline(frame), x: x, y: 0, ink: back, width: max(room - x, 0))
        }
        canvas.put(right, x: max(canvas.width - rightWidth, 0), y: 0)
    }

    /// A simulated platform says so before anything else, in every frame.
    static func simulated(_ title: String, _ canvas: Canvas) -> String {
        canvas.width >= 100 ? " SIMULATION \(title) " : " SIMULATION "
    }

    static let simulatedInk = Ink(.bannerText, on: .bannerBack, .bold)

    /// Says since when nothing was heard; nothing on the screen is of now.
    static func text(_ silence: Frame.Silence, _ frame: Frame) -> String {
        switch silence {
        case .never: return " NO DATA YET "
        case .since(let at):
            return " NO DATA since \(Figures.clock(at))Z, \(Figures.age(from: at, to: frame.now)) "
        }
    }

    private static func headline(_ frame: Frame) -> String {
        let text = frame.assessment.headline
        guard let group = frame.assessment.worstGroup, group.verdict != .protected,
            let since = frame.since(group.id)
        else { return text }
        return "\(Figures.age(from: since, to: frame.now)): \(text)"
    }

    private static func rightPieces(_ frame: Frame, _ canvas: Canvas) -> [Piece] {
        let back = Ink(.header, on: .headerBack)
        let dim = Ink(.textDim, on: .headerBack)
        var pieces: [Piece] = []
        // What is wrong is worth more room than what there is.
        let isWell = frame.assessment.worst == .protected && frame.assessment.threatened.isEmpty
        if canvas.width >= (isWell ? 110 : 150) {
            let platform = frame.snapshot.platform
            let nodes = max(platform.nodes.count, frame.snapshot.hosts.count)
            pieces.append(
                Piece(
                    Figures.counted(platform.sites.count, "site") + " " + Figures.counted(nodes, "node") + "  ", dim))
        }
        pieces.append(Piece(Figures.clock(frame.now) + "Z ", back))
        if canvas.width >= 60 {
            pieces.append(Piece(canvas.width >= 100 ? " data " : " ", dim))
            pieces.append(age(frame, canvas))
        }
        pieces.append(Piece(" ", back))
        if canvas.width >= narrowBelow { pieces.append(armed(frame, on: .headerBack)) }
        return pieces
    }

    /// Below this width the second line says whether commands are armed, for the reason needs the room.
    static let narrowBelow = 100

    static func armed(_ frame: Frame, on back: Token) -> Piece {
        frame.desk.isArmed
            ? Piece(" ARMED ", Ink(.armed, on: back, .bold)) : Piece(" read-only ", Ink(.readOnly, on: back))
    }

    /// Age of the oldest fact that a verdict rests on, in a field of constant width.
    private static func age(_ frame: Frame, _ canvas: Canvas) -> Piece {
        guard let at = frame.assessment.oldestAt else {
            return Piece(TextWidth.fit("no age", to: Figures.secondsWidth), Ink(.textStale, on: .headerBack))
        }
        let old = frame.now - at > Frame.silenceDeadline
        let text = TextWidth.fit(
            Figures.age(from: at, to: frame.now), to: Figures.secondsWidth, align: .right, glyphs: canvas.glyphs)
        return Piece(text, Ink(old ? .checkWarn : .header, on: .headerBack))
    }
}

/// The second line: the pages there are.
enum TabsPanel {
    static func draw(_ frame: Frame, on canvas: Canvas) {
        let isNarrow = canvas.width < HeaderPanel.narrowBelow
        let keys = PanelCatalogue.all.enumerated().map { index, panel in
            frame.menu.key("page.\(panel.id.name)", "\((index + 1) % 10)")
        }
        let titles = zip(PanelCatalogue.all, keys).map { " \($1) \($0.title)" }
        let tight = titles.reduce(0) { $0 + TextWidth.of($1) }
        // Names of pages are worth more than names of keys.
        let short = " \(frame.menu.key("look.help", "?")) help "
        let long =
            " \(frame.menu.key("look.filter", "/")) filter  \(frame.menu.key("look.palette", ":")) do " + short
        let armed = isNarrow ? HeaderPanel.armed(frame, on: .background) : Piece("")
        let airy = tight + titles.count
        let help = isNarrow || airy + TextWidth.of(long) > canvas.width ? short : long
        let room = canvas.width - TextWidth.of(help) - TextWidth.of(armed.text)
        let isTight = airy > room && tight <= room
        var x = 0
        for (index, panel) in PanelCatalogue.all.enumerated() where x < room {
            let isActive = panel.id == frame.view.panel
            let whole = titles[index] + (isTight ? "" : " ")
            let title = tight <= room || isActive ? whole : " \(keys[index]) "
            let used = canvas.put(
                title, x: x, y: 0, ink: isActive ? Ink(.tabActive, [.bold, .underline]) : Ink(.tab), width: room - x)
            canvas.touch(Touch.page(panel.id), x: x, y: 0, width: used)
            x += used
        }
        canvas.put([Piece(help, Ink(.footerText)), armed], x: room, y: 0)
    }
}
