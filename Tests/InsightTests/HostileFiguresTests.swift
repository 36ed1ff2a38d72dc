import Estate
import Insight
import Testing

/// What a peer claims never brings the house down.
@Suite struct HostileFiguresTests {
    static let ints = [Int.max, Int.min, -1, 0]
    static let doubles = [Double.nan, .infinity, -.infinity, 1e300, -1e300, -1]

    @Test func spansAndTimesHaveEnds() {
        #expect(Span.seconds(.nan) == .zero)
        #expect(Span.seconds(.infinity).nanoseconds == .max)
        #expect(Span.seconds(-1e300).nanoseconds == .min)
        #expect(Timestamp(seconds: 1e300).nanoseconds == .max)
        #expect(Timestamp(seconds: .nan) == .zero)
        #expect((Span.seconds(1e18) * 1e18).nanoseconds == .max)
        #expect(Span.seconds(1.5).nanoseconds == 1_500_000_000)
        for value in Self.doubles {
            #expect(!Say.span(.seconds(value)).isEmpty)
            #expect(!Say.percent(value).isEmpty && !Say.rate(value).isEmpty)
        }
        #expect(Say.percent(.nan) == "?" && Say.rate(.infinity) == "?/s")
    }

    @Test(arguments: [
        (0.0, "0"), (7, "7"), (9.96, "10"), (0.44, "0.4"), (950, "950"), (999.6, "1 k"), (12_345, "12 k"),
        (-1.5, "-1.5"),
        (1e300, "9223372036854775807 T"),
    ])
    func numbers(_ value: Double, _ text: String) { #expect(Say.number(value) == text) }

    @Test(arguments: [
        (0.43, "43 %"), (0.004, "0.4 %"), (0.0001, "under 0.1 %"), (0, "0 %"), (1, "100 %"), (0.996, "99.6 %"),
        (12, "1200 %"),
    ])
    func percents(_ part: Double, _ text: String) { #expect(Say.percent(part) == text) }

    @Test func sessionsAddUpToTheEndAndNotBeyond() {
        for value in Self.ints {
            var scene = Scene()
            for balancer in ["lb-1", "lb-2", "lb-3"] {
                scene.server("s", .up, at: balancer)
                var facts = MemberFacts()
                facts.address = "10.0.0.0:80"
                facts.traffic = TrafficFacts()
                facts.traffic?.check = .up
                facts.traffic?.sessions = value
                scene.say(SourceID("haproxy", balancer), .member(MemberID(GroupID("api"), "s"), facts))
                var group = GroupFacts()
                group.poolServing = true
                group.poolSessions = value
                scene.say(SourceID("haproxy", balancer), .group(GroupID("api"), group))
            }
            let api = scene.group("api")
            if value == .max { #expect(api.sessions == .max && api.members[0].sessions == .max) }
            if value == .min { #expect(api.sessions == .min) }
            #expect(!scene.assessment.without(.node(NodeID("n-ams"))).isEmpty)
        }
    }

    @Test func votesOfAnyNumber() {
        for total in Self.ints {
            for healthy in Self.ints {
                var scene = Scene()
                scene.healthy()
                scene.store(healthy: 3)
                var facts = GroupFacts()
                facts.quorum = GroupQuorum(votersTotal: total, votersHealthy: healthy, hasLeader: true)
                scene.say(SourceID("etcd", "etcd"), .group(GroupID("etcd"), facts))
                let verdict = scene.group("etcd").verdict
                #expect(healthy == .max || verdict != .protected)
                _ = scene.assessment.without([.node(NodeID("n-ams")), .group(GroupID("etcd"))])
            }
        }
    }

    @Test func lagsOfAnyLength() {
        for value in Self.doubles {
            for bytes in [Int64.max, .min, -1] {
                var scene = Scene()
                scene.healthy(standbys: nil)
                var facts = MemberFacts()
                facts.state = .running
                facts.replication = ReplicationFacts()
                facts.replication?.inRecovery = true
                facts.replication?.receiveLagBytes = bytes
                facts.replication?.replayLagBytes = .max
                facts.replication?.replayLagSeconds = value
                facts.replication?.timeline = .max
                facts.figures["connections"] = value
                scene.own("b", facts)
                scene.own("a", MemberFacts())
                #expect(scene.database.members.count == 3)
                scene.wait(1)
            }
        }
    }

    @Test func timesOfAnyAge() {
        for at in [Int64.min, .max, 0] {
            var scene = Scene()
            scene.healthy()
            var facts = GroupFacts()
            facts.leader = Known("a")
            let change = TimelineChange(
                timeline: .max, lsn: nil, reason: nil, at: Timestamp(nanoseconds: at), leader: "a")
            facts.history = [change, change, change]
            scene.say(SourceID("etcd", "db"), .group(Scene.db, facts))
            #expect(!scene.database.isFlapping)
        }
    }
}
