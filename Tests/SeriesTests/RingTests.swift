import Series
import Testing

@Suite struct RingTests {
    @Test func theOldestMakesRoom() {
        var ring = Ring(samplesMax: 3)
        for i in 1...5 { ring.append(Double(i), at: Int64(i)) }
        #expect(ring.samples().map(\.value) == [3, 4, 5])
        #expect(ring.samples().map(\.at) == [3, 4, 5])
        #expect(ring.first?.at == 3)
        #expect(ring.last?.value == 5)
    }

    @Test func agreesWithAPlainArrayWhateverTheSize() {
        for size in 1...7 {
            var ring = Ring(samplesMax: size)
            var plain: [Double?] = []
            for i in 0..<40 {
                let value: Double? = i % 5 == 0 ? nil : Double(i)
                ring.append(value, at: Int64(i))
                plain = Array((plain + [value]).suffix(size))
                #expect(ring.samples().map(\.value) == plain)
            }
        }
    }

    @Test func timesOnlyRise() {
        var ring = Ring(samplesMax: 4)
        ring.append(1, at: 10)
        ring.append(2, at: 10)
        ring.append(3, at: 9)
        #expect(ring.samples() == [Ring.Sample(at: 10, value: 2)])
    }

    @Test func whatIsNoNumberIsAGap() {
        var ring = Ring(samplesMax: 4)
        ring.append(.nan, at: 1)
        ring.append(.infinity, at: 2)
        ring.append(nil, at: 3)
        #expect(ring.samples().map(\.value) == [nil, nil, nil])
        #expect(ring.quantile(0.5) == nil)
    }

    @Test func nothingAndTooLittle() {
        let ring = Ring(samplesMax: 0)
        #expect(ring.samplesMax == 1)
        #expect(ring.isEmpty && ring.first == nil && ring.last == nil)
        #expect(ring.buckets(3, from: 0, to: 10) == [nil, nil, nil])
        #expect(ring.buckets(0, from: 0, to: 10).isEmpty)
        #expect(ring.buckets(3, from: 10, to: 10).isEmpty)
    }

    @Test func bucketsHoldEveryValueOnce() throws {
        var ring = Ring(samplesMax: 100)
        for i in 0..<100 { ring.append(Double(i), at: Int64(i * 10)) }
        let buckets = ring.buckets(7, from: 0, to: 1000)
        #expect(buckets.count == 7)
        #expect(buckets.compactMap { $0?.count }.reduce(0, +) == 100)
        let first = try #require(buckets[0])
        #expect(first.min == 0 && first.max == 14 && first.last == 14 && first.mean == 7)
        #expect(buckets[6]?.last == 99)
    }

    @Test func gapsLeaveHolesAndRareSamplesCarryOn() {
        var ring = Ring(samplesMax: 10)
        ring.append(5, at: 0)
        ring.append(nil, at: 40)
        ring.append(7, at: 80)
        let bare = ring.buckets(10, from: 0, to: 100)
        #expect(bare.map { $0?.last } == [5, nil, nil, nil, nil, nil, nil, nil, 7, nil])
        let held = ring.buckets(10, from: 0, to: 100, holds: 30)
        #expect(held.map { $0?.last } == [5, 5, 5, 5, nil, nil, nil, nil, 7, 7])
        #expect(held[1]?.count == 0)
        // What was there before the stretch carries into it.
        #expect(ring.buckets(1, from: 10, to: 20, holds: 10).map { $0?.last } == [5])
    }

    @Test(arguments: [(0.0, 1.0), (0.5, 2.5), (1, 4), (0.25, 1.75), (-1, 1), (2, 4)])
    func quantiles(q: Double, wanted: Double) {
        #expect(Quantile.of([4, 1, 3, 2], q) == wanted)
    }

    @Test func quantilesOfNothing() {
        #expect(Quantile.of([], 0.5) == nil)
        #expect(Quantile.of([1], .nan) == nil)
        #expect(Quantile.of([9], 0.99) == 9)
    }
}
