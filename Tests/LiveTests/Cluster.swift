import Control
import Estate
import Feeds
import Foundation
import Insight
import Journal
import Lab
import Plans
import Settings
import Testing
import Watch

@testable import pitboss

/// The lab, a watch on it, and an executor: what a running pitboss is, without the glass.
struct Cluster: Sendable {
    let lab: Lab
    let layout: LabPlan
    let settings: PitbossSettings
    let watcher: Watcher
    let journal: Journal
    let clock = SystemTimekeeper()
    let group = GroupID("wallet-db")

    /// The test program serves `bet_api` itself, by an entry that the lab's own tests have.
    static var serve: [String] {
        ["/usr/bin/env", "LAB_TESTS_SERVE=1", "/proc/\(getpid())/exe"]
            + CommandLine.arguments.dropFirst().prefix { !$0.hasPrefix("--filter") && !$0.hasPrefix("--xunit") }
            + ["--testing-library", "swift-testing", "--filter", "ServeEntry", "lab-serve"]
    }

    /// Debian's Patroni, or the one of `PITBOSS_PATRONI_VENV`: `scripts/patroni4` makes such a folder.
    private static var patroni: LabPatroni {
        ProcessInfo.processInfo.environment["PITBOSS_PATRONI_VENV"].map { .venv($0) } ?? .debian
    }

    /// Boots, watches, does the work, and leaves nothing, whatever happens.
    static func with(
        block: Int = 201, extras: [String] = [], isSecured: Bool = false,
        _ work: @escaping @Sendable (Cluster) async throws -> Void
    ) async throws {
        let lab = Lab(directory: "/tmp/pitboss-live-\(getpid())-\(block)")
        let layout = try LabPlan(block: block, patroni: patroni, extras: extras, isSecured: isSecured)
        _ = try await lab.up(layout, serve: serve)
        do {
            let settings = try SettingsReader.read(path: lab.configuration)
            let clock = SystemTimekeeper()
            let watcher = Watcher(settings, clock: clock)
            let watching = Task { await watcher.run() }
            let journal = try Journal(at: lab.directory + "/live-journal.db")
            try await work(
                Cluster(lab: lab, layout: layout, settings: settings, watcher: watcher, journal: journal))
            watching.cancel()
            await watching.value
        } catch {
            _ = try await lab.down()
            throw error
        }
        _ = try await lab.down()
    }

    var snapshot: Snapshot { watcher.state.snapshot }
    var assessment: Assessment { watcher.state.assessment(now: clock.now()) }
    var leader: MemberID? { assessment.group(group)?.leader }

    func executor(_ courier: (any Courier)? = nil, isArmed: Bool = true) -> Executor {
        Executor(
            journal: journal,
            courier: courier
                ?? NetworkCourier(
                    ConfiguredDoors(settings), clock: clock, statements: PostgresStatements(clock: clock)),
            observations: Watched(watcher: watcher), clock: clock, who: "tester@live", stateFolder: lab.directory,
            isArmed: isArmed)
    }

    /// Looks again and again until it is so.
    func until(_ what: String, seconds: Double = 60, _ holds: () async -> Bool) async throws {
        let end = clock.now() + .seconds(seconds)
        while clock.now() < end {
            if await holds() { return }
            try await clock.sleep(for: .milliseconds(100))
        }
        let wallet = assessment.group(group)
        let members = wallet?.members.map {
            "\($0.id.name) leads=\($0.isLeader) primary=\($0.isPrimary) tl=\($0.timeline ?? -1)"
        }
        try #require(
            await holds(),
            """
            \(what): \(String(describing: wallet?.verdict)) \(wallet?.reasons.map(\.text) ?? []) \
            \(members ?? []) tl=\(wallet?.timeline ?? -1)
            """)
    }

    /// A leader, its synchronous standby, all three followed by SQL: nothing left of what came before.
    func settled() async throws {
        try await until("the cluster settles", seconds: 120) {
            guard let wallet = assessment.group(group), let leader = wallet.leader else { return false }
            // Not the verdict: leaders changed by these tests are rightly called flapping.
            return wallet.primary == leader && wallet.survives.nodes ?? 0 >= 1 && !wallet.isPaused
                && wallet.synchronous?.standbys.isEmpty == false
                && wallet.members.count == 3 && wallet.members.allSatisfy { $0.timeline == wallet.timeline }
        }
    }

    /// A standby that may be promoted now.
    func candidate() throws -> MemberID {
        let members = try #require(assessment.group(group)).members
        return try #require(members.first { $0.eligibility?.isEligible == true && !$0.isLeader }).id
    }

    func plan(_ recipe: String, _ target: PlanTarget, _ arguments: [String: String] = [:]) throws -> Plan {
        try PlanCatalogue.plan(PlanCall(recipe, target, arguments: arguments), snapshot, now: clock.now()).get()
    }

    /// The plan, once nothing speaks against it: what has just changed is not seen by every feed at once.
    func clearPlan(_ recipe: String, _ target: PlanTarget, _ arguments: [String: String] = [:]) async throws -> Plan {
        let end = clock.now() + .seconds(30)
        var found = try? plan(recipe, target, arguments)
        while found?.blocks.isEmpty != true, clock.now() < end {
            try await clock.sleep(for: .milliseconds(200))
            found = try? plan(recipe, target, arguments)
        }
        let clear = try found ?? plan(recipe, target, arguments)
        try #require(clear.blocks.isEmpty, "\(recipe) of \(target): \(clear.blocks)")
        return clear
    }

    func consent(_ plan: Plan) -> Consent {
        let typed: String? = if case .typed(let name) = plan.confirmation { name } else { nil }
        return Consent(reason: "live test", typed: typed, acceptsWarnings: true)
    }
}

struct Watched: Observations {
    let watcher: Watcher
    func snapshot() async -> Snapshot { watcher.state.snapshot }
}

/// Delivers the request and loses the answer, as a cut connection does.
struct LossyCourier: Courier {
    let real: NetworkCourier
    func send(_ request: Plans.Request, within deadline: Span) async -> Delivery {
        _ = await real.send(request, within: deadline)
        return .lost(reason: "the connection was cut")
    }
}
