import Estate
import Foundation
import Plans
import Testing

/// Each scenario is a platform, a command, and the plan that must come of it, kept as a page of text. To write the
/// pages anew after a change that is meant, run with PITBOSS_WRITE_SCENARIOS=1 and read the difference.
@Suite struct ScenarioTests {
    struct Scenario: Sendable, CustomTestStringConvertible {
        let name: String
        let recipe: String
        let target: PlanTarget
        let bend: @Sendable (inout TestPlatform) -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ recipe: String, _ member: String?, of group: GroupID = TestPlatform.database,
            _ bend: @escaping @Sendable (inout TestPlatform) -> Void = { _ in }
        ) {
            self.name = name
            self.recipe = recipe
            target = member.map { .member(MemberID(group, $0)) } ?? .group(group)
            self.bend = bend
        }
    }

    static let api = TestPlatform.api
    static let all: [Scenario] = promote + failover + drain + undrain + automation

    static let promote: [Scenario] = [
        Scenario("promote", "promote", "pg-lon-1"),
        Scenario("promote-leader", "promote", "pg-ams-1"),
        Scenario("promote-async", "promote", "pg-dub-1"),
        Scenario("promote-nofailover", "promote", "pg-lon-1") { $0.members["pg-lon-1"]?.tags = cordoned },
        Scenario("promote-priority-zero", "promote", "pg-lon-1") { $0.members["pg-lon-1"]?.tags = unranked },
        Scenario("promote-no-watchdog", "promote", "pg-lon-1") { $0.members["pg-lon-1"]?.tags = unwatched },
        Scenario("promote-behind", "promote", "pg-lon-1") { $0.behind("pg-lon-1", bytes: 3_000_000) },
        Scenario("promote-old-timeline", "promote", "pg-lon-1") {
            $0.members["pg-lon-1"]?.replication?.timeline = 6
            $0.sql["pg-lon-1"]?.replication?.timeline = 6
        },
        Scenario("promote-unreachable", "promote", "pg-lon-1") {
            $0.failed[TestPlatform.source("pg-lon-1")] = "cannot connect to http://10.0.2.1:8008: connection refused"
        },
        Scenario("promote-register-silent", "promote", "pg-lon-1") {
            $0.failed[SourceID("etcd", "wallet-db")] = "no answer"
        },
        Scenario("promote-paused-logical-scheduled", "promote", "pg-lon-1") {
            $0.group.paused = true
            $0.group.scheduledSwitchover = ScheduledSwitchover(leader: "pg-ams-1", candidate: "pg-dub-1", at: nil)
            $0.sql["pg-ams-1"]?.replication?.senders.append(ReplicationSender(application: "cdc", isLogical: true))
            $0.sql["pg-ams-1"]?.replication?.slots = [
                ReplicationSlot(name: "cdc_slot", isLogical: true, isActive: true, retainedBytes: 10)
            ]
        },
        Scenario("promote-drained-for-writes", "promote", "pg-lon-1") {
            $0.drained(TestPlatform.write, "pg-lon-1", at: "lb-2")
        },
        Scenario("promote-nobody-leads", "promote", "pg-lon-1") { $0.group.leader = Known(nil) },
        Scenario("promote-leader-in-recovery", "promote", "pg-lon-1") {
            $0.sql["pg-ams-1"]?.replication?.inRecovery = true
        },
    ]

    static let failover: [Scenario] = [
        Scenario("failover-leader-lost", "failover", "pg-lon-1") {
            $0.group.leader = Known(nil)
            $0.behind("pg-lon-1", bytes: 20_000)
        },
        Scenario("failover-leader-well", "failover", "pg-lon-1"),
        Scenario("failover-async-behind-another", "failover", "pg-dub-1") { $0.behind("pg-dub-1", bytes: 700_000) },
    ]

    static let drain: [Scenario] = [
        Scenario("drain", "drain", "bet-3", of: api),
        Scenario("drain-rest-of-partial", "drain", "bet-3", of: api) { $0.drained(api, "bet-3", at: "lb-1") },
        Scenario("drain-again", "drain", "bet-3", of: api) { $0.drained(api, "bet-3") },
        Scenario("drain-last", "drain", "bet-3", of: api) { platform in
            for i in [1, 2, 4, 5, 6] { platform.drained(api, "bet-\(i)", at: "lb-2") }
        },
        Scenario("drain-few-left", "drain", "bet-3", of: api) { platform in
            for i in [1, 2, 4, 5] { platform.traffic(api, "bet-\(i)") { $0.check = .down } }
        },
        Scenario("drain-tracked-agent-queue", "drain", "bet-3", of: api) {
            $0.traffic(api, "bet-3", at: "lb-1") { traffic in
                traffic.trackedBy = ["bet_ws/bet-3"]
                traffic.hasAgentCheck = true
            }
            $0.traffic(api, "bet-4", at: "lb-1") { $0.queue = 9 }
        },
        Scenario("drain-balancer-silent", "drain", "bet-3", of: api) {
            $0.failed[SourceID("haproxy", "lb-2")] = "no answer from tcp://10.0.2.1:9999 within 2 s"
        },
        Scenario("drain-name-with-a-command-in-it", "drain", "bet-3", of: api) {
            $0.traffic(api, "bet-3", at: "lb-1") { $0.handle = "bet_api/bet-3 state maint; shutdown" }
        },
        Scenario("drain-write-pools-last-server", "drain", "pg-ams-1", of: TestPlatform.write),
        Scenario("drain-replica", "drain", "pg-dub-1"),
        Scenario("drain-replica-sync", "drain", "pg-lon-1"),
        Scenario("drain-replica-last-sync", "drain", "pg-lon-1") { onlySync(&$0) },
        Scenario("drain-replica-last-sync-strict", "drain", "pg-lon-1") {
            onlySync(&$0)
            $0.group.synchronous?.isStrict = true
        },
        Scenario("drain-leader", "drain", "pg-ams-1"),
        Scenario("drain-unknown", "drain", "bet-99", of: api),
    ]

    static let undrain: [Scenario] = [
        Scenario("undrain", "undrain", "bet-3", of: api) { $0.drained(api, "bet-3") },
        Scenario("undrain-partial", "undrain", "bet-3", of: api) { $0.drained(api, "bet-3", at: "lb-2") },
        Scenario("undrain-not-ours", "undrain", "bet-3", of: api) { $0.drained(api, "bet-3", here: false) },
        Scenario("undrain-partly-ours", "undrain", "bet-3", of: api) {
            $0.drained(api, "bet-3", at: "lb-1")
            $0.drained(api, "bet-3", at: "lb-2", here: false)
        },
        Scenario("undrain-nothing", "undrain", "bet-3", of: api),
        Scenario("undrain-replica", "undrain", "pg-dub-1") { $0.drained(TestPlatform.read, "pg-dub-1") },
    ]

    static let automation: [Scenario] = [
        Scenario("pause", "pause", nil),
        Scenario("pause-again", "pause", nil) { $0.group.paused = true },
        Scenario("pause-unknown", "pause", nil) { $0.group.paused = nil },
        Scenario("pause-a-pool", "pause", nil, of: api),
        Scenario("resume", "resume", nil) { $0.group.paused = true },
        Scenario("resume-without-leader", "resume", nil) {
            $0.group.paused = true
            $0.group.leader = Known(nil)
        },
        Scenario("resume-not-paused", "resume", nil),
    ]

    private static let cordoned = tags { $0.noFailover = true }
    private static let unranked = tags { $0.failoverPriority = 0 }
    private static let unwatched = tags { $0.watchdogOK = false }
    private static func tags(_ body: (inout EligibilityTags) -> Void) -> EligibilityTags {
        var tags = EligibilityTags()
        body(&tags)
        return tags
    }

    private static func onlySync(_ platform: inout TestPlatform) {
        platform.members["pg-dub-1"]?.replication?.streaming = false
        platform.sql["pg-dub-1"]?.replication?.streaming = false
    }

    @Test(arguments: all)
    func thePlanIsTheOneThatIsKept(_ scenario: Scenario) throws {
        var platform = TestPlatform()
        scenario.bend(&platform)
        let page = Page.of(platform.plan(scenario.recipe, scenario.target))
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Scenarios")
        let file = folder.appendingPathComponent("\(scenario.name).txt")
        if ProcessInfo.processInfo.environment["PITBOSS_WRITE_SCENARIOS"] == "1" {
            try page.write(to: file, atomically: true, encoding: .utf8)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(page == kept)
    }

    @Test func everyKeptPageHasItsScenario() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Scenarios")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == Self.all.map { "\($0.name).txt" }.sorted())
    }
}
