import Estate
import Synchronization

/// What is worked out of an assessment at most once, and only if somebody asks. Copies of the assessment share it.
final class Memo: Sendable, Equatable {
    private struct Known: Sendable {
        var points: [SinglePoint]?
        var nodes: [NodeAssessment]?
        var darkSites: [DarkSite]?
        var places: [NodeID: Int]?
    }
    private let known = Mutex(Known())

    func singlePoints(_ find: () -> [SinglePoint]) -> [SinglePoint] {
        if let points = known.withLock({ $0.points }) { return points }
        let found = find()
        known.withLock { $0.points = found }
        return found
    }

    func nodes(_ sort: () -> [NodeAssessment]) -> [NodeAssessment] {
        if let nodes = known.withLock({ $0.nodes }) { return nodes }
        let sorted = sort()
        known.withLock { $0.nodes = sorted }
        return sorted
    }

    func darkSites(_ find: () -> [DarkSite]) -> [DarkSite] {
        if let sites = known.withLock({ $0.darkSites }) { return sites }
        let found = find()
        known.withLock { $0.darkSites = found }
        return found
    }

    /// Where each host is in a list that never changes.
    func place(of id: NodeID, in hosts: [NodeAssessment]) -> Int? {
        known.withLock { known in
            if let places = known.places { return places[id] }
            let places = Dictionary(hosts.indices.map { (hosts[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
            known.places = places
            return places[id]
        }
    }

    /// It says nothing that the assessment itself does not.
    static func == (a: Memo, b: Memo) -> Bool { true }
}
