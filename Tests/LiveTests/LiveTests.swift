import Control
import Estate
import Foundation
import Insight
import Journal
import Lab
import Plans
import Testing
import Watch

/// Real PostgreSQL, Patroni, etcd and HAProxy: seen, broken and commanded. One lab for all of it, for it takes its time.
@Suite(.serialized, .enabled(if: getenv("LAB_TESTS_SERVE") == nil))
struct LiveTests {
    @Test(.timeLimit(.minutes(12))) func cockpitOnARealCluster() async throws {
        try await Cluster.with(extras: ["postgres"]) { cluster in
            try await seesEverything(cluster)
            try await drainsWithoutAFailedRequest(cluster)
            try await switchesOver(cluster)
            try await refusesWhenTheLeaderChanged(cluster)
            try await resolvesALostReply(cluster)
            try await pausesAndResumes(cluster)
            try await GuardLive.seesEachOther(cluster)
            try await GuardLive.asksASecond(cluster)
            try await StandbyLive.promotesOnProofOnly(cluster)
            try await measuresAFailover(cluster)
            try await refusesReadOnly(cluster)
            guard case .whole(let entries, _) = try await cluster.journal.verify() else {
                Issue.record("the audit's chain is broken")
                return
            }
            #expect(entries > 12, "an intent and an outcome for every action")
        }
    }

    private func seesEverything(_ cluster: Cluster) async throws {
        try await cluster.settled()
        let wallet = try #require(cluster.assessment.group(cluster.group))
        #expect(wallet.members.filter(\.isPrimary).count == 1)
        // Each feed tells what it knows in its own time: none is late because another was quick.
        try await cluster.until("each server of the pool is seen by both balancers", seconds: 30) {
            guard let pool = cluster.assessment.group(GroupID("bet-api")) else { return false }
            return pool.serving.up == 6 && pool.members.allSatisfy { $0.balancing.count == 2 }
        }
        try await cluster.until("all three voters of the consensus are healthy", seconds: 30) {
            cluster.assessment.group(GroupID("etcd"))?.quorum?.votersHealthy == 3
        }
        try await cluster.until("every node's page has been read twice", seconds: 30) {
            cluster.snapshot.hosts.allSatisfy { $0.newest(\.cpuBusy) != nil }
        }
    }

    private func drainsWithoutAFailedRequest(_ cluster: Cluster) async throws {
        let server = try #require(cluster.snapshot.members(of: GroupID("bet-api")).first { $0.id.name == "bet-3" }).id
        let load = Task {
            try await cluster.lab.load(
                LabLoad(seconds: 20, writers: 0, callersPerBalancer: 4, callsPerSecond: 50))
        }
        try await cluster.clock.sleep(for: .seconds(2))
        let executor = cluster.executor()
        let drain = try await cluster.clearPlan("drain", .member(server))
        #expect(drain.steps.count >= 2, "a step for each balancer")
        let drained = await executor.execute(drain, cluster.consent(drain))
        #expect(drained.outcome?.word == "done", "\(String(describing: drained.outcome))")
        let undrain = try await cluster.clearPlan("undrain", .member(server))
        let back = await executor.execute(undrain, cluster.consent(undrain))
        #expect(back.outcome?.word == "done", "\(String(describing: back.outcome))")
        let report = try await load.value
        #expect(report.calls.count == 2)
        for (balancer, calls) in report.calls {
            #expect(calls.answered > 500, "\(balancer)")
            #expect(calls.failed == 0, "\(balancer): \(calls.lastFailure ?? "")")
        }
    }

    private func switchesOver(_ cluster: Cluster) async throws {
        try await cluster.settled()
        let timeline = try #require(cluster.assessment.group(cluster.group)?.timeline)
        let candidate = try cluster.candidate()
        let plan = try await cluster.clearPlan("promote", .member(candidate))
        let status = await cluster.executor().execute(plan, cluster.consent(plan))
        #expect(status.outcome?.word == "done", "\(String(describing: status.outcome))")
        #expect(cluster.leader == candidate)
        let after = try #require(cluster.assessment.group(cluster.group)?.timeline)
        #expect(after == timeline + 1)
    }

    /// The plan names a leader that another operator replaced while the dialog was open.
    private func refusesWhenTheLeaderChanged(_ cluster: Cluster) async throws {
        try await cluster.settled()
        let stale = try await cluster.clearPlan("promote", .member(try cluster.candidate()))
        let other = try await cluster.clearPlan("promote", .member(try cluster.candidate()))
        let first = await cluster.executor().execute(other, cluster.consent(other))
        #expect(first.outcome?.word == "done", "\(String(describing: first.outcome))")
        let executor = cluster.executor()
        let status = await executor.execute(stale, cluster.consent(stale))
        #expect(status.outcome?.word == "refused", "\(String(describing: status.outcome))")
        #expect(executor.requests.requests.isEmpty, "nothing was sent")
    }

    private func resolvesALostReply(_ cluster: Cluster) async throws {
        try await cluster.settled()
        let candidate = try cluster.candidate()
        let plan = try await cluster.clearPlan("promote", .member(candidate))
        let courier = LossyCourier(real: NetworkCourier(ConfiguredDoors(cluster.settings), clock: cluster.clock))
        let status = await cluster.executor(courier).execute(plan, cluster.consent(plan))
        #expect(status.wasInDoubt, "a lost reply is in doubt")
        #expect(status.outcome?.word == "done", "\(String(describing: status.outcome))")
        #expect(cluster.leader == candidate)
    }

    private func pausesAndResumes(_ cluster: Cluster) async throws {
        try await cluster.settled()
        let executor = cluster.executor()
        let pause = try await cluster.clearPlan("pause", .group(cluster.group), ["for": "10m"])
        let paused = await executor.execute(pause, cluster.consent(pause))
        #expect(paused.outcome?.word == "done", "\(String(describing: paused.outcome))")
        #expect(cluster.assessment.group(cluster.group)?.isPaused == true)
        let holds = try await cluster.journal.holds()
        #expect(holds.count == 1, "a pause always expires")
        let resume = try await cluster.clearPlan("resume", .group(cluster.group))
        let resumed = await executor.execute(resume, cluster.consent(resume))
        #expect(resumed.outcome?.word == "done", "\(String(describing: resumed.outcome))")
        #expect(cluster.assessment.group(cluster.group)?.isPaused == false)
    }

    /// SIGKILL of the leader and its lock gone: events with the outage measured, nobody having asked.
    private func measuresAFailover(_ cluster: Cluster) async throws {
        try await cluster.settled()
        let old = try #require(cluster.leader)
        let before = cluster.watcher.state.events.count
        try await cluster.lab.failFast(old.name)
        try await cluster.until("another leads and writes are back") {
            let events = cluster.watcher.state.events.dropFirst(before)
            return cluster.leader != old && cluster.leader != nil && events.contains { $0.kind == .writesBack }
        }
        let events = cluster.watcher.state.events.dropFirst(before).filter { $0.group == cluster.group }
        let kinds = Set(events.map(\.kind))
        #expect(kinds.isSuperset(of: [.leaderLost, .leaderElected, .timelineChanged]), "\(events.map(\.text))")
        let outage = try #require(events.first { $0.kind == .writesBack }?.outage)
        #expect(outage > .zero && outage < .seconds(30), "\(outage.seconds) s")
        #expect(events.first { $0.kind == .leaderElected }?.revision ?? 0 > 0)
        try await cluster.lab.resume(old.name)
        try await cluster.settled()
    }

    private func refusesReadOnly(_ cluster: Cluster) async throws {
        let plan = try await cluster.clearPlan("promote", .member(try cluster.candidate()))
        let executor = cluster.executor(isArmed: false)
        let status = await executor.execute(plan, cluster.consent(plan))
        #expect(status.outcome?.word == "refused")
        #expect(executor.requests.requests.isEmpty)
    }
}
