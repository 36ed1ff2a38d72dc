public import Estate
import Insight
public import Simulator

/// A drill on the simulated platform: a scenario played from its beginning to its end, as fast as it can be worked out.
public enum SimulatedDrill {
    /// From one look to the next, in the platform's time.
    static let step = Span.milliseconds(200)
    /// How long all may take to be as it was, after the scenario's last step.
    public static let settlesWithin = Span.seconds(900)

    /// nil: nothing happens in this scenario.
    public static func run(_ scenario: Scenario) -> DrillResult? {
        guard let first = scenario.steps.min(by: { $0.at < $1.at }) else { return nil }
        var platform = SimulatedPlatform(scenario: scenario)
        var snapshot = Snapshot(platform: platform.platform)
        var chronicle = Chronicle()
        var watch: DrillWatch?
        let faultAt = platform.start + first.at
        let lastStep = platform.start + (scenario.steps.map(\.at).max() ?? .zero)
        var lookAt = platform.start
        var now = platform.start
        while now < lastStep + settlesWithin {
            now = now + step
            if watch == nil, now >= faultAt {
                watch = DrillWatch(faultAt: faultAt, before: Assessment.of(snapshot, now: now - step))
            }
            for update in platform.advance(to: now) {
                snapshot.apply(update)
                for event in chronicle.observe(update, in: snapshot) { watch?.saw(event) }
            }
            guard now >= lookAt else { continue }
            lookAt = lookAt + .seconds(1)
            let assessment = Assessment.of(snapshot, now: now)
            for event in chronicle.tick(assessment) { watch?.saw(event) }
            watch?.saw(assessment)
            if now > lastStep, watch?.isOver == true { break }
        }
        return watch?.result(scenario.name, on: "simulator", fault: first.text)
    }
}
