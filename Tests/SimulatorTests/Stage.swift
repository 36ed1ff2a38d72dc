import Estate
import Insight
import Panels
import Plans

@testable import Simulator

/// A simulated platform with all that looks at it: what the cockpit would know.
struct Stage {
    /// From one look to the next.
    static let lookEvery = Span.milliseconds(500)

    private(set) var simulated: SimulatedPlatform
    private(set) var snapshot: Snapshot
    private(set) var events: [Event] = []
    private(set) var updatesCount = 0
    private(set) var histories = Histories()
    private var chronicle = Chronicle()
    private var tickedAt: Timestamp
    private(set) var assessment: Assessment

    init(_ scenario: Scenario = .calm, seed: UInt64? = nil, start: Timestamp? = nil) {
        simulated = SimulatedPlatform(seed: seed, start: start, scenario: scenario)
        snapshot = Snapshot(platform: simulated.platform)
        tickedAt = simulated.start
        assessment = Assessment.of(snapshot, now: simulated.start)
    }

    var now: Timestamp { simulated.now }
    var elapsed: Span { now - simulated.start }

    /// Goes on to so long after the beginning.
    mutating func run(to elapsed: Span) {
        let end = simulated.start + elapsed
        while simulated.now + .milliseconds(100) <= end {
            for update in simulated.advance(to: min(simulated.now + Self.lookEvery, end)) { take(update) }
            if now - tickedAt >= .seconds(1) {
                tickedAt = now
                assessment = Assessment.of(snapshot, now: now)
                events += chronicle.tick(assessment)
                histories.sample(assessment, snapshot, at: now)
            }
        }
        assessment = Assessment.of(snapshot, now: now)
    }

    mutating func run(for span: Span) { run(to: elapsed + span) }

    /// The same in one leap.
    mutating func leap(to elapsed: Span) {
        for update in simulated.advance(to: simulated.start + elapsed) { take(update) }
        assessment = Assessment.of(snapshot, now: now)
    }

    private mutating func take(_ update: Update) {
        snapshot.apply(update)
        events += chronicle.observe(update, in: snapshot)
        updatesCount += 1
    }

    mutating func obey(_ request: Request) -> SimulatedReply { simulated.obey(request, at: now) }

    func group(_ name: String) -> GroupAssessment? { assessment.groups.first { $0.id.name == name } }

    func plan(_ recipe: String, _ target: PlanTarget) -> Result<Plan, PlanRefusal> {
        PlanCatalogue.plan(PlanCall(recipe, target), snapshot, now: now)
    }
}
