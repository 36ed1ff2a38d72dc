import Estate
import Insight
import Testing

@Suite struct EdgeTests {
    private func scene(_ change: (inout EdgeFacts) -> Void) -> GroupAssessment {
        var scene = Scene()
        scene.edge(change)
        return scene.group("api")
    }

    @Test func anOrdinaryHourIsCalm() {
        let g = scene {
            ($0.requestRate, $0.deniedRate, $0.clients, $0.failedLoginRate) = (400, 1, 3_000, 0.4)
            ($0.connections, $0.connectionsMax) = (800, 20_000)
        }
        #expect(g.verdict == .protected && g.edge?.load == .calm, "\(g.reasons)")
    }

    /// Saturday, 15:00: tenfold requests by tenfold clients, and hardly anybody is turned away.
    @Test func aKickOffIsACrowd() {
        let g = scene {
            ($0.requestRate, $0.deniedRate, $0.clients, $0.failedLoginRate) = (42_000, 90, 84_000, 12)
            ($0.connections, $0.connectionsMax, $0.clientLimitRate) = (13_000, 20_000, 20)
        }
        #expect(g.verdict == .protected && g.edge?.load == .crowd)
        #expect(g.reasons.map(\.text) == ["a crowd and no flood: 42 k/s requests from 84 k clients, 0.2 % denied"])
    }

    @Test func aFloodIsAFlood() {
        let g = scene {
            ($0.requestRate, $0.deniedRate, $0.clients, $0.clientLimitRate) = (9_000, 6_300, 420, 20)
            $0.talkers = [
                .init(address: "203.0.113.9", requestRate: 3_100),
                .init(address: "198.51.100.0/24", requestRate: 2_900),
            ]
        }
        #expect(g.verdict == .atRisk && g.edge?.load == .flood && g.edge?.isByFew == true)
        #expect(g.headline == "flood: 6.3 k/s denied, 70 % of all, most by 203.0.113.9 and 1 more")
    }

    @Test func aFloodByManyMayBeALimitTooLow() {
        let g = scene {
            ($0.requestRate, $0.deniedRate, $0.clients, $0.clientLimitRate) = (9_000, 3_000, 60_000, 20)
            $0.talkers = [.init(address: "203.0.113.9", requestRate: 4)]
        }
        #expect(g.edge?.load == .flood && g.edge?.isByFew == false)
        #expect(g.headline.hasSuffix("by 60 k clients: spread out, or a limit too low for a crowd"))
    }

    @Test func passwordsBeingTried() {
        let g = scene { ($0.requestRate, $0.failedLoginRate, $0.clients) = (900, 310, 40) }
        #expect(g.edge?.load == .loginFlood && g.verdict == .atRisk)
        #expect(g.headline.hasPrefix("flood of logins: 310/s fail, 34 % of all requests"))
    }

    @Test func errorsAndFullDoorsDegrade() {
        let failing = scene { ($0.requestRate, $0.serverErrorRate) = (1_000, 42) }
        #expect(failing.verdict == .degraded && failing.headline == "4 % of the requests fail: 42/s answered 5xx")
        let full = scene { ($0.requestRate, $0.connections, $0.connectionsMax) = (1_000, 990, 1_000) }
        #expect(full.verdict == .degraded && full.headline.hasPrefix("99 % of the connections"))
        let fuller = scene { ($0.requestRate, $0.connections, $0.connectionsMax) = (1_000, 850, 1_000) }
        #expect(fuller.verdict == .atRisk)
    }

    @Test(arguments: [
        (30.0, Verdict.protected, ""), (10, .atRisk, "the certificate of bet.example expires in 10 d"),
        (2, .degraded, "the certificate of bet.example expires in 2 d"),
        (-1, .degraded, "the certificate of bet.example expired 24 h ago: clients refuse it"),
    ])
    func certificates(_ days: Double, _ verdict: Verdict, _ text: String) {
        let g = scene { edge in
            // A second more, so that whole days are left.
            let at = Scene.t0 + .seconds(days * 86_400 + (days > 0 ? 1 : 0))
            edge.certificates = [
                .init(name: "bet.example", expiresAt: at),
                .init(name: "other.example", expiresAt: Scene.t0 + .seconds(9e6)),
            ]
        }
        #expect(g.verdict == verdict && g.headline == text, "\(g.reasons)")
        #expect(g.edge?.certificates.map(\.name) == ["bet.example", "other.example"])
    }

    @Test func balancersAreAddedUp() {
        var scene = Scene()
        for lb in ["lb-1", "lb-2"] {
            scene.edge(at: lb) {
                ($0.requestRate, $0.deniedRate, $0.clients) = (100, 40, 5)
                $0.talkers = [.init(address: "a", requestRate: 30), .init(address: lb, requestRate: 10)]
            }
        }
        let edge = scene.group("api").edge
        #expect(edge?.requestRate == 200 && edge?.deniedRate == 80 && edge?.clients == 10)
        #expect(edge?.talkers.map(\.address) == ["a", "lb-1", "lb-2"] && edge?.talkers.first?.requestRate == 60)
        scene.now = scene.now + .seconds(10)
        #expect(scene.group("api").edge?.load == .unknown && scene.group("api").edge?.isStale == true)
    }

    @Test func hostileFigures() {
        for value in HostileFiguresTests.doubles {
            for count in [Int64.max, .min, -1] {
                let g = scene {
                    ($0.requestRate, $0.deniedRate, $0.serverErrorRate) = (value, value, value)
                    ($0.failedLoginRate, $0.clientLimitRate) = (value, value)
                    ($0.clients, $0.connections, $0.connectionsMax) = (count, count, count)
                    $0.talkers = [.init(address: "a", requestRate: value, deniedRate: value)]
                    $0.certificates = [
                        .init(name: "x", expiresAt: Timestamp(nanoseconds: count)),
                        .init(name: "y", expiresAt: Timestamp(nanoseconds: .min)),
                    ]
                }
                #expect(g.edge?.certificates.count == 2)
            }
        }
    }
}
