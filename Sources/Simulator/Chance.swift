/// A small generator of repeatable chance (SplitMix64). Each part of the platform has its own, so that one part's use
/// of it changes nothing in another.
struct Chance: Sendable, Equatable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A generator of its own for the part called `name`.
    init(seed: UInt64, _ name: String) {
        var mixed = seed
        for byte in name.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = mixed
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

    /// A factor around 1 that is off by at most `share`, mostly by less.
    mutating func wobble(_ share: Double) -> Double { 1 + share * (unit() + unit() - 1) }

    /// A length of time.
    mutating func seconds(_ low: Double, _ high: Double) -> Double { between(low, high) }
}
