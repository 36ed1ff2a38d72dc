import Cockpit
import Estate
import Foundation
import Grid
import Insight
import Panels
import PitbossTestKit
import Plans
import Testing

@Suite("The model")
struct CockpitTests {
    @Test("Digits open pages, Esc goes back, Q leaves")
    func pages() {
        var flow = Flow()
        for (n, panel) in PanelCatalogue.all.enumerated() {
            flow.press(String((n + 1) % 10))
            #expect(flow.cockpit.viewState.panel == panel.id)
        }
        flow.press("1 Enter")
        #expect(flow.cockpit.viewState.opened.count == 1)
        flow.press("Enter")
        #expect(flow.cockpit.viewState.opened.count == 2)
        flow.press("Esc q")
        #expect(flow.cockpit.viewState.opened.isEmpty)
        #expect(!flow.effects.contains(.quit))
        flow.press("Q")
        #expect(flow.effects.contains(.quit))
    }

    @Test(
        "Leaving, suspending and repainting work wherever one stands",
        arguments: ["", ":", "/", "?", "3 g p", "3 g p y"])
    func everywhere(_ keys: String) {
        var flow = Flow()
        flow.press(keys)
        flow.press("Ctrl-c Ctrl-z Ctrl-l")
        #expect(flow.effects.contains(.quit) && flow.effects.contains(.suspend) && flow.effects.contains(.repaint))
    }

    @Test("The selection follows its row, wherever that goes")
    func identity() {
        var flow = Flow()
        flow.press("1 g")
        for _ in 0..<5 where flow.selected != .group(SampleEstate.api) { flow.press("j") }
        #expect(flow.selected == .group(SampleEstate.api))
        flow.observe(.leaderLost)
        #expect(flow.selected == .group(SampleEstate.api))
        let line = flow.screen.split(separator: "\n").first { $0.contains("▸") }
        #expect(line?.contains("bet-api") == true)
    }

    @Test("Rows keep their places while keys are being pressed, and take the worst first after that")
    func held() {
        var flow = Flow(.calm)
        flow.press("j")
        let before = flow.cockpit.viewState.held
        flow.observe(.leaderLost)
        #expect(flow.cockpit.viewState.held == before)
        #expect(firstGroup(flow.screen) == "etcd")
        flow.now = flow.now + Cockpit.holdFor
        flow.step(.tick)
        #expect(flow.cockpit.viewState.held.isEmpty)
        #expect(firstGroup(flow.screen) == "wallet-db")
    }

    /// The group in the first row of the overview.
    private func firstGroup(_ screen: String) -> String? {
        let lines = screen.split(separator: "\n").drop { !$0.contains("survives") }.dropFirst()
        return lines.first.flatMap { line in ["wallet-db", "bet-api", "etcd"].first { line.contains(" \($0) ") } }
    }

    @Test("The filter narrows, Esc clears it")
    func filter() {
        var flow = Flow()
        flow.press("4 /")
        flow.type("api-4")
        #expect(flow.screen.contains("api-4"))
        #expect(!flow.screen.contains("api-5"))
        flow.press("Enter j")
        #expect(flow.cockpit.viewState.filter == "api-4")
        flow.press("Esc")
        #expect(flow.screen.contains("api-5"))
    }

    @Test("The palette finds by a few letters and runs")
    func palette() {
        var flow = Flow()
        flow.press(":")
        flow.type("repl")
        #expect(flow.screen.contains("Topology by site"))
        flow.press("Enter")
        #expect(flow.cockpit.viewState.panel.name == "replication")
        flow.press(":")
        flow.type("zzzz")
        flow.press("Enter Esc")
        #expect(flow.cockpit.viewState.overlay == nil)
    }

    @Test("A drain: capital Y and nothing else")
    func drain() throws {
        var flow = Flow()
        flow.select("api-3")
        flow.press("d")
        #expect(flow.dialog?.plan?.verb == "drain")
        #expect(flow.screen.contains("set server bet_api/api-3 state drain"))
        flow.press("y")
        flow.type("kernel update")
        flow.press("Enter Enter d y")
        #expect(flow.executed.isEmpty)
        flow.press("Y")
        #expect(try #require(flow.executed.first).plan.steps.count >= 2)
    }

    @Test("Keys that were pasted are no commands")
    func paste() {
        var flow = Flow()
        flow.step(.paste("Q"))
        #expect(!flow.effects.contains(.quit))
        flow.press("/")
        flow.step(.paste("api\nQ"))
        #expect(flow.cockpit.viewState.filter == "apiQ")
    }

    @Test("Marks, and going from mark to mark")
    func marks() {
        var flow = Flow()
        flow.press("4 g j Space j j Space")
        #expect(flow.cockpit.viewState.marks.count == 2)
        flow.press("g n")
        let first = flow.selected
        flow.press("n")
        #expect(flow.selected != first)
        flow.press("N")
        #expect(flow.selected == first)
    }

    @Test("What does nothing says so")
    func unknownKey() {
        var flow = Flow()
        flow.press("%")
        #expect(flow.effects.contains(.bell))
        #expect(flow.screen.contains("% does nothing here"))
    }

    @Test("Any key anywhere leaves a screen that can be drawn")
    func monkey() {
        var seed: UInt64 = 42
        let keys = CommandCatalogue.all.flatMap(\.standardKeys) + ["y", "a", "Backspace", "%", "Tab", "Enter"]
        for scene in SampleEstate.Scene.allCases {
            var flow = Flow(scene)
            for turn in 0..<150 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                flow.press(keys[Int(seed >> 33) % keys.count])
                if turn % 10 == 0 {
                    flow.step(.resize(width: Int(seed >> 40) % 220, height: Int(seed >> 50) % 70))
                    flow.observe(SampleEstate.Scene.allCases[Int(seed >> 45) % SampleEstate.Scene.allCases.count])
                    #expect(flow.screen.count >= 0)
                }
            }
            #expect(flow.cockpit.height < 70)
        }
    }
}

@Suite("Anything at once")
struct MonkeyTests {
    @Test("Keys, a mouse, the past, thoughts and sizes in any order leave a screen that can be drawn")
    func everything() {
        var seed: UInt64 = 7
        func next(_ count: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % count
        }
        let keys = CommandCatalogue.all.flatMap(\.standardKeys) + ["y", "a", "Backspace", "x", "[", "{", "X", "["]
        var flow = Flow(.failedOver)
        for turn in 0..<900 {
            flow.now = flow.now + .milliseconds(Int64(next(900)))
            switch next(6) {
            case 0:
                let action: Mouse.Action = [.press, .press, .wheelUp, .wheelDown][next(4)]
                flow.step(.mouse(Mouse(action, x: next(230), y: next(80))))
            case 1:
                let estate = SampleEstate(SampleEstate.Scene.allCases[next(SampleEstate.Scene.allCases.count)])
                let at = flow.now - .seconds(Double(next(4_000)))
                let assessment = Assessment.of(estate.snapshot, now: at)
                flow.step(
                    .past(
                        estate.snapshot, assessment, events: estate.events, at: at,
                        oldest: at - .seconds(Double(next(9)))))
            case 2: flow.observe(SampleEstate.Scene.allCases[next(SampleEstate.Scene.allCases.count)])
            default: flow.press(keys[next(keys.count)])
            }
            flow.step(.tick)
            if turn % 9 == 0 { flow.step(.resize(width: next(240), height: next(80))) }
            if turn % 3 == 0 {
                var grid = Grid(width: 0, height: 0)
                flow.cockpit.render(into: &grid, now: flow.now)
                #expect(grid.width == flow.cockpit.width)
            }
        }
        // Whatever was done, nothing was carried out without a name being typed.
        #expect(flow.executed.isEmpty)
    }

    @Test("The largest screen there is")
    func large() {
        var flow = Flow(.failedOver)
        flow.step(.resize(width: 500, height: 200))
        for page in 1...PanelCatalogue.all.count {
            flow.press("\(page % 10) x")
            #expect(flow.screen.split(separator: "\n", omittingEmptySubsequences: false).count == 201)
        }
    }
}

@Suite("The command table")
struct CommandTableTests {
    @Test("No two commands have one name or one key, and every key can be read")
    func unique() {
        let all = CommandCatalogue.all
        #expect(Set(all.map(\.id)).count == all.count)
        let keys = all.flatMap(\.standardKeys)
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { Key(named: $0) != nil })
    }

    @Test("No key that confirms is a key that proposes")
    func confirming() {
        for recipe in PlanCatalogue.all { #expect(!["y", "Y", "Enter", "Esc"].contains(recipe.key)) }
    }

    @Test("Keys can be changed; mistakes are named")
    func changing() throws {
        let map = try KeyMap(changing: ["page.nodes": ["F2"], "look.open": ["2", "Enter"]])
        #expect(map.command(for: .function(2))?.id == "page.nodes")
        #expect(map.command(for: .character("2"))?.id == "look.open")
        #expect(throws: KeyMapError.self) { try KeyMap(changing: ["nope": ["x"]]) }
        #expect(throws: KeyMapError.self) { try KeyMap(changing: ["look.open": ["Hyper-x"]]) }
        #expect(throws: KeyMapError.self) { try KeyMap(changing: ["look.open": ["Ctrl-c"]]) }
        #expect(throws: KeyMapError.takenTwice("x", "look.open", "page.nodes")) {
            try KeyMap(changing: ["look.open": ["x"], "page.nodes": ["x"]])
        }
    }

    @Test("What to press is said with the keys as they are")
    func advice() throws {
        #expect(Flow().screen.contains("press 2, then Enter for its hardware"))
        let flow = Flow(keys: try KeyMap(changing: ["page.nodes": ["F2"], "look.open": ["o"]]))
        #expect(flow.screen.contains("press F2, then o for its hardware"))
        #expect(flow.screen.contains("1 Overview") && flow.screen.contains("F2"), "the page line, too")
        let other = Flow(keys: try KeyMap(changing: ["look.help": ["H"], "look.palette": ["P"], "page.nodes": ["F2"]]))
        #expect(other.screen.contains("new here?  H shows what keys do   P finds anything by name"))
    }

    @Test("A key given to a recipe by the configuration does not confirm it")
    func trigger() throws {
        var flow = Flow(keys: try KeyMap(changing: ["act.promote": ["y"]]))
        flow.select("pg-lon-1")
        flow.press("y y")
        #expect(flow.dialog?.stage == .preview)
        #expect(flow.screen.contains("does not confirm"))
    }

    @Test("docs/commands.md is what the tables say")
    func documentation() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/commands.md").standardized
        if ProcessInfo.processInfo.environment["PITBOSS_REWRITE_GOLDEN"] != nil {
            try Data(Documentation.commands.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == Documentation.commands)
    }
}
