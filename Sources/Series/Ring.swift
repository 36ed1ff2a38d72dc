/// The last so many values of one figure, taken at even intervals: a new one takes the place of the oldest. Four bytes a
/// value. Not a number stands for what was not measured.
public struct Ring: Sendable, Equatable {
    /// The most values kept, at least one.
    public let valuesMax: Int
    private var values: [Float] = []
    /// All values ever taken.
    public private(set) var total = 0

    public init(valuesMax: Int) { self.valuesMax = max(valuesMax, 1) }

    public mutating func append(_ value: Float) {
        if values.count < valuesMax { values.append(value) } else { values[total % valuesMax] = value }
        total += 1
    }

    /// The value `age` places before the newest; nil where it is not kept, or never was.
    public func value(age: Int) -> Float? {
        guard age >= 0, age < values.count else { return nil }
        return values[(total - 1 - age) % values.count]
    }
}
