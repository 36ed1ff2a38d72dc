import Estate
import Grid
import Panels
import PitbossTestKit
import Testing

@Suite("Any size, any name")
struct AnySizeTests {
    static let sizes = [
        (1, 1), (2, 3), (10, 2), (39, 10), (40, 9), (40, 10), (41, 11), (60, 12), (79, 23), (80, 24), (99, 30),
        (100, 10),
        (120, 36), (131, 17), (160, 48), (200, 60), (400, 120),
    ]

    static func frames(_ page: String) -> [Frame] {
        let opened: [[RowID]] = [
            [], [.group(SampleEstate.wallet)], [.member(SampleEstate.member("pg-dub-1"))], [.node(NodeID("node-ams"))],
            [.group(GroupID("gone"))],
        ]
        var frames = SampleEstate.Scene.allCases.map { Frames.frame($0, page) }
        frames += opened.map { rows in Frames.frame(.failedOver, page) { view, _ in view.opened = rows } }
        let overlays: [Overlay] = [
            .help, .requests, .sources, .palette(PaletteView(typed: "x", items: Frames.footer, selected: 1)),
        ]
        frames += overlays.map { overlay in Frames.frame(.drained, page) { view, _ in view.overlay = overlay } }
        frames.append(Frames.frame(LargeEstate.snapshot(members: 200, at: SampleEstate.now), page))
        return frames
    }

    @Test("Every page, detail and overlay is drawn at every size", arguments: PanelCatalogue.all.map(\.id.name))
    func everySize(_ page: String) {
        for frame in Self.frames(page) {
            for (width, height) in Self.sizes {
                let grid = Frames.screen(frame, width, height, glyphs: width % 2 == 0 ? .utf8 : .ascii)
                #expect(grid.width == width && grid.height == height)
            }
        }
    }

    @Test(
        "What is simulated says so on every page, detail and overlay, at every size that has room for the word",
        arguments: PanelCatalogue.all.map(\.id.name))
    func everyFrameOfASimulationSaysSo(_ page: String) {
        for frame in Self.frames(page) {
            var frame = frame
            frame.desk.simulation = "kick-off"
            for (width, height) in Self.sizes where width >= 12 && height >= 4 {
                let text = Frames.screen(frame, width, height).text
                #expect(text.contains("SIMULATION"), "\(page) at \(width)x\(height):\n\(text)")
            }
        }
    }

    @Test("Below the smallest size it says what it needs")
    func tooSmall() {
        #expect(Frames.screen(Frames.frame(.calm), 30, 8).text.contains("needs 40x10"))
        #expect(!Frames.screen(Frames.frame(.calm), 40, 10).text.contains("needs"))
    }

    @Test(
        "Hostile names leave the frame whole and bring no control character",
        arguments: PanelCatalogue.all.map(\.id.name))
    func hostile(_ page: String) {
        let snapshot = LargeEstate.hostile(at: SampleEstate.now)
        var opened: [[RowID]] = [[]]
        for name in LargeEstate.hostileNames {
            opened.append([.group(GroupID(name))])
            opened.append([.member(MemberID(GroupID(name), name))])
            opened.append([.node(NodeID(name))])
        }
        for rows in opened {
            let events = LargeEstate.hostileNames.map { Event(at: SampleEstate.now, .note, .alarm, text: $0) }
            let frame = Frames.frame(snapshot, events: events, page) { view, _ in
                view.opened = rows
                view.filter = rows.isEmpty ? "" : "\u{1b}"
            }
            for (width, height) in [(40, 10), (80, 24), (160, 48)] {
                let grid = Frames.screen(frame, width, height)
                let bad = grid.text.unicodeScalars.filter {
                    $0 != "\n" && ($0.value < 0x20 || (0x7f..<0xa0).contains($0.value))
                }
                #expect(bad.isEmpty)
                #expect(grid.text.unicodeScalars.allSatisfy { $0.value != 0x202e })
                // The header is still the first line, and the footer the last.
                #expect(grid.row(0).contains("03:12:05Z"))
            }
        }
    }

    @Test("Stale rows are drawn as such, and a silent platform says so over everything")
    func silence() {
        let grid = Frames.screen(Frames.frame(.silent), 80, 24)
        #expect(grid.row(0).contains("NO DATA since 03:10:57Z"))
        let body = (3..<10).flatMap { y in (0..<80).map { grid[$0, y] } }.filter { $0.text != " " }
        #expect(body.allSatisfy { $0.ink.text == .textStale })
        #expect(Frames.screen(Frames.frame(.dead), 80, 24).row(0).contains("NO DATA YET"))
    }

    @Test("Figures keep to their fields")
    func figures() {
        for value: Int64 in [0, 1, 999, 1_023, 1_024, 10_239, 1_048_575, 1 << 40, .max] {
            #expect(TextWidth.of(Figures.bytes(value)) <= Figures.bytesWidth)
        }
        for value in [0, 0.04, 9.94, 9.96, 119.4, 119.6, 7_199, 86_400, 1e8, 1e9] {
            #expect(TextWidth.of(Figures.seconds(value)) <= Figures.secondsWidth)
        }
        #expect(Figures.seconds(6.8) == "6.8 s")
        #expect(Figures.seconds(3_600) == "60 min")
        #expect(Figures.bytes(12_288) == "12 KiB")
        #expect(Figures.dateTime(SampleEstate.now) == "2026-11-21 03:12:05")
        #expect(Figures.dateTime(Timestamp(seconds: 951_782_400)) == "2000-02-29 00:00:00")
    }
}
