public import Estate
public import Grid
import Insight
public import Panels
import Plans

/// The model of the dashboard: what is known, where the operator stands, what is open. It does nothing itself:
/// events and a time go in, effects come out.
public struct Cockpit: Sendable {
    /// What is known now, whatever is shown.
    var live: Scene
    var rewind: Rewind?
    var desk = Desk()
    var histories = Histories()
    var view: ViewState
    var palette: Palette?
    let keys: KeyMap
    /// The first key of each command, worked out once.
    let firstKeys: [String: String]
    /// The themes that the palette offers.
    let themes: [String]
    /// What the last frame had where, for the mouse.
    private(set) var touches: [TouchArea] = []
    /// What was pressed last with the mouse, to know a second press on it.
    var clicked: (touch: Touch, at: Timestamp)?
    public private(set) var width: Int
    public private(set) var height: Int
    public let glyphs: Glyphs
    var knownActing: KnownActing?
    /// How long it is taken for granted which commands can be used, while neither a key nor an event comes.
    static let actingFor = Span.seconds(5)
    /// Until when rows keep their places after a key.
    private var heldUntil: Timestamp?

    /// How long rows keep their places after a key.
    public static let holdFor = Span.seconds(3)
    /// How long what a key came to stands in the footer.
    public static let noticeFor = Span.seconds(8)
    /// Verdicts are looked at again with the time when they are older than this.
    static let assessmentAgeMax = Span.milliseconds(900)

    public init(
        platform: Platform, width: Int, height: Int, glyphs: Glyphs, keys: KeyMap = .standard,
        themes: [String] = Theme.builtinNames, now: Timestamp
    ) {
        let snapshot = Snapshot(platform: platform)
        live = Scene(snapshot: snapshot, assessment: Assessment.of(snapshot, now: now), events: [])
        view = ViewState(panel: PanelCatalogue.all[0].id)
        view.isNew = true
        self.themes = themes
        self.keys = keys
        firstKeys = keys.firstNames
        self.width = width
        self.height = height
        self.glyphs = glyphs
    }

    /// Where the operator stands, for tests and for the terminal's title.
    public var viewState: ViewState { view }

    public mutating func step(_ event: CockpitEvent, now: Timestamp) -> [Effect] {
        switch event {
        case .key(let key):
            return press(key, now: now)
        case .paste(let text):
            return paste(text, now: now)
        case .resize(let width, let height):
            (self.width, self.height) = (width, height)
            return [.redraw]
        case .observed(let snapshot, let assessment, let events):
            live = Scene(snapshot: snapshot, assessment: assessment, events: events)
            histories.sample(assessment, snapshot, at: now)
            thinkAgain()
            return [.redraw] + reviewDialog()
        case .past(let snapshot, let assessment, let events, let at, let oldest):
            let scene = Scene(snapshot: snapshot, assessment: assessment, events: events)
            return takePast(scene, at: at, oldest: oldest, now)
        case .mouse(let mouse):
            return press(mouse, now: now)
        case .desk(let desk):
            self.desk = desk
            knownActing = nil
            return [.redraw]
        case .said(let text, let isBad): return say(text, bad: isBad, now)
        case .tick:
            if now - live.assessment.at > Self.assessmentAgeMax {
                live.assessment = Assessment.of(live.snapshot, now: now)
                thinkAgain()
            }
            histories.sample(live.assessment, live.snapshot, at: now)
            if let until = heldUntil, now >= until, !isDialogOpen {
                view.held = [:]
                heldUntil = nil
            }
            return [.redraw] + reviewDialog()
        }
    }

    /// The frame as it is now.
    public func frame(now: Timestamp) -> Frame { frame(menu(now: now), now) }

    func frame(_ menu: Menu, _ now: Timestamp) -> Frame {
        guard let (at, past) = past(now) else {
            return Frame(
                snapshot: snapshot, assessment: assessment, events: events, histories: histories, desk: desk,
                view: view, menu: menu, now: now)
        }
        return Frame(
            snapshot: snapshot, assessment: assessment, events: events, histories: histories.upTo(at), desk: desk,
            view: view, menu: menu, now: at, past: past)
    }

    /// Draws the whole screen, and keeps what a mouse can be pressed on.
    public mutating func render(into grid: inout Grid, now: Timestamp) {
        let frame = frame(menuForFrame(now), now)
        grid = Grid.drawn(width: width, height: height, glyphs: glyphs) { Screen.draw(frame, on: $0) }
        touches = grid.touches
    }

    // MARK: Keys

    private mutating func press(_ key: Key, now: Timestamp) -> [Effect] {
        view.notice = nil
        view.isNew = false
        knownActing = nil
        // These work wherever one stands: whoever wants to leave must not have to find out how.
        switch key {
        case .ctrl("c"): return [.quit]
        case .ctrl("z"): return [.suspend]
        case .ctrl("l"): return [.repaint]
        default: break
        }
        if case .dialog(let dialog) = view.overlay { return press(key, in: dialog, now: now) }
        if palette != nil { return pressInPalette(key, now: now) }
        if view.isTypingFilter { return pressInFilter(key, now: now) }
        guard let command = keys.command(for: key) else {
            return say("\(key.name) does nothing here; ? shows the keys", bad: true, now)
        }
        hold(now)
        return run(command, trigger: key.name, now: now)
    }

    /// Runs a command, or says why it cannot be run here.
    mutating func run(_ command: Command, trigger: String, now: Timestamp) -> [Effect] {
        let call = Command.Call(trigger: trigger, now: now, selected: selectedRow(now))
        if let obstacle = command.obstacle(self, call) { return say(obstacle, bad: true, now) }
        return command.run(&self, call)
    }

    private mutating func paste(_ text: String, now: Timestamp) -> [Effect] {
        let isTyping = palette != nil || view.isTypingFilter || isDialogTyping
        guard isTyping else { return say("paste is taken only where text is typed", bad: true, now) }
        var effects: [Effect] = []
        for character in text.prefix(TextField.charactersMax) where character != "\n" && character != "\r" {
            effects += press(.character(character), now: now)
        }
        return effects.contains(.bell) ? [.redraw, .bell] : [.redraw]
    }

    /// Keeps rows where they are for a while, so that the one aimed at is the one hit.
    mutating func hold(_ now: Timestamp) {
        heldUntil = now + Self.holdFor
        holdRows(now)
    }

    mutating func holdRows(_ now: Timestamp) {
        guard let pane = focusedPane(now) else { return }
        view.held[pane.id] = pane.rows
    }

    /// Says something in the footer.
    mutating func say(_ text: String, bad: Bool = false, _ now: Timestamp) -> [Effect] {
        view.notice = ViewState.Notice(text, isBad: bad, until: now + Self.noticeFor)
        return bad ? [.redraw, .bell] : [.redraw]
    }
}
