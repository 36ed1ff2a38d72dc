/// The last so many values of one figure, at any times, oldest first. A nil value is a gap: known to be unknown.
/// Memory is fixed: 16 bytes a sample.
public struct Ring: Sendable, Equatable {
    /// A value and when it was observed, in nanoseconds since the Unix epoch.
    public struct Sample: Sendable, Equatable {
        public let at: Int64
        public let value: Double?
        public init(at: Int64, value: Double?) {
            self.at = at
            self.value = value
        }
    }

    public let samplesMax: Int
    private var times: [Int64]
    /// NaN stands for a gap.
    private var values: [Double]
    private var start = 0
    public private(set) var count = 0

    /// A ring for `samplesMax` samples, at least one.
    public init(samplesMax: Int) {
        self.samplesMax = max(samplesMax, 1)
        times = []
        values = []
    }

    public var isEmpty: Bool { count == 0 }
    public var first: Sample? { count == 0 ? nil : self[0] }
    public var last: Sample? { count == 0 ? nil : self[count - 1] }

    /// The sample at `i`, 0 being the oldest held.
    public subscript(i: Int) -> Sample {
        let k = slot(i)
        return Sample(at: times[k], value: values[k].isNaN ? nil : values[k])
    }

    /// Takes a sample; the oldest makes room. One that is not newer than the last replaces it when it is of the same
    /// time and is dropped when it is older, so that times always rise. NaN and infinities become gaps.
    public mutating func append(_ value: Double?, at: Int64) {
        let stored = value.flatMap { $0.isFinite ? $0 : nil } ?? .nan
        if count > 0 {
            let newest = slot(count - 1)
            if at < times[newest] { return }
            if at == times[newest] {
                values[newest] = stored
                return
            }
        }
        if count < samplesMax {
            times.append(at)
            values.append(stored)
            count += 1
        } else {
            times[start] = at
            values[start] = stored
            start = start + 1 == samplesMax ? 0 : start + 1
        }
    }

    /// All samples from `from` on, oldest first.
    public func samples(from: Int64 = .min) -> [Sample] {
        (firstIndex(from: from)..<count).map { self[$0] }
    }

    /// Index of the first sample that is not older than `at`.
    public func firstIndex(from at: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if times[slot(middle)] < at { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func slot(_ i: Int) -> Int {
        let k = start + i
        return k >= times.count ? k - times.count : k
    }
}
