import Estate

/// A member reduced to what counts when something is lost.
struct Seat {
    let view: MemberAssessment
    /// Serves now.
    let serves: Bool
    /// Takes over without a loss beyond the objectives when the one that serves is gone.
    let succeeds: Bool
    /// Ways through the network fail with their provider, everything else with its node.
    let isPath: Bool

    init(_ view: MemberAssessment, serves: Bool, succeeds: Bool) {
        self.view = view
        self.serves = serves
        self.succeeds = succeeds
        isPath = false
    }

    init(path view: MemberAssessment) {
        self.view = view
        serves = true
        succeeds = false
        isPath = true
    }

    var id: MemberID { view.id }
    var node: NodeID? { isPath ? NodeID(view.path?.provider ?? view.id.name) : view.node }
    var site: SiteID? { view.site }
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
        if needed <= 1, let (nodes, sites) = Self.distinct(seats) {
            // One seat is enough: all places but one may go.
            self.nodes = max(nodes - 1, 0)
            self.sites = max(sites - 1, 0)
            return
        }
        if let (nodes, sites) = Self.byIndex(seats) {
            self.nodes = Self.losses(nodes, needed)
            self.sites = Self.losses(sites, needed)
            return
        }
        let placed = seats.compactMap(\.node)
        let alone = [Int](repeating: 1, count: seats.count - placed.count)
        nodes = Self.losses((Self.sizes(placed) + alone).sorted(by: >), needed)
        let sited = seats.compactMap(\.site)
        sites = sited.count == seats.count ? Self.losses(Self.sizes(sited).sorted(by: >), needed) : nil
    }

    /// On how many nodes and in how many sites they are, where all of these are among the first of the
    /// configuration.
    private static func distinct(_ seats: [Seat]) -> (nodes: Int, sites: Int)? {
        var (low, high, sites): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for seat in seats {
            let (node, site) = seat.view.places
            guard !seat.isPath, (0..<128).contains(node), (0..<64).contains(site) else { return nil }
            if node < 64 { low |= 1 << UInt64(node) } else { high |= 1 << UInt64(node - 64) }
            sites |= 1 << UInt64(site)
        }
        return (low.nonzeroBitCount + high.nonzeroBitCount, sites.nonzeroBitCount)
    }

    /// The quick way, where all are on nodes of the configuration that have a site: how many are on each node and
    /// in each site, most first.
    private static func byIndex(_ seats: [Seat]) -> (nodes: [Int], sites: [Int])? {
        var nodes: [Int32] = []
        var sites: [Int32] = []
        nodes.reserveCapacity(seats.count)
        sites.reserveCapacity(seats.count)
        for seat in seats {
            let (node, site) = seat.view.places
            if seat.isPath || node < 0 || site < 0 { return nil }
            nodes.append(node)
            sites.append(site)
        }
        return (runs(&nodes), runs(&sites))
    }

    private static func runs(_ values: inout [Int32]) -> [Int] {
        values.sort()
        var sizes: [Int] = []
        for i in values.indices {
            if i > 0, values[i] == values[i - 1] { sizes[sizes.count - 1] += 1 } else { sizes.append(1) }
        }
        sizes.sort(by: >)
        return sizes
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
