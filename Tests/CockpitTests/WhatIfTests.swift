import Cockpit
import Estate
import Insight
import Panels
import PitbossTestKit
import Testing

@Suite("What if")
struct WhatIfTests {
    @Test("x paints the overview as it would be, Esc puts it back")
    func node() throws {
        var flow = Flow()
        flow.press("2 g x")
        let whatIf = try #require(flow.cockpit.viewState.whatIf)
        #expect(whatIf.losses.count == 1)
        #expect(flow.screen.contains("WHAT IF node node-"))
        // The page of nodes stays, with the lost one crossed out.
        #expect(flow.cockpit.viewState.panel.name == "nodes")
        flow.press("1")
        #expect(flow.screen.contains("Groups without node node-"))
        #expect(flow.screen.contains("nothing has; Esc leaves it"))
        flow.press("Esc")
        #expect(flow.cockpit.viewState.whatIf == nil)
        #expect(!flow.screen.contains("WHAT IF"))
    }

    @Test("Consequences are those of Insight, the worst first, then what is not touched")
    func order() throws {
        var flow = Flow()
        flow.select("pg-ams-1")
        flow.press("x")
        #expect(flow.cockpit.viewState.panel.name == "overview")
        let frame = flow.cockpit.frame(now: flow.now)
        let expected = frame.assessment.without(.member(SampleEstate.member("pg-ams-1")))
        let whatIf = try #require(flow.cockpit.viewState.whatIf)
        #expect(whatIf.consequences == expected)
        #expect(flow.screen.contains("pg-lon-1 ★"))
        let lines = flow.screen.split(separator: "\n")
        let rows = ["wallet-db", "bet-api"].compactMap { name in lines.firstIndex { $0.contains(" \(name) ") } }
        #expect(rows == rows.sorted() && rows.count == 2)
        #expect(flow.screen.contains("not touched"))
    }

    @Test("The same thought again leaves it; another one takes its place; marks are taken together")
    func again() throws {
        var flow = Flow()
        flow.press("2 g x x")
        #expect(flow.cockpit.viewState.whatIf == nil)
        flow.press("g Space Space x")
        let both = try #require(flow.cockpit.viewState.whatIf)
        #expect(both.losses.count == 2)
        #expect(both.title.contains(", "))
    }

    @Test("A whole site: by X from a row in it, and by the palette")
    func site() throws {
        var flow = Flow()
        flow.press("2 g X")
        let site = try #require(flow.cockpit.viewState.whatIf)
        #expect(site.title.hasPrefix("site "))
        var other = Flow()
        other.press(":")
        other.type("what if site dub")
        other.press("Enter")
        #expect(other.cockpit.viewState.whatIf?.losses == [.site(SiteID("dub"))])
    }

    @Test("A group is all its members")
    func group() throws {
        var flow = Flow()
        flow.press("1 g")
        for _ in 0..<5 where flow.selected != .group(SampleEstate.wallet) { flow.press("j") }
        flow.press("x")
        let whatIf = try #require(flow.cockpit.viewState.whatIf)
        let wallet = try #require(whatIf.consequences.first { $0.group == SampleEstate.wallet })
        #expect(wallet.after == .down && wallet.serves == false)
        #expect(flow.screen.contains("nobody"))
    }

    @Test("It follows what is observed")
    func follows() throws {
        var flow = Flow()
        flow.press("2 g X")
        let before = try #require(flow.cockpit.viewState.whatIf).consequences
        flow.observe(.leaderLost)
        let after = try #require(flow.cockpit.viewState.whatIf).consequences
        #expect(before != after)
    }

    @Test("What has nothing to lose says so")
    func nothing() {
        var flow = Flow(.dead)
        flow.press("3 x")
        #expect(flow.cockpit.viewState.whatIf == nil)
        #expect(flow.effects.contains(.bell))
    }
}
