import Estate
import PitbossTestKit
import Testing

@testable import Insight

@Suite struct PlatformTests {
    private let now = Timestamp(seconds: 1_700_000_000)
    private let group = GroupID("wallet-db")

    private func assess(_ facts: PlatformFacts, age: Span = .zero) -> Assessment {
        var plan = GroupPlan(group, tier: .critical, mode: .activeActive)
        plan.rto = nil
        var snapshot = Snapshot(platform: Platform(name: "p", groups: [plan]))
        let source = SourceID("prometheus", "main")
        let at = now - age
        snapshot.apply(Update(source, at: at, isEdge: true, .source(SourceStatus(.live))))
        var pool = GroupFacts()
        pool.poolServing = true
        let lb = SourceID("haproxy", "lb-1")
        snapshot.apply(Update(lb, at: now, isEdge: true, .source(SourceStatus(.live))))
        snapshot.apply(Update(lb, at: now, .group(group, pool)))
        snapshot.apply(Update(source, at: at, .platform(facts)))
        return Assessment.of(snapshot, now: now)
    }

    private func figure(_ value: Double?, _ limits: FigureLimits) -> PlatformFacts {
        var facts = PlatformFacts()
        facts.figures = [KeyFigure("bets per second", unit: "/s", value: value, group: group, limits: limits)]
        return facts
    }

    private func reasons(_ assessment: Assessment) -> [Reason] {
        assessment.group(group)?.reasons.filter { $0.text.contains("bets") || $0.text.contains("alert") } ?? []
    }

    @Test func aFigurePastItsLimitAddsToItsGroup() throws {
        let limits = FigureLimits(warnBelow: 100, alarmBelow: 10)
        #expect(reasons(assess(figure(150, limits))).isEmpty)
        let warned = try #require(reasons(assess(figure(42, limits))).first)
        #expect(warned.text == "bets per second is 42/s, below 100/s")
        #expect(warned.severity == .atRisk)
        let alarmed = try #require(reasons(assess(figure(3, limits))).first)
        #expect(alarmed.severity == .degraded)
        #expect(alarmed.text == "bets per second is 3/s, below 10/s")
        let unknown = try #require(reasons(assess(figure(nil, limits))).first)
        #expect(unknown.severity == .protected)
        #expect(unknown.text == "bets per second is not known")
    }

    @Test func anOldFigureIsUnknownAndJudgesNothing() throws {
        let old = assess(figure(3, FigureLimits(alarmBelow: 10)), age: .seconds(600))
        #expect(old.whole.figures.first?.standing == .unknown)
        #expect(reasons(old).map(\.severity) == [.protected])
    }

    private func alert(_ change: (inout Alert) -> Void) -> PlatformFacts {
        var alert = Alert(id: "1", name: "WalletSlow", severity: .critical)
        alert.summary = "answers slowly"
        alert.startedAt = now - .seconds(180)
        alert.group = group
        change(&alert)
        var facts = PlatformFacts()
        facts.alerts = [alert]
        return facts
    }

    @Test func aCriticalAlertIsARiskUntilSomebodyTakesItUp() throws {
        let loud = try #require(reasons(assess(alert { _ in })).first)
        #expect(loud.text == "alert WalletSlow: answers slowly, for 3 min")
        #expect(loud.severity == .atRisk)
        for quiet in [
            alert { $0.silencedBy = ["s"] }, alert { $0.isInhibited = true }, alert { $0.severity = .warning },
            alert { $0.isGuessed = true },
            alert {
                $0.silencedBy = ["s"]
                $0.acknowledgedBy = "kim"
            },
        ] {
            #expect(reasons(assess(quiet)).map(\.severity) == [.protected])
        }
        let guessed = try #require(reasons(assess(alert { $0.isGuessed = true })).first)
        #expect(guessed.text.hasSuffix("(which group it means is a guess)"))
    }

    @Test func alertsThatBeginAndEndAreEvents() {
        var chronicle = Chronicle()
        let source = SourceID("alertmanager", "main")
        let snapshot = Snapshot(platform: Platform(name: "p"))
        func tell(_ facts: PlatformFacts, _ second: Double) -> [String] {
            let update = Update(source, at: now + .seconds(second), .platform(facts))
            return chronicle.observe(update, in: snapshot).map(\.text)
        }
        #expect(tell(PlatformFacts(), 0).isEmpty)
        #expect(tell(alert { $0.id = "0" }, 1).isEmpty, "how things stand at the start is no news")
        var both = alert { $0.id = "0" }
        both.alerts += alert { _ in }.alerts
        #expect(tell(both, 2) == ["alert WalletSlow fires: answers slowly"])
        both.alerts[1].silencedBy = ["s"]
        #expect(tell(both, 3) == ["alert WalletSlow is silenced"])
        #expect(tell(PlatformFacts(), 4) == ["alert WalletSlow is over", "alert WalletSlow is over"])
    }

    @Test func aDiskIsJudgedByHowSoonItIsFull() {
        var system = FileSystemFacts(mountPoint: "/", sizeBytes: 100, availableBytes: 40, isReadOnly: false)
        func verdict(_ seconds: Double?) -> (Verdict, String) {
            system.fullInSeconds = seconds
            var facts = NodeFacts()
            facts.fileSystems = [system]
            var snapshot = Snapshot(platform: Platform(name: "p", nodes: [Node(NodeID("n"))]))
            let source = SourceID("node", "n")
            snapshot.apply(Update(source, at: now, isEdge: true, .source(SourceStatus(.live))))
            snapshot.apply(Update(source, at: now, .node(NodeID("n"), facts)))
            let node = Assessment.of(snapshot, now: now).node(NodeID("n"))
            return (node?.verdict ?? .unknown, node?.headline ?? "")
        }
        #expect(verdict(nil) == (.protected, ""))
        #expect(verdict(200_000) == (.protected, ""))
        #expect(verdict(20_000) == (.atRisk, "/ is full in 5 h"))
        #expect(verdict(1_800) == (.degraded, "/ is full in 30 min"))
    }
}
