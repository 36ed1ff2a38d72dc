import Estate
import Grid
import Insight
import Panels
import PitbossTestKit
import Testing

@Suite("What one must not misread at three in the morning")
struct AtThreeInTheMorningTests {
    /// The sample estate with a pool in front of its database: `pg_write` sends to whoever leads.
    static func frame(_ page: String, isFirstUp: Bool = true) -> Frame {
        var snapshot = SampleEstate(.calm).snapshot
        for name in ["pg-ams-1", "pg-lon-1", "pg-dub-1"] {
            guard let address = snapshot.member(SampleEstate.member(name))?.newest(\.address)?.value else { continue }
            var facts = MemberFacts()
            facts.role = .server
            facts.address = address
            facts.traffic = TrafficFacts()
            facts.traffic?.check = name == "pg-ams-1" && isFirstUp ? .up : .down
            facts.traffic?.admin = .ready
            facts.traffic?.sessions = name == "pg-ams-1" ? 41 : 0
            for balancer in ["lb-1", "lb-2"] {
                snapshot.apply(
                    Update(
                        SourceID("haproxy", balancer), at: SampleEstate.now - .milliseconds(400),
                        .member(MemberID(GroupID("pg_write"), name), facts)))
            }
        }
        return Frames.frame(snapshot, page)
    }

    private func rows(_ grid: Grid, _ height: Int) -> [String] { (0..<height).map { String(grid.row($0)) } }

    @Test("A server whose check fails because its database does not lead waits; it is not down", arguments: [80, 160])
    func waits(_ width: Int) throws {
        let lines = rows(Frames.screen(Self.frame("balancers"), width, 48), 48)
        let heading = try #require(lines.firstIndex { $0.contains("pg_write  1 of 3 up") })
        let below = lines[(heading + 1)...(heading + 3)].map { $0 }
        #expect(below[0].contains("pg-ams-1") && below[0].contains("✔ up"))
        #expect(below[1].contains("– waits") && below[2].contains("– waits"))
        #expect(!below.contains { $0.contains("✖") })
    }

    @Test("A leader's server whose check fails is down, and stands before those that wait")
    func down() throws {
        let lines = rows(Frames.screen(Self.frame("balancers", isFirstUp: false), 80, 48), 48)
        let heading = try #require(lines.firstIndex { $0.contains("pg_write  0 of 3 up") })
        #expect(lines[heading + 1].contains("✖ down"))
        #expect(lines[heading + 1].contains("pg-ams-1") && !lines[heading + 1].contains("waits"))
    }

    @Test("A pool of which all that should serve does is not painted as a warning")
    func whole() throws {
        let grid = Frames.screen(Self.frame("overview"), 80, 24)
        let y = try #require(rows(grid, 24).firstIndex { $0.contains("PROTECTED  pg_write") })
        let line = Array(String(grid.row(y)))
        let x = try #require(line.indices.first { String(line[$0...]).hasPrefix("1 of 3") })
        #expect(grid[x, y].ink == Ink(.text))
    }

    @Test("A list that goes on says so at its edge", arguments: [("↓", Glyphs.utf8), ("v", Glyphs.ascii)])
    func more(_ arrow: String, _ glyphs: Glyphs) throws {
        let frame = Frames.frame(LargeEstate.snapshot(members: 60, at: SampleEstate.now), "balancers")
        let lines = rows(Frames.screen(frame, 80, 24, glyphs: glyphs), 24)
        let last = try #require(lines.dropLast().last { !$0.allSatisfy { $0 == " " } })
        #expect(last.dropFirst().first.map(String.init) == arrow)
        #expect(!lines[5].dropFirst().hasPrefix(arrow))
    }

    @Test("Promotions are offered where one looks at members, and not beside backups")
    func footer() {
        func last(_ page: String, opened: [RowID] = []) -> String {
            let live = Frames.frame(.calm, page) { view, _ in view.opened = opened }
            var menu = Menu()
            menu.footer = [
                Menu.Entry(id: "act.promote", keys: ["p"], title: "promote", summary: ""),
                Menu.Entry(id: "act.pause", keys: ["P"], title: "pause automation", summary: ""),
                Menu.Entry(id: "look.open", keys: ["Enter"], title: "open", summary: ""),
            ]
            let frame = Frame(
                snapshot: live.snapshot, assessment: live.assessment, events: live.events, histories: live.histories,
                desk: live.desk, view: live.view, menu: menu, now: live.now)
            return String(Frames.screen(frame, 80, 24).row(23))
        }
        #expect(last("replication").contains("p promote  P pause  Enter open"))
        for page in ["backups", "network", "edge", "events", "redundancy"] {
            #expect(!last(page).contains("promote") && last(page).contains("Enter open"))
        }
        #expect(last("backups", opened: [.group(SampleEstate.wallet)]).contains("p promote"))
    }

    @Test("A single edge has titles over its figures at the smallest usual size")
    func edge() {
        let lines = rows(Frames.screen(LayerPagesTests.frame(.calm, "edge"), 80, 24), 24)
        #expect(lines.contains { $0.contains("looks like") && $0.contains("requests") && $0.contains("denied") })
    }

    @Test("A pool's page says how many serve, not that its leader is unknown")
    func pool() {
        let frame = Frames.frame(.calm) { view, _ in view.opened = [.group(SampleEstate.api)] }
        let text = Frames.screen(frame, 80, 24).text
        #expect(!text.contains("leader unknown"))
        #expect(text.contains("bet-api  6 of 6 up"))
        #expect(text.contains(" sessions"))
    }

    @Test("Observers of a member are told apart where their names do not fit")
    func observers() {
        let frame = Frames.frame(.calm, "replication") { view, _ in
            view.opened = [.member(SampleEstate.member("pg-lon-1"))]
        }
        let text = Frames.screen(frame, 80, 48).text
        #expect(text.contains("/pg-lon-1") && !text.contains("patroni:wallet-db…"))
    }
}
