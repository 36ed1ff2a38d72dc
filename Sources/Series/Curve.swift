/// One figure over time for a graph: every value of the last minutes, and the largest of each few for longer.
public struct Curve: Sendable, Equatable {
    private var fine: Ring
    private var coarse: Ring
    /// Values of the fine part that one of the coarse part stands for.
    private let coarseEvery: Int
    private var largest = Float.nan

    /// - Parameters:
    ///   - fineMax: values kept one by one.
    ///   - coarseMax: values kept of the coarse part.
    ///   - coarseEvery: how many values one of those stands for.
    public init(fineMax: Int, coarseMax: Int, coarseEvery: Int) {
        fine = Ring(valuesMax: fineMax)
        coarse = Ring(valuesMax: coarseMax)
        self.coarseEvery = max(coarseEvery, 1)
    }

    /// nil, and what is not finite, is a gap.
    public mutating func append(_ value: Double?) {
        let number = value.map(Float.init).flatMap { $0.isFinite ? $0 : nil } ?? .nan
        fine.append(number)
        if largest.isNaN || number > largest { largest = number }
        guard fine.total % coarseEvery == 0 else { return }
        coarse.append(largest)
        largest = .nan
    }

    /// The newest `count` values, oldest first, as they were `before` values ago; nil is a gap. Fewer where less is kept.
    public func newest(_ count: Int, before: Int = 0) -> [Double?] {
        guard count > 0, before >= 0 else { return [] }
        var out: [Double?] = []
        out.reserveCapacity(min(count, fine.total))
        let oldest = count >= fine.total ? fine.total : min(before + count, fine.total)
        for age in stride(from: oldest - 1, through: before, by: -1) {
            guard let value = value(age: age) else { continue }
            out.append(value.isNaN ? nil : Double(value))
        }
        return out
    }

    private func value(age: Int) -> Float? {
        if let value = fine.value(age: age) { return value }
        let sinceCoarse = fine.total % coarseEvery
        guard age >= sinceCoarse else { return nil }
        return coarse.value(age: (age - sinceCoarse) / coarseEvery)
    }
}
