import Cockpit
import Estate
import Foundation
import Grid
import Panels
import PitbossTestKit
import Testing

@Suite("The mouse")
struct MouseTests {
    /// Draws, then presses on the first place where a text stands.
    private func press(_ text: String, in flow: inout Flow, from line: Int = 0) throws {
        var grid = Grid(width: 0, height: 0)
        flow.cockpit.render(into: &grid, now: flow.now)
        let y = try #require((line..<grid.height).first { grid.row($0).contains(text) })
        let row = grid.row(y)
        let x = row.unicodeScalars.distance(
            from: row.unicodeScalars.startIndex, to: try #require(row.range(of: text)).lowerBound)
        flow.step(.mouse(Mouse(.press, x: x, y: y)))
        flow.step(.mouse(Mouse(.release, x: x, y: y)))
    }

    @Test("A press selects, a second one opens, but not much later")
    func rows() throws {
        var flow = Flow()
        flow.press("4")
        try press("api-4", in: &flow, from: 3)
        #expect(flow.selected == .member(SampleEstate.member("api-4")))
        flow.now = flow.now + .seconds(1)
        try press("api-4", in: &flow, from: 3)
        #expect(flow.cockpit.viewState.opened.isEmpty)
        try press("api-4", in: &flow, from: 3)
        #expect(flow.cockpit.viewState.opened == [.member(SampleEstate.member("api-4"))])
    }

    @Test("Tabs turn pages, footer keys are commands")
    func tabs() throws {
        var flow = Flow()
        try press(" 3 ", in: &flow, from: 1)
        #expect(flow.cockpit.viewState.panel.name == "replication")
        flow.press("1 j")
        flow.now = flow.now + Cockpit.noticeFor
        try press("Enter open", in: &flow)
        #expect(flow.cockpit.viewState.opened.count == 1)
    }

    @Test("A press in a pane brings the keys there")
    func panes() throws {
        var flow = Flow(.failedOver)
        let event = try #require(SampleEstate(.failedOver).events.last)
        try press(String(event.text.prefix(12)), in: &flow, from: 14)
        #expect(flow.cockpit.viewState.pane == 1)
    }

    @Test("The wheel moves in the list, and scrolls what lies over the page")
    func wheel() {
        var flow = Flow()
        flow.press("4 g")
        let first = flow.selected
        flow.step(.mouse(Mouse(.wheelDown, x: 5, y: 8)))
        #expect(flow.selected != first)
        flow.press("?")
        flow.step(.mouse(Mouse(.wheelDown, x: 5, y: 8)))
        #expect(flow.cockpit.viewState.scroll == 3)
    }

    @Test("It confirms nothing: a plan stays where it is whatever is pressed on")
    func dialogs() {
        var flow = Flow()
        flow.select("api-3")
        flow.press("d")
        let dialog = flow.dialog
        for y in 0..<36 {
            for x in stride(from: 0, to: 120, by: 3) { flow.step(.mouse(Mouse(.press, x: x, y: y))) }
        }
        #expect(flow.dialog?.stage == dialog?.stage && flow.dialog != nil)
        #expect(flow.executed.isEmpty)
    }

    @Test("A line of the palette is chosen, and run by a second press")
    func palette() throws {
        var flow = Flow()
        flow.press(":")
        flow.type("nodes")
        try press("Nodes", in: &flow, from: 3)
        try press("Nodes", in: &flow, from: 3)
        #expect(flow.cockpit.viewState.panel.name == "nodes")
    }
}

@Suite("The palette")
struct PaletteTests {
    @Test("Groups, members, nodes and themes are found by their names")
    func everything() {
        var flow = Flow()
        flow.press(":")
        flow.type("pg-dub-1")
        flow.press("Enter")
        #expect(flow.cockpit.viewState.opened == [.member(SampleEstate.member("pg-dub-1"))])
        flow.press(":")
        flow.type("node-lon")
        flow.press("Enter")
        #expect(flow.cockpit.viewState.opened.last == .node(NodeID("node-lon")))
        flow.press(":")
        flow.type("bet-api group")
        flow.press("Enter")
        #expect(flow.cockpit.viewState.opened.last == .group(SampleEstate.api))
        flow.press(":")
        flow.type("theme light")
        flow.press("Enter")
        #expect(flow.effects.contains(.theme("light")))
    }

    @Test("A thousand members: no more lines than are of use")
    func many() {
        var flow = Flow()
        flow.observe(LargeEstate.snapshot(members: 1_000, at: flow.now))
        flow.press(":")
        guard case .palette(let view)? = flow.cockpit.viewState.overlay else {
            Issue.record("no palette")
            return
        }
        #expect(view.items.count == 200)
    }

    @Test("Where several rows are marked a command that is for one says so")
    func marks() {
        var flow = Flow()
        flow.press("4 g j Space Space d")
        #expect(flow.dialog == nil)
        #expect(flow.screen.contains("drain is for one at a time"))
        flow.press("Esc")
        #expect(flow.cockpit.viewState.marks.isEmpty)
    }

    @Test("Under a filter n goes from match to match")
    func filter() {
        var flow = Flow()
        flow.press("4 /")
        flow.type("api-")
        flow.press("Enter g")
        let first = flow.selected
        flow.press("n")
        #expect(flow.selected != first)
        flow.press("N")
        #expect(flow.selected == first)
    }

    @Test("The line for newcomers goes with the first key")
    func hint() {
        var flow = Flow()
        #expect(flow.screen.contains("new here?"))
        flow.press("j")
        #expect(!flow.screen.contains("new here?"))
    }
}
