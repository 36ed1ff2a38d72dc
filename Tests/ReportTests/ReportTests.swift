import Estate
import Insight
import Plans
import Testing

@testable import Report

/// A cluster of three as a register tells it, with a name that tries to write to the terminal.
enum Sample {
    static let at = Timestamp(nanoseconds: 1_795_241_702_120_000_000)
    static let group = GroupID("wallet-db")

    static func snapshot(leader: String? = "pg-1", hostile: Bool = false) -> Snapshot {
        var plan = GroupPlan(group, tier: .critical, mode: .activePassive)
        plan.rpoBytes = 0
        var snapshot = Snapshot(platform: Platform(name: hostile ? "p\u{1b}[31m" : "p", groups: [plan]))
        let etcd = SourceID("etcd", "wallet-db")
        snapshot.apply(Update(etcd, at: at, .source(SourceStatus(.live))))
        var facts = GroupFacts()
        facts.leader = Known(leader)
        facts.timeline = 3
        facts.manager = "patroni"
        facts.roster = ["pg-1", "pg-2", "pg-3"]
        facts.synchronous = SynchronousFacts(isOn: true, standbys: ["pg-2"])
        snapshot.apply(Update(etcd, at: at, .group(group, facts)))
        for name in ["pg-1", "pg-2", "pg-3"] {
            var member = MemberFacts()
            member.role = name == leader ? .leader : .replica
            member.state = .running
            member.address = "10.0.0.\(name.last ?? "0"):5432"
            var replication = ReplicationFacts()
            replication.timeline = 3
            replication.syncState = name == "pg-2" ? .sync : nil
            replication.receiveLagBytes = name == leader ? nil : 1024
            replication.replayLagBytes = name == leader ? nil : (name == "pg-3" ? 0 : 2048)
            replication.streaming = name == leader ? nil : true
            member.replication = replication
            snapshot.apply(Update(etcd, at: at, .member(MemberID(group, name), member)))
        }
        return snapshot
    }
}

@Suite("What status and check say")
struct StatusTests {
    @Test("JSON has a schema, times, the verdict and every member")
    func json() {
        let snapshot = Sample.snapshot()
        let report = StatusReport(snapshot, Assessment.of(snapshot, now: Sample.at))
        let text = JSONText.of(report, isOneLine: true)
        #expect(text.contains("\"schema\":\"pitboss.status/1\""))
        #expect(text.contains("\"at\":\"2026-11-21T06:15:02.120Z\""))
        #expect(report.groups.map(\.members.count) == [3])
        #expect(report.groups.first?.leader == "pg-1")
        #expect(!text.contains("\n"))
    }

    @Test("what a peer calls itself never reaches the terminal raw")
    func hostile() {
        let snapshot = Sample.snapshot(hostile: true)
        let lines = StatusText.lines(snapshot, Assessment.of(snapshot, now: Sample.at))
        #expect(lines.first?.contains("p\\u{1b}[31m") == true)
        #expect(lines.allSatisfy { !$0.unicodeScalars.contains { $0.value < 0x20 } })
    }

    @Test("columns are as wide as their widest cell")
    func columns() {
        #expect(Columns.text([["a", "b"], ["long", "c"], ["x"]]) == ["a     b", "long  c", "x"])
    }

    @Test("check: level by verdict, one line, performance data")
    func check() {
        let snapshot = Sample.snapshot(leader: nil)
        let report = CheckReport(Assessment.of(snapshot, now: Sample.at))
        #expect(report.line.hasPrefix("PITBOSS "))
        #expect(report.line.contains(" | "))
        #expect(report.line.contains("sources_live=1;;;0;1"))
        #expect(!report.line.contains("\n"))
        #expect(report.level != .ok)
    }

    @Test(
        "verdicts map to the levels of the convention",
        arguments: [
            (Verdict.protected, CheckReport.Level.ok), (.atRisk, .warning), (.degraded, .critical), (.down, .critical),
            (.unknown, .unknown),
        ])
    func levels(_ verdict: Verdict, _ level: CheckReport.Level) {
        #expect(CheckReport.level(verdict) == level)
    }

    @Test("check: nothing watched, an unknown group, and what could not be looked at are UNKNOWN")
    func unknown() {
        let empty = Assessment.of(Snapshot(platform: Platform(name: "p")), now: Sample.at)
        #expect(CheckReport(empty).level == .unknown)
        #expect(CheckReport(empty, group: "x").line == "PITBOSS UNKNOWN - no group is called x")
        #expect(CheckReport(unknown: "a\nb|c").line == "PITBOSS UNKNOWN - a; b/c")
    }
}

@Suite("Names on the command line")
struct TargetFinderTests {
    private let finder: TargetFinder = {
        let snapshot = Sample.snapshot()
        return TargetFinder(Assessment.of(snapshot, now: Sample.at))
    }()

    @Test("groups and members are found, and what is not is told with what there is")
    func names() throws {
        #expect(try finder.group("wallet-db") == Sample.group)
        #expect(try finder.member("pg-2") == MemberID(Sample.group, "pg-2"))
        #expect(try finder.member("wallet-db/pg-3") == MemberID(Sample.group, "pg-3"))
        #expect(throws: TargetFinder.Failure.noGroup("x", known: ["wallet-db"])) { try finder.group("x") }
        let known = ["wallet-db/pg-1", "wallet-db/pg-2", "wallet-db/pg-3"]
        #expect(throws: TargetFinder.Failure.noMember("y", known: known)) { try finder.member("y") }
    }

    @Test("a name in two groups is refused")
    func several() {
        var snapshot = Sample.snapshot()
        let other = GroupID("other")
        snapshot.apply(
            Update(SourceID("haproxy", "lb"), at: Sample.at, .member(MemberID(other, "pg-2"), MemberFacts())))
        let finder = TargetFinder(Assessment.of(snapshot, now: Sample.at))
        #expect(throws: TargetFinder.Failure.several("pg-2", ["other/pg-2", "wallet-db/pg-2"])) {
            try finder.member("pg-2")
        }
    }

    @Test("plan and event reports carry schema and one line each")
    func reports() throws {
        var event = Event(at: Sample.at, .leaderElected, .notice, group: Sample.group, text: "pg-2 leads\u{7}")
        event.outage = .seconds(2.5)
        let report = EventReport(event)
        #expect(report.line == "2026-11-21T06:15:02.120Z  notice   wallet-db  pg-2 leads\\u{7} (outage 2.5 s)")
        #expect(JSONText.of(report, isOneLine: true).contains("\"outageSeconds\":2.5"))
    }
}
