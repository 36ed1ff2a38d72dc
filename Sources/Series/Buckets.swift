/// A stretch of time of a series, reduced to what a graph's column shows.
public struct Bucket: Sendable, Equatable {
    public var min: Double
    public var max: Double
    public var mean: Double
    public var last: Double
    /// Values that went into it, gaps not counted.
    public var count: Int
}

extension Ring {
    /// The time from `from` up to but not including `to` cut into `n` equal stretches. nil: nothing is known of the
    /// stretch. An empty stretch that begins within `holds` nanoseconds of the last known value carries it on, so
    /// that samples rarer than columns do not leave holes.
    public func buckets(_ n: Int, from: Int64, to: Int64, holds: Int64 = 0) -> [Bucket?] {
        guard n > 0, to > from else { return [] }
        var made = [Bucket?](repeating: nil, count: n)
        let width = Double(to &- from) / Double(n)
        var i = firstIndex(from: from)
        var carried = i > 0 ? self[i - 1] : nil
        for column in 0..<n {
            let end = column == n - 1 ? to : from &+ Int64(width * Double(column + 1))
            let begin = from &+ Int64(width * Double(column))
            var bucket: Bucket?
            while i < count, self[i].at < end {
                carried = self[i]
                if let value = self[i].value { Self.add(value, to: &bucket) }
                i += 1
            }
            if var b = bucket {
                b.mean /= Double(b.count)
                made[column] = b
            } else if let c = carried, let value = c.value, c.at <= begin, begin &- c.at <= holds {
                made[column] = Bucket(min: value, max: value, mean: value, last: value, count: 0)
            }
        }
        return made
    }

    private static func add(_ value: Double, to bucket: inout Bucket?) {
        guard var b = bucket else {
            bucket = Bucket(min: value, max: value, mean: value, last: value, count: 1)
            return
        }
        b.min = Swift.min(b.min, value)
        b.max = Swift.max(b.max, value)
        b.mean += value
        b.last = value
        b.count += 1
        bucket = b
    }

    /// The quantile `q` (0…1) of the known values from `from` on, by linear interpolation; nil where there are none.
    public func quantile(_ q: Double, from: Int64 = .min) -> Double? {
        Quantile.of((firstIndex(from: from)..<count).compactMap { self[$0].value }, q)
    }
}

public enum Quantile {
    /// The quantile `q` (0…1) of `values` in any order, by linear interpolation; nil where there are none.
    public static func of(_ values: [Double], _ q: Double) -> Double? {
        guard !values.isEmpty, q.isFinite else { return nil }
        let sorted = values.sorted()
        let position = Swift.min(Swift.max(q, 0), 1) * Double(sorted.count - 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return sorted[below] }
        let part = position - Double(below)
        return sorted[below] + (sorted[below + 1] - sorted[below]) * part
    }
}
