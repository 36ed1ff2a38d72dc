public import Estate
import Insight

/// What no step of a plan may take away. Looked at before each one is sent, on what is known then.
public enum Margins {
    /// Why the step must not be sent now; nil where nothing speaks against it.
    public static func breach(_ step: Step, in snapshot: Snapshot) -> String? {
        switch step.expectation {
        case .admin(let member, let balancer, .drain), .admin(let member, let balancer, .maintenance):
            return pool(member, balancer, snapshot)
        case .rank(let member, 0): return rank(member, snapshot)
        default: return nil
        }
    }

    /// Groups that serve now and would not any more after the plan, with the reason.
    public static func breaks(_ plan: Plan, in snapshot: Snapshot, now: Timestamp) -> [String] {
        let before = Assessment.of(snapshot, now: now)
        let after = Assessment.of(Projection.of(plan, on: snapshot, now: now), now: now)
        return after.groups.compactMap { group in
            guard group.serving.isServing == false, before.group(group.id)?.serving.isServing == true else {
                return nil
            }
            return "\(group.id.name) would not serve: \(group.headline)"
        }
    }

    private static func pool(_ id: MemberID, _ balancer: SourceID, _ snapshot: Snapshot) -> String? {
        let servers = PoolServer.all(of: id.group, in: snapshot).filter { $0.balancer == balancer }
        guard servers.first(where: { $0.member == id })?.takesTraffic == true else { return nil }
        guard servers.contains(where: { $0.member != id && $0.takesTraffic }) else {
            return "\(id.name) is the last server of \(id.group.name) that takes traffic at \(balancer.name) now"
        }
        return nil
    }

    private static func rank(_ id: MemberID, _ snapshot: Snapshot) -> String? {
        let view = GroupView(id.group, snapshot, now: snapshot.latestAt)
        let left = CacheView(view).heirs.filter { $0.id != id }
        return left.isEmpty ? "\(id.name) is the last that may take over in \(id.group.name) now" : nil
    }
}
