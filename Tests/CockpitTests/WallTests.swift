import Cockpit
import Estate
import Grid
import Insight
import Panels
import PitbossTestKit
import Testing

@Suite("The wall")
struct WallTests {
    /// A wall on the sample estate.
    struct Wall {
        var model: WallModel
        var now = SampleEstate.now
        var effects: [Effect] = []

        init(_ scene: SampleEstate.Scene = .calm, bell: Bool = true, width: Int = 200, height: Int = 60) {
            let estate = SampleEstate(scene)
            model = WallModel(
                platform: estate.snapshot.platform, width: width, height: height, glyphs: .utf8, bell: bell, now: now)
            observe(scene)
        }

        /// What was observed last; its verdicts are those of the scene's own moment, for nothing new comes in here.
        var last: CockpitEvent?

        mutating func observe(_ scene: SampleEstate.Scene, events: [Event]? = nil) {
            let estate = SampleEstate(scene)
            let assessment = Assessment.of(estate.snapshot, now: SampleEstate.now)
            let event = CockpitEvent.observed(estate.snapshot, assessment, events: events ?? estate.events)
            last = event
            effects += model.step(event, now: now)
        }

        mutating func pass(_ seconds: Int, ticking: Bool = false) {
            for _ in 0..<seconds {
                now = now + .seconds(1)
                effects += model.step(ticking ? .tick : last ?? .tick, now: now)
            }
        }

        var view: WallView { model.wall(now: now) }

        var grid: Grid {
            var model = model
            var grid = Grid(width: 0, height: 0)
            model.render(into: &grid, now: now)
            return grid
        }
    }

    @Test("Pages turn slowly while nothing happens, and come round")
    func turns() {
        var wall = Wall(.calm)
        #expect(wall.view.page == .overview)
        wall.pass(19)
        #expect(wall.view.page == .overview)
        wall.pass(1)
        #expect(wall.view.page == .events)
        wall.pass(20)
        #expect(wall.view.page == .overview)
    }

    @Test("Groups that are not well have a page each; news turns to theirs at once")
    func news() {
        var wall = Wall(.calm)
        let old = SampleEstate(.calm).events
        wall.pass(3)
        wall.observe(.failedOver, events: old)
        #expect(wall.view.pages == [.overview, .group(SampleEstate.wallet), .events])
        #expect(wall.view.page == .overview)
        let news = Event(at: wall.now, .note, .warning, group: SampleEstate.wallet, text: "something")
        wall.observe(.failedOver, events: old + [news])
        #expect(wall.view.page == .group(SampleEstate.wallet))
        wall.pass(19)
        #expect(wall.view.page == .group(SampleEstate.wallet))
        wall.pass(1)
        #expect(wall.view.page == .events)
        // News of a group that is well is on the page of events.
        wall.observe(
            .failedOver, events: old + [news, Event(at: wall.now, .note, .notice, group: SampleEstate.api, text: "x")])
        #expect(wall.view.page == .events)
    }

    @Test("What goes down takes the whole wall, rings once, turns over below 2 Hz, and makes room in time")
    func alarm() throws {
        var wall = Wall(.calm)
        wall.observe(.leaderLost)
        let alarm = try #require(wall.view.alarm)
        #expect(alarm.group == SampleEstate.wallet && alarm.title == "DOWN")
        #expect(wall.effects.filter { $0 == .bell }.count == 1)
        // All of it, and turned over by the second.
        let first = wall.grid
        #expect((0..<first.width).allSatisfy { first[$0, 0].ink.back == .alarmBack })
        var flips = 0
        var last = wall.view.isFlipped
        for _ in 0..<100 {
            wall.now = wall.now + .milliseconds(100)
            if wall.view.isFlipped != last { flips += 1 }
            last = wall.view.isFlipped
        }
        #expect(flips <= 20 && flips >= 5)
        wall.pass(51)
        #expect(wall.view.alarm == nil)
        #expect(wall.view.page == .group(SampleEstate.wallet))
        #expect(wall.effects.filter { $0 == .bell }.count == 1)
    }

    @Test("An alarm that is over makes room sooner, but not at once")
    func over() {
        var wall = Wall(.calm)
        wall.observe(.leaderLost)
        wall.pass(1)
        wall.observe(.failedOver)
        #expect(wall.view.alarm != nil)
        wall.pass(4)
        #expect(wall.view.alarm == nil)
    }

    @Test("Without --bell nothing rings")
    func silentBell() {
        var wall = Wall(.calm, bell: false)
        wall.observe(.leaderLost)
        #expect(!wall.effects.contains(.bell))
    }

    @Test("No key does anything but end it, or give the terminal back")
    func keys() {
        var wall = Wall(.failedOver)
        let before = wall.grid
        for name in CommandCatalogue.all.flatMap(\.standardKeys) {
            guard let key = Key(named: name), !["Esc", "q", "Q", "F10"].contains(name) else { continue }
            #expect(wall.model.step(.key(key), now: wall.now).isEmpty)
        }
        #expect(wall.grid == before)
        for key in [Key.character("q"), .ctrl("c"), .escape] {
            #expect(wall.model.step(.key(key), now: wall.now) == [.quit])
        }
    }

    @Test("The picture moves each minute and stays within its margin")
    func shift() {
        var wall = Wall(.calm)
        var places: Set<String> = []
        for _ in 0..<10 {
            let shift = wall.view.shift
            places.insert("\(shift)")
            #expect(
                (0...WallScreen.shiftColumnsMax).contains(shift.x) && (0...WallScreen.shiftRowsMax).contains(shift.y))
            let corner = (0..<4).contains { wall.grid[$0, shift.y].text != " " }
            #expect(corner)
            wall.pass(60)
        }
        #expect(places.count >= 6)
    }

    @Test("Words are large, and the age of the data with the clock is too")
    func large() {
        let wall = Wall(.failedOver)
        #expect(wall.grid.text.filter { $0 == "█" }.count > 200)
        let small = Wall(.failedOver, width: 60, height: 14)
        #expect(small.grid.text.contains("data"))
        #expect(small.grid.text.contains("03:12:05Z"))
    }

    @Test("When nothing is heard the wall says so instead of showing what was")
    func silence() {
        var wall = Wall(.silent)
        wall.pass(1, ticking: true)
        #expect((0..<200).contains { x in (0..<60).contains { wall.grid[x, $0].ink.back == .alarmBack } })
    }

    @Test("Events do not pile up")
    func flat() {
        var wall = Wall(.calm)
        for round in 0..<50 {
            let events = (0..<1_000).map { n in
                Event(at: wall.now + .milliseconds(Int64(round * 1_000 + n)), .note, .notice, text: "event \(n)")
            }
            wall.observe(.calm, events: events)
        }
        #expect(wall.model.eventsKept == WallModel.eventsMax)
    }

    @Test("An alarm in a flood of events is not missed")
    func flood() {
        var wall = Wall(.calm)
        let flood = (0..<1_000).map { n in
            Event(
                at: wall.now + .milliseconds(Int64(n)), .note, n == 900 ? .alarm : .notice, group: SampleEstate.api,
                text: "event \(n)")
        }
        wall.observe(.calm, events: SampleEstate(.calm).events + flood)
        #expect(wall.view.alarm?.text == "event 900")
    }

    @Test("Any size, any scene, any page, hostile names", arguments: SampleEstate.Scene.allCases)
    func anySize(_ scene: SampleEstate.Scene) {
        for (width, height) in [(1, 1), (39, 9), (40, 10), (80, 24), (120, 30), (200, 60), (400, 120), (500, 200)] {
            var wall = Wall(scene, width: width, height: height)
            wall.pass(21, ticking: true)
            #expect(wall.grid.width == width)
            wall.effects += wall.model.step(
                .observed(
                    LargeEstate.hostile(at: wall.now),
                    Assessment.of(LargeEstate.hostile(at: wall.now), now: wall.now),
                    events: LargeEstate.hostileNames.map { Event(at: wall.now, .note, .alarm, text: $0) }),
                now: wall.now)
            for _ in 0..<(width < 200 ? 6 : 1) {
                let isClean = wall.grid.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }
                #expect(isClean)
                wall.pass(20, ticking: true)
            }
        }
    }
}
