/// What a box asks for along one side.
public enum Extent: Hashable, Sendable {
    /// Exactly so many cells, as long as there are any.
    case fixed(Int)
    /// A part of the whole, 0 to 1.
    case fraction(Double)
    /// At least so many cells, and a share of what is left.
    case atLeast(Int)
    /// A share of what is left, by weight.
    case fill(weight: Int = 1)
}

/// Divides a length among extents. The parts never add up to more than there is; when there is too little, the
/// first extents get theirs.
public enum Layout {
    /// The lengths that `extents` get of `total` cells, `gap` cells being left between neighbours.
    public static func lengths(of total: Int, _ extents: [Extent], gap: Int = 0) -> [Int] {
        guard !extents.isEmpty else { return [] }
        let whole = max(total - max(gap, 0) * (extents.count - 1), 0)
        var left = whole
        var lengths = extents.map { extent -> Int in
            let wanted =
                switch extent {
                case .fixed(let cells), .atLeast(let cells): max(cells, 0)
                case .fraction(let part): part.isFinite ? Int(Double(whole) * min(max(part, 0), 1)) : 0
                case .fill: 0
                }
            let got = min(wanted, left)
            left -= got
            return got
        }
        var weightLeft = extents.reduce(0) { $0 + weight(of: $1) }
        for (index, extent) in extents.enumerated() where weightLeft > 0 {
            let weight = weight(of: extent)
            guard weight > 0 else { continue }
            let share = left * weight / weightLeft
            lengths[index] += share
            left -= share
            weightLeft -= weight
        }
        return lengths
    }

    /// Where the parts lie; like `lengths`, with gaps between the parts that are there.
    public static func spans(of total: Int, _ extents: [Extent], gap: Int = 0) -> [Range<Int>] {
        var at = 0
        return lengths(of: total, extents, gap: gap).map { length in
            let start = min(at, max(total, 0))
            at = start + length + max(gap, 0)
            return start..<(start + length)
        }
    }

    private static func weight(of extent: Extent) -> Int {
        switch extent {
        case .fixed, .fraction: 0
        case .atLeast: 1
        case .fill(let weight): min(max(weight, 0), 1_000_000)
        }
    }
}
