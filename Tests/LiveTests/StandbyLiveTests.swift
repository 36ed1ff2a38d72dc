import Control
import Estate
import Insight
import Lab
import Plans
import Testing

/// PostgreSQL that nothing manages: a standby takes over only where the old primary is proved stopped. Called by the
/// suite that has the lab.
enum StandbyLive {
    static let group = GroupID("ledger-db")

    static func promotesOnProofOnly(_ cluster: Cluster) async throws {
        try await cluster.until("a primary and two standbys are seen", seconds: 60) {
            cluster.snapshot.members(of: group).count == 3
                && cluster.assessment.group(group)?.members.filter(\.isPrimary).count == 1
        }
        let members = try #require(cluster.assessment.group(group)).members
        let old = try #require(members.first { $0.isPrimary }).id
        let candidate = try #require(members.first { !$0.isPrimary }).id
        let place = cluster.snapshot.member(old)?.newest(\.address)?.value
        let server = try #require(
            cluster.layout.kind(.streaming).first { "\($0.address):\($0.port(.sql))" == place }, "\(place ?? "nowhere")"
        ).name
        try await refuses(candidate, because: "takes writes", cluster)

        try await cluster.lab.pause(server)
        try await refuses(candidate, because: "unreachable is not dead", cluster)
        try await cluster.lab.resume(server)
        try await refuses(candidate, because: "takes writes", cluster)

        try await cluster.lab.kill(server)
        let plan = try await cluster.clearPlan("promote", .member(candidate))
        let status = await cluster.executor().execute(plan, cluster.consent(plan))
        #expect(status.outcome?.word == "done", "\(String(describing: status.outcome))")
        let after = try #require(cluster.assessment.group(group)).members
        #expect(after.filter(\.isPrimary).map(\.id) == [candidate])
        let third = try #require(members.first { $0.id != old && $0.id != candidate }).id
        try await refuses(third, because: "\(candidate.name) takes writes", cluster)
    }

    /// The plan says why not, and an executor that is handed it sends nothing.
    private static func refuses(_ candidate: MemberID, because reason: String, _ cluster: Cluster) async throws {
        try await cluster.until("\(candidate) is not promoted because “\(reason)”", seconds: 60) {
            (try? cluster.plan("promote", .member(candidate)))?.blocks.contains { $0.figure.contains(reason) } == true
        }
        let plan = try cluster.plan("promote", .member(candidate))
        let executor = cluster.executor()
        let status = await executor.execute(plan, cluster.consent(plan))
        #expect(status.outcome?.word == "refused", "\(String(describing: status.outcome))")
        #expect(executor.requests.requests.isEmpty, "nothing was sent")
    }
}
