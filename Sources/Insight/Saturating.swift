/// Arithmetic on numbers from outside: at the end of the range it stays there, for nobody may bring the house down by
/// what he claims.
extension FixedWidthInteger {
    /// `self + other`, at most `max` and at least `min`.
    func adding(_ other: Self) -> Self {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other < 0 ? .min : .max) : sum
    }

    /// `self - other`, at most `max` and at least `min`.
    func subtracting(_ other: Self) -> Self {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (other < 0 ? .max : .min) : difference
    }
}

extension Optional where Wrapped: FixedWidthInteger {
    /// Adds what is known; nothing known and nothing added stays not known.
    mutating func add(_ other: Wrapped?) {
        guard let other else { return }
        self = self?.adding(other) ?? other
    }
}

extension Optional where Wrapped == Double {
    /// Adds what is known; what is no number is not known.
    mutating func add(_ other: Double?) {
        guard let other, other.isFinite else { return }
        self = (self ?? 0) + other
    }

    /// The number that is one, and not less than nothing.
    var sound: Double? { flatMap { $0.isFinite && $0 >= 0 ? $0 : nil } }
}
