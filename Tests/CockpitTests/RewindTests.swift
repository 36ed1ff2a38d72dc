import Cockpit
import Estate
import Insight
import Panels
import PitbossTestKit
import Testing

@Suite("Rewind")
struct RewindTests {
    private func looks(_ flow: Flow) -> [Timestamp?] {
        flow.effects.compactMap { effect -> Timestamp?? in
            if case .look(let at) = effect { .some(at) } else { nil }
        }
    }

    /// Answers what was asked for last, as of a scene.
    private func answer(_ flow: inout Flow, _ scene: SampleEstate.Scene = .calm, oldest: Double = 3_600) {
        guard case .some(.some(let wanted)) = looks(flow).last else { return }
        let oldest = SampleEstate.now - .seconds(oldest)
        let estate = SampleEstate(scene)
        let at = max(wanted, oldest)
        flow.step(
            .past(
                estate.snapshot, Assessment.of(estate.snapshot, now: at), events: estate.events, at: at, oldest: oldest)
        )
    }

    @Test("One step is a second; the whole screen says which moment it shows")
    func step() {
        var flow = Flow(.failedOver)
        flow.press("[")
        #expect(looks(flow) == [SampleEstate.now - .seconds(1)])
        #expect(!flow.screen.contains("PAST"))
        answer(&flow)
        let lines = flow.screen.split(separator: "\n")
        #expect(lines[0].contains("PAST 03:12:04Z, 1 s ago"))
        #expect(lines[0].contains("now ▲") || lines[0].contains("now ◆") || lines[0].contains("now ●"))
        #expect(lines.last?.contains("[ back") == true)
        flow.now = flow.now + .seconds(9)
        flow.press("]")
        #expect(flow.screen.contains("PAST 03:12:04Z, 10 s ago"))
    }

    @Test("The longer a key is held the further a press goes; a pause begins anew")
    func pace() {
        var flow = Flow()
        var steps: [Double] = []
        var last = SampleEstate.now
        for _ in 0..<24 {
            flow.now = flow.now + .milliseconds(40)
            flow.press("[")
            guard case .some(.some(let at)) = looks(flow).last else { continue }
            steps.append((last - at).seconds)
            last = at
        }
        #expect(steps[0..<6].allSatisfy { $0 == 1 })
        #expect(steps[6..<12].allSatisfy { $0 == 5 })
        #expect(steps[12..<18].allSatisfy { $0 == 30 })
        #expect(steps[18..<24].allSatisfy { $0 == 300 })
        flow.now = flow.now + .seconds(2)
        flow.press("]")
        #expect(looks(flow).last == last + .seconds(1))
    }

    @Test("Forward past now is now; \\ goes there at once")
    func live() {
        var flow = Flow()
        flow.press("[")
        answer(&flow)
        flow.press("] ]")
        #expect(looks(flow).last == .some(.none))
        #expect(!flow.screen.contains("PAST"))
        flow.press("[ [ \\")
        #expect(looks(flow).last == .some(.none))
        flow.forget()
        flow.press("\\ ]")
        #expect(looks(flow).isEmpty && flow.effects.contains(.bell))
    }

    @Test("From event to event, and to now after the last")
    func events() throws {
        var flow = Flow(.failedOver)
        let events = SampleEstate(.failedOver).events.map(\.at)
        let last = try #require(events.last)
        flow.press("{")
        #expect(looks(flow).last == last)
        answer(&flow)
        flow.press("{")
        let before = try #require(events.last { $0 < last })
        #expect(looks(flow).last == before)
        flow.press("}")
        #expect(looks(flow).last == events.first { $0 > before })
        for _ in 0..<events.count { flow.press("}") }
        #expect(looks(flow).contains { $0 == nil })
    }

    @Test("At the end of what is kept it says so, and stays there")
    func oldest() {
        var flow = Flow()
        flow.press("[")
        answer(&flow, oldest: 3)
        for _ in 0..<3 {
            flow.press("[")
            answer(&flow, oldest: 3)
        }
        #expect(flow.screen.contains("nothing before 03:12:02Z is kept"))
        #expect(looks(flow).last == SampleEstate.now - .seconds(3))
        #expect(flow.screen.contains("the oldest kept"))
    }

    @Test("Nothing is commanded in the past, and its screen has no dialog")
    func commands() {
        var flow = Flow()
        flow.select("api-3")
        flow.press("[")
        answer(&flow)
        flow.press("d")
        #expect(flow.dialog == nil)
        #expect(flow.screen.contains("this is the past"))
        flow.press("\\ d")
        #expect(flow.dialog != nil)
    }

    @Test("What is observed meanwhile is not lost, and an alarm of now stands in the header")
    func underneath() {
        var flow = Flow(.calm)
        flow.press("[")
        answer(&flow, .calm)
        flow.observe(.leaderLost)
        let header = flow.screen.split(separator: "\n")[0]
        #expect(header.contains("PAST") && header.contains("now ✖ DOWN"))
        flow.press("\\")
        #expect(flow.screen.split(separator: "\n")[0].contains("DOWN"))
    }

    @Test("Events later than the moment are not shown; an answer to nothing is dropped")
    func answers() throws {
        var flow = Flow(.failedOver)
        let first = try #require(SampleEstate(.failedOver).events.first)
        flow.press("{")
        for _ in 0..<30 { flow.press("{") }
        answer(&flow, .failedOver, oldest: 1e6)
        #expect(flow.cockpit.frame(now: flow.now).events.allSatisfy { $0.at <= first.at })
        flow.press("\\")
        let estate = SampleEstate(.dead)
        flow.step(
            .past(
                estate.snapshot, Assessment.of(estate.snapshot, now: flow.now), events: [], at: first.at,
                oldest: first.at))
        #expect(!flow.screen.contains("PAST"))
    }
}
