import Estate
import Insight
import Testing

@Suite struct PathTests {
    private var two: Scene {
        var scene = Scene()
        scene.path("telco-a") { $0.isPreferred = true }
        scene.path("telco-b") { $0.isPreferred = false }
        return scene
    }

    @Test func twoProvidersSurviveOne() {
        let g = two.group("net")
        #expect(g.kind == .paths && g.verdict == .protected, "\(g.reasons)")
        #expect(g.survives.text == "1 path" && g.serving.text == "2 of 2")
        #expect(g.members[0].role == .path && g.members[0].path?.provider == "telco-a")
    }

    @Test func theTableOfFaults() {
        let cases: [(String, (inout Scene) -> Void, Verdict, String)] = [
            (
                "one left", { $0.path("telco-b", isUp: false) }, .atRisk,
                "survives no further loss: telco-a alone is sound"
            ),
            (
                "none left",
                { scene in
                    scene.path("telco-a", isUp: false)
                    scene.path("telco-b", isUp: false)
                }, .down, "no way through: 0 of 2 paths up"
            ),
            (
                "the one in use loses",
                { $0.path("telco-a") { ($0.loss, $0.isPreferred) = (0.032, true) } }, .degraded,
                "telco-a loses 3 % of the probes"
            ),
            (
                "the spare loses",
                { $0.path("telco-b") { ($0.loss, $0.isPreferred) = (0.032, false) } }, .atRisk,
                "survives no further loss: telco-a alone is sound"
            ),
            (
                "slow", { $0.path("telco-a") { ($0.latencySeconds, $0.isPreferred) = (0.31, true) } }, .degraded,
                "telco-a answers after 310 ms"
            ),
            (
                "one carrier under two names", { $0.path("telco-b", provider: "telco-a") }, .atRisk,
                "survives no further loss: all that is up is carried by telco-a"
            ),
            (
                "full",
                { $0.path("telco-a") { ($0.capacityBytesRate, $0.transmitBytesRate) = (100, 95) } }, .atRisk,
                "telco-a carries 95 % of what it can"
            ),
            (
                "the rest is too small",
                { scene in
                    scene.path("telco-a") { ($0.capacityBytesRate, $0.transmitBytesRate) = (1_000, 500) }
                    scene.path("telco-b") { ($0.capacityBytesRate, $0.transmitBytesRate) = (200, 0) }
                }, .atRisk, "without telco-a the rest could carry 40 % of what flows"
            ),
            (
                "two see it differently",
                { $0.path("telco-a", isUp: false, from: "elsewhere") }, .atRisk,
                "telco-a is up for here, down for elsewhere"
            ),
        ]
        for (name, change, verdict, text) in cases {
            var scene = two
            change(&scene)
            let g = scene.group("net")
            #expect(g.verdict == verdict, "\(name): \(g.reasons)")
            #expect(g.reasons.contains { $0.text == text }, "\(name): \(g.reasons)")
        }
    }

    @Test func losingAProvider() throws {
        let gone = try #require(two.assessment.without(.provider("telco-a")).first)
        #expect(gone.serves == true && gone.after == .atRisk && gone.text == "telco-b alone is left")
        #expect(gone.survivesAfter.text == "no path")
        let both = try #require(two.assessment.without([.provider("telco-a"), .provider("telco-b")]).first)
        #expect(both.serves == false && both.text == "no way out is left")
    }

    @Test func nothingFreshIsUnknown() {
        var scene = two
        scene.now = scene.now + .seconds(60)
        #expect(scene.group("net").verdict == .unknown)
    }

    @Test func hostileFiguresAreNotKnown() {
        for value in HostileFiguresTests.doubles {
            var scene = two
            scene.path("telco-a") { path in
                (path.loss, path.latencySeconds, path.jitterSeconds) = (value, value, value)
                (path.receiveBytesRate, path.transmitBytesRate, path.capacityBytesRate) = (value, value, value)
                path.routeChanges = .min
            }
            #expect(scene.group("net").members.count == 2)
        }
    }
}
