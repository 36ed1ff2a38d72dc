import Estate

/// A member reduced to what counts when something is lost.
struct Seat {
    let node: NodeID?
    let site: SiteID?
    let member: MemberID
    /// Serves now.
    let serves: Bool
    /// Takes over without a loss beyond the objectives when the one that serves is gone.
    let succeeds: Bool

    init(_ view: MemberAssessment, serves: Bool, succeeds: Bool) {
        node = view.node
        site = view.site
        member = view.id
        self.serves = serves
        self.succeeds = succeeds
    }

    /// A way through the network: what fails together is what one provider carries.
    init(path view: MemberAssessment) {
        node = NodeID(view.path?.provider ?? view.id.name)
        site = view.site
        member = view.id
        serves = true
        succeeds = false
    }
}

/// How many failures, whichever they are, leave at least `needed` seats that serve or succeed. A member whose node
/// is not known counts as one of its own node.
///
/// What is left is a count, and each node takes a fixed number of seats with it, so the worst failures are those
/// of the fullest nodes: no need to try every combination.
struct Tolerance {
    let nodes: Int
    /// nil where the site of a seat is not known.
    let sites: Int?

    init(_ seats: [Seat], needed: Int) {
        let useful = seats.filter { $0.serves || $0.succeeds }
        let placed = useful.compactMap(\.node)
        let alone = [Int](repeating: 1, count: useful.count - placed.count)
        nodes = Self.losses((Self.sizes(placed) + alone).sorted(by: >), needed)
        let sited = useful.compactMap(\.site)
        sites = sited.count == useful.count ? Self.losses(Self.sizes(sited).sorted(by: >), needed) : nil
    }

    /// Losses after which a balancer is left; nil where it is not known where each of them runs.
    init?(_ balancers: [BalancerSeat]) {
        let placed = balancers.compactMap(\.node)
        guard !balancers.isEmpty, placed.count == balancers.count else { return nil }
        nodes = Self.losses(Self.sizes(placed).sorted(by: >), 1)
        let sited = balancers.compactMap(\.site)
        sites = sited.count == balancers.count ? Self.losses(Self.sizes(sited).sorted(by: >), 1) : nil
    }

    private static func sizes<Place: Hashable>(_ places: [Place]) -> [Int] {
        var counts: [Place: Int] = [:]
        for place in places { counts[place, default: 0] += 1 }
        return Array(counts.values)
    }

    private static func losses(_ sizes: [Int], _ needed: Int) -> Int {
        var left = sizes.reduce(0, +)
        var lost = 0
        for size in sizes {
            left -= size
            if left < max(needed, 1) { break }
            lost += 1
        }
        return lost
    }
}
