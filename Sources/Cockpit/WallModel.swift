public import Estate
public import Grid
import Insight
public import Panels

/// The model of a wall: pages that turn by themselves, at once when there is news; an alarm that takes it all. It has
/// no commands: what is pressed can only end it.
public struct WallModel: ScreenModel {
    /// How long a page stays when nothing happens.
    public static let pageFor = Span.seconds(20)
    /// How long an alarm has the whole wall, unless it is over sooner.
    public static let alarmFor = Span.seconds(60)
    /// How long it has it at least.
    public static let alarmAtLeast = Span.seconds(5)
    /// The most events kept.
    public static let eventsMax = 200
    /// The most groups that have a page of their own.
    public static let groupPagesMax = 8

    private var live: Scene
    private var view: ViewState
    private var page = WallPage.overview
    private var turnedAt: Timestamp
    private var alarm: WallAlarm?
    private var alarmAt: Timestamp
    private var newestEvent: EventKey?
    private var width: Int
    private var height: Int
    private let glyphs: Glyphs
    /// What is simulated; nil: nothing.
    private var simulation: String?
    /// Rings once when an alarm begins.
    private let rings: Bool

    public init(platform: Platform, width: Int, height: Int, glyphs: Glyphs, bell: Bool = false, now: Timestamp) {
        let snapshot = Snapshot(platform: platform)
        live = Scene(snapshot: snapshot, assessment: Assessment.of(snapshot, now: now), events: [])
        view = ViewState(panel: PanelCatalogue.all[0].id)
        self.width = width
        self.height = height
        self.glyphs = glyphs
        rings = bell
        turnedAt = now
        alarmAt = now
    }

    /// What is shown, for tests.
    public func wall(now: Timestamp) -> WallView {
        WallView(
            page: page, pages: pages, alarm: alarm, isFlipped: isFlipped(now), shift: Self.shift(now))
    }

    /// How many events are kept.
    public var eventsKept: Int { live.events.count }

    public mutating func step(_ event: CockpitEvent, now: Timestamp) -> [Effect] {
        switch event {
        case .key(let key): return press(key)
        case .resize(let width, let height):
            (self.width, self.height) = (width, height)
            return [.redraw]
        case .observed(let snapshot, let assessment, let events):
            let before = live
            // A copy: a part of all events would keep all of them.
            live = Scene(snapshot: snapshot, assessment: assessment, events: Array(events.suffix(Self.eventsMax)))
            return take(before, now)
        case .tick:
            if now - live.assessment.at > Cockpit.assessmentAgeMax {
                let before = live
                live.assessment = Assessment.of(live.snapshot, now: now)
                return take(before, now)
            }
            turn(now)
            return [.redraw]
        case .desk(let desk):
            simulation = desk.simulation
            return []
        case .paste, .past, .mouse, .said: return []
        }
    }

    public mutating func render(into grid: inout Grid, now: Timestamp) {
        var desk = Desk()
        desk.simulation = simulation
        let frame = Frame(
            snapshot: live.snapshot, assessment: live.assessment, events: live.events, histories: Histories(),
            desk: desk, view: view, menu: Menu(), now: now)
        let wall = wall(now: now)
        grid = Grid.drawn(width: width, height: height, glyphs: glyphs) { WallScreen.draw(wall, frame, on: $0) }
    }

    private func press(_ key: Key) -> [Effect] {
        switch key {
        case .ctrl("c"), .escape, .character("q"), .character("Q"), .function(10): [.quit]
        case .ctrl("z"): [.suspend]
        case .ctrl("l"): [.repaint]
        default: []
        }
    }

    // MARK: Pages

    /// Groups that are not well, the worst first.
    private var bad: [GroupAssessment] { live.assessment.groups.filter { $0.verdict != .protected } }

    private var pages: [WallPage] {
        [.overview] + bad.prefix(Self.groupPagesMax).map { .group($0.id) } + [.events]
    }

    private mutating func turn(to page: WallPage, _ now: Timestamp) {
        self.page = page
        turnedAt = now
    }

    /// The next page when this one has had its time; an alarm that has had its own makes room.
    private mutating func turn(_ now: Timestamp) {
        if let alarm {
            let isOver = alarm.group.map { live.assessment.group($0)?.verdict != .down } ?? false
            guard now - alarmAt >= Self.alarmFor || (isOver && now - alarmAt >= Self.alarmAtLeast) else { return }
            self.alarm = nil
            turn(to: alarm.group.map { .group($0) } ?? .overview, now)
            return
        }
        guard now - turnedAt >= Self.pageFor || now < turnedAt else { return }
        let pages = pages
        let at = pages.firstIndex(of: page) ?? -1
        turn(to: pages[(at + 1) % pages.count], now)
    }

    // MARK: News

    private mutating func take(_ before: Scene, _ now: Timestamp) -> [Effect] {
        let fresh = freshEvents()
        if let down = live.assessment.groups.first(where: { group in
            group.verdict == .down && before.assessment.group(group.id)?.verdict != .down
        }) {
            return raise(
                WallAlarm(group: down.id, title: down.verdict.word, text: down.headline, since: now), now)
        }
        if let event = fresh.last(where: { $0.severity == .alarm }), alarm == nil {
            return raise(
                WallAlarm(group: event.group, title: "ALARM", text: event.text, since: event.at), now)
        }
        if alarm == nil, let news = fresh.last(where: { $0.severity != .notice }) ?? fresh.last {
            let own = news.group.flatMap { id in bad.contains { $0.id == id } ? WallPage.group(id) : nil }
            turn(to: own ?? .events, now)
        }
        turn(now)
        return [.redraw]
    }

    private mutating func raise(_ alarm: WallAlarm, _ now: Timestamp) -> [Effect] {
        self.alarm = alarm
        alarmAt = now
        return rings ? [.redraw, .bell] : [.redraw]
    }

    /// Events that were not there before; what was there at the start is no news.
    private mutating func freshEvents() -> [Event] {
        let known = newestEvent
        newestEvent = live.events.last.map(EventKey.init)
        guard let known else { return [] }
        // So many came at once that the last known one is not among them: all of them are new.
        guard let at = live.events.lastIndex(where: { EventKey($0) == known }) else { return live.events }
        return Array(live.events[(at + 1)...])
    }

    // MARK: What moves

    /// Turns over once a second: half a hertz.
    private func isFlipped(_ now: Timestamp) -> Bool { (now - alarmAt).nanoseconds / 1_000_000_000 % 2 == 1 }

    /// Another place each minute, within the margin.
    static func shift(_ now: Timestamp) -> (x: Int, y: Int) {
        let minute = Int(now.nanoseconds / 60_000_000_000)
        let columns = WallScreen.shiftColumnsMax + 1
        return (minute % columns, minute / columns % (WallScreen.shiftRowsMax + 1))
    }
}
