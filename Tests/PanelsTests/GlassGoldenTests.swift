import Estate
import Grid
import Insight
import Panels
import PitbossTestKit
import Testing

@Suite("Other moments and other worlds, as kept")
struct GlassGoldenTests {
    static let sizes = [(80, 24), (160, 48)]

    @Test("The overview without a site, and without what nobody has", arguments: sizes)
    func whatIf(_ size: (Int, Int)) throws {
        let frame = Frames.frame(.calm) { view, _ in
            let snapshot = SampleEstate(.calm).snapshot
            let assessment = Assessment.of(snapshot, now: SampleEstate.now)
            view.whatIf = WhatIf("site ams", [.site(SiteID("ams"))], in: assessment)
        }
        let grid = Frames.screen(frame, size.0, size.1)
        #expect(grid.text.contains("WHAT IF site ams were gone"))
        try Golden.check(grid, "whatIf-site-\(size.0)x\(size.1)")
    }

    @Test("The nodes without one of them")
    func nodes() throws {
        let frame = Frames.frame(.calm, "nodes") { view, _ in
            let assessment = Assessment.of(SampleEstate(.calm).snapshot, now: SampleEstate.now)
            view.whatIf = WhatIf("node node-ams", [.node(NodeID("node-ams"))], in: assessment)
        }
        try Golden.check(Frames.screen(frame, 80, 24), "whatIf-nodes-80x24")
    }

    @Test("A moment of the past", arguments: sizes)
    func past(_ size: (Int, Int)) throws {
        let live = Frames.frame(.failedOver)
        var menu = Menu()
        menu.rewind = [
            Menu.Entry(id: "time.back", keys: ["["], title: "back", summary: ""),
            Menu.Entry(id: "time.live", keys: ["\\"], title: "now", summary: ""),
        ]
        let frame = Frame(
            snapshot: live.snapshot, assessment: live.assessment, events: live.events, histories: live.histories,
            desk: live.desk, view: live.view, menu: menu, now: live.now,
            past: Frame.Past(live: live.now + .seconds(190), liveWorst: .down))
        let grid = Frames.screen(frame, size.0, size.1)
        #expect(grid.row(0).contains("PAST 03:12:05Z, 3 min 10 s ago"))
        // Neither the first nor the last line has an ink that the live screen has there.
        let liveGrid = Frames.screen(live, size.0, size.1)
        for y in [0, size.1 - 1] {
            #expect((0..<size.0).allSatisfy { grid[$0, y].ink.back != liveGrid[$0, y].ink.back })
        }
        try Golden.check(grid, "past-\(size.0)x\(size.1)")
    }

    @Test("The wall", arguments: ["overview", "group", "events", "alarm"], [(120, 36), (240, 70)])
    func wall(_ kind: String, _ size: (Int, Int)) throws {
        let frame = Frames.frame(.failedOver)
        let pages: [String: WallPage] = ["group": .group(SampleEstate.wallet), "events": .events]
        let alarm = WallAlarm(
            group: SampleEstate.wallet, title: "DOWN", text: "writes stopped: nobody leads",
            since: SampleEstate.now - .seconds(12))
        let wall = WallView(
            page: pages[kind] ?? .overview, pages: [.overview, .group(SampleEstate.wallet), .events],
            alarm: kind == "alarm" ? alarm : nil, shift: (1, 0))
        let grid = Grid.drawn(width: size.0, height: size.1) { WallScreen.draw(wall, frame, on: $0) }
        try Golden.check(grid, "wall-\(kind)-\(size.0)x\(size.1)")
    }

    @Test("Any size, with a thought or a moment of the past on it")
    func anySize() {
        let live = Frames.frame(.failedOver) { view, _ in
            let assessment = Assessment.of(SampleEstate(.failedOver).snapshot, now: SampleEstate.now)
            view.whatIf = WhatIf("everything", Set(SampleEstate.sites.map { .site(SiteID($0)) }), in: assessment)
        }
        let frame = Frame(
            snapshot: live.snapshot, assessment: live.assessment, events: live.events, histories: live.histories,
            desk: live.desk, view: live.view, menu: live.menu, now: live.now,
            past: Frame.Past(live: live.now + .seconds(7), liveWorst: .atRisk, isOldest: true))
        for (width, height) in AnySizeTests.sizes {
            for frame in [live, frame] {
                let grid = Frames.screen(frame, width, height, glyphs: width % 2 == 0 ? .utf8 : .ascii)
                #expect(grid.width == width && grid.height == height)
            }
        }
    }

    @Test("Curves go back an hour, the older part with the peak of each dozen")
    func histories() {
        var histories = Histories()
        let key = HistoryKey(.group(SampleEstate.wallet), .sessions)
        for second in 0..<4_000 { histories.append(Double(second), to: key) }
        #expect(histories.values(key, newest: 3) == [3_997, 3_998, 3_999])
        let old = histories.values(key, newest: 4_000).compactMap { $0 }
        let count = old.count
        #expect(count > 3_500 && count < 4_000)
        let isRising = zip(old.prefix(3_000), old.dropFirst().prefix(3_000)).allSatisfy { $0 <= $1 }
        #expect(isRising)
        #expect(histories.values(key, newest: 0).isEmpty)
        #expect(histories.values(HistoryKey(.group(SampleEstate.api), .sessions), newest: 5).isEmpty)
        histories.append(nil, to: key)
        #expect(histories.values(key, newest: 2) == [3_999, nil])
    }

    @Test("Curves of a moment end there")
    func historiesThen() {
        var histories = Histories()
        let estate = SampleEstate(.calm).snapshot
        let assessment = Assessment.of(estate, now: SampleEstate.now)
        let key = HistoryKey(.member(SampleEstate.member("pg-dub-1")), .replayLagBytes)
        for second in 0..<20 { histories.append(Double(second), to: key) }
        histories.sample(assessment, estate, at: SampleEstate.now)
        let then = histories.upTo(SampleEstate.now - .seconds(5))
        #expect(then.values(key, newest: 2) == [14, 15])
        #expect(histories.upTo(SampleEstate.now + .seconds(5)).values(key, newest: 1).count == 1)
    }
}
