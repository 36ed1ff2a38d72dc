import Estate

/// How soon each file system of a host is full, by the slope of its free space over the last while: a disk at 60 % that
/// fills by the hour is worth more words than one that has been at 85 % for a year. Pure.
struct FillSlope: Sendable {
    /// Samples of one file system; the oldest make room. An hour's worth.
    static let samplesMax = 180
    static let apart = Span.seconds(20)
    /// Shorter than this is no slope.
    static let spanMin = Span.seconds(60)
    /// What was seen for a minute says something of the next half hour, and nothing of tomorrow.
    static let reach = 24.0

    private struct Sample: Sendable {
        let at: Timestamp
        let available: Double
    }
    private var samples: [String: [Sample]] = [:]

    /// Keeps the free space of now, and says in how many seconds there is none; nil where it does not shrink, or
    /// nobody can say yet.
    mutating func take(_ mountPoint: String, available: Int64, at now: Timestamp) -> Double? {
        var list = samples[mountPoint] ?? []
        // Something large was deleted, or the disk has grown: what was before tells nothing of what comes.
        if let last = list.last, Double(available) > last.available * 1.02 + 1e6 { list = [] }
        if list.last.map({ now - $0.at >= Self.apart }) ?? true {
            list.append(Sample(at: now, available: Double(available)))
            if list.count > Self.samplesMax { list.removeFirst(list.count - Self.samplesMax) }
        }
        samples[mountPoint] = list
        guard let first = list.first, list.count >= 3, now - first.at >= Self.spanMin else { return nil }
        let slope = Self.slope(list, from: first.at)
        guard slope < 0 else { return nil }
        let left = Double(available) / -slope
        return left.isFinite && left <= (now - first.at).seconds * Self.reach ? left : nil
    }

    /// File systems that are not there any more.
    mutating func keep(_ mountPoints: Set<String>) {
        if samples.count > mountPoints.count { samples = samples.filter { mountPoints.contains($0.key) } }
    }

    /// Bytes a second by least squares.
    private static func slope(_ list: [Sample], from start: Timestamp) -> Double {
        let n = Double(list.count)
        var (sumX, sumY, sumXX, sumXY) = (0.0, 0.0, 0.0, 0.0)
        for sample in list {
            let x = (sample.at - start).seconds
            sumX += x
            sumY += sample.available
            sumXX += x * x
            sumXY += x * sample.available
        }
        let below = n * sumXX - sumX * sumX
        return below > 0 ? (n * sumXY - sumX * sumY) / below : 0
    }
}
