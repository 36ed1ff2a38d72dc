import Control
import Estate
import Feeds
import Foundation
import Insight
import Journal
import Lab
import Plans
import Testing

/// A node that carries the database's leader, servers of a pool, a consensus leader and, where Redis is installed, the
/// cache's leader: out of service and back, under load that an independent client counts.
extension LiveTests {
    @Test(.timeLimit(.minutes(8))) func aNodeIsDrainedUnderLoadAndGivenBack() async throws {
        let extras = FileManager.default.fileExists(atPath: "/usr/bin/redis-server") ? ["redis"] : []
        try await Cluster.with(block: 202, extras: extras) { cluster in
            try await cluster.settled()
            let node = try await gather(cluster)
            let load = Task {
                try await cluster.lab.load(
                    LabLoad(seconds: 75, writers: 4, writesPerSecond: 40, callersPerBalancer: 4, callsPerSecond: 50))
            }
            try await cluster.clock.sleep(for: .seconds(3))
            try await drainAndUndrain(node, cluster)
            try await settlesOnAnother(node, cluster)
            let report = try await load.value
            note(report)
            #expect(report.lost == 0, "acknowledged commits that are gone")
            #expect(report.acknowledged > 500)
            #expect(report.longestGapSeconds < 15, "\(report.longestGapSeconds) s without a commit")
            #expect(report.calls.count == 2)
            for (balancer, calls) in report.calls {
                #expect(calls.answered > 2_000, "\(balancer)")
                #expect(calls.failed == 0, "\(balancer): \(calls.lastFailure ?? "")")
            }
        }
    }

    /// All leads to the node of the database's leader; of the consensus last, as a busy machine may elect another.
    private func gather(_ cluster: Cluster) async throws -> NodeID {
        let leader = try #require(cluster.leader.flatMap { cluster.snapshot.member($0) })
        let node = try #require(cluster.snapshot.node(of: leader)).id
        for (group, verb) in [("session-cache", "promote"), ("etcd", "move-leader")] {
            let members = cluster.snapshot.members(of: GroupID(group))
            guard let here = members.first(where: { cluster.snapshot.node(of: $0)?.id == node }) else { continue }
            guard cluster.assessment.group(GroupID(group))?.leader != here.id else { continue }
            let plan = try await cluster.clearPlan(verb, .member(here.id))
            let status = await cluster.executor().execute(plan, cluster.consent(plan))
            #expect(status.outcome?.word == "done", "\(group): \(String(describing: status.outcome))")
        }
        return node
    }

    private func drainAndUndrain(_ node: NodeID, _ cluster: Cluster) async throws {
        let executor = cluster.executor()
        let drain = try await wholePlan(node, cluster)
        let drained = await executor.execute(drain, cluster.consent(drain))
        #expect(drained.outcome?.word == "done", "\(String(describing: drained.outcome))")
        try await cluster.until("nothing on the node leads or takes traffic", seconds: 20) {
            cluster.snapshot.members.filter { cluster.snapshot.node(of: $0)?.id == node }.allSatisfy { member in
                member.id.group == GroupID("balancers")
                    || cluster.assessment.group(member.id.group)?.leader != member.id
                        && member.sightings.compactMap(\.facts.traffic).allSatisfy { traffic in
                            traffic.admin != .ready || traffic.check != .up
                        }
            }
        }
        let holds = try await cluster.journal.holds()
        #expect(holds.map(\.group.name) == [node.name], "what was taken is remembered")
        let call = await executor.remembering(PlanCall("undrain", .node(node)))
        let undrain = try PlanCatalogue.plan(call, cluster.snapshot, now: cluster.clock.now()).get()
        #expect(undrain.call.taken?.isEmpty == false)
        let back = await executor.execute(undrain, cluster.consent(undrain))
        #expect(back.outcome?.word == "done", "\(String(describing: back.outcome))")
        #expect(try await cluster.journal.holds().isEmpty)
    }

    /// The plan that moves every kind of lead away. A consensus on a busy machine elects when it likes: its lead is then
    /// gathered again.
    private func wholePlan(_ node: NodeID, _ cluster: Cluster) async throws -> Plan {
        var drain = try await cluster.clearPlan("drain", .node(node), ["wait": "20s"])
        for _ in 0..<5 where !drain.parts.contains(where: { $0.verb == "move-leader" }) {
            _ = try await gather(cluster)
            drain = try await cluster.clearPlan("drain", .node(node), ["wait": "20s"])
        }
        #expect(Set(drain.parts.map(\.verb)).isSuperset(of: ["drain", "move-leader", "promote"]))
        return drain
    }

    private func settlesOnAnother(_ node: NodeID, _ cluster: Cluster) async throws {
        try await cluster.settled()
        let leader = try #require(cluster.leader.flatMap { cluster.snapshot.member($0) })
        #expect(cluster.snapshot.node(of: leader)?.id != node, "a lead that went to another node stays there")
        try await cluster.until("every server is in balancing again", seconds: 20) {
            let pool = cluster.assessment.group(GroupID("bet-api"))
            return pool?.serving.up == 6
                && cluster.snapshot.members.allSatisfy { member in
                    member.sightings.allSatisfy { $0.facts.traffic?.adminForcedHere != true }
                }
        }
    }

    private func note(_ report: LabLoadReport) {
        let calls = report.calls.sorted { $0.key < $1.key }
            .map { "\($0): \($1.answered) answered, \($1.failed) failed, \($1.repeated) sent again" }
        FileHandle.standardError.write(
            Data(
                """
                node drain: \(report.acknowledged) commits acknowledged, \(report.refused) refused, \
                \(report.inDoubt) in doubt, \(report.lost.map { "\($0)" } ?? "unknown") lost, longest gap \
                \(report.longestGapSeconds) s at \(report.longestGapBeganAtSeconds) s; \
                \(calls.joined(separator: "; "))\n
                """.utf8))
    }
}
