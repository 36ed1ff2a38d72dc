import Estate

/// The last tries of one way, and what they say together. Pure.
struct PathWindow: Sendable {
    /// Tries that count; the oldest make room.
    static let triesMax = 30
    /// So many failures in a row and it is down: one lost packet is loss.
    static let failuresUntilDown = 3

    private var tries: [Double?] = []
    private var failures = 0
    private(set) var isUp: Bool?

    /// How long a try took, seconds; nil where it failed.
    mutating func take(_ seconds: Double?) {
        tries.append(seconds)
        if tries.count > Self.triesMax { tries.removeFirst(tries.count - Self.triesMax) }
        if seconds != nil {
            failures = 0
            isUp = true
        } else {
            failures += 1
            // Who never got through yet is down at once: there is nothing to wait for.
            if failures >= Self.failuresUntilDown || isUp == nil { isUp = false }
        }
    }

    /// 0…1 of the tries.
    var loss: Double? { tries.isEmpty ? nil : Double(tries.count { $0 == nil }) / Double(tries.count) }

    private var times: [Double] { tries.compactMap { $0 } }

    /// Of fewer tries nothing is said: the first of all has names to look up and certificates to read.
    static let latencyTriesMin = 3

    /// The middle one of the tries that got through.
    var latencySeconds: Double? {
        let sorted = times.sorted()
        return sorted.count < Self.latencyTriesMin ? nil : sorted[sorted.count / 2]
    }

    /// How much one try differs from the next, on average.
    var jitterSeconds: Double? {
        let times = times
        guard times.count > 1 else { return nil }
        let sum = zip(times, times.dropFirst()).map { abs($0 - $1) }.reduce(0, +)
        return sum / Double(times.count - 1)
    }

    func facts(_ probe: String, provider: String?, capacity: Double?) -> PathFacts {
        var facts = PathFacts()
        facts.provider = provider
        facts.target = probe
        facts.isUp = isUp
        facts.loss = loss
        facts.latencySeconds = latencySeconds
        facts.jitterSeconds = jitterSeconds
        facts.capacityBytesRate = capacity
        return facts
    }
}
