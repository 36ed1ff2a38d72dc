import Testing

@testable import Series

@Suite struct CurveTests {
    @Test func aRingKeepsTheLastOnes() {
        var ring = Ring(valuesMax: 3)
        #expect(ring.value(age: 0) == nil)
        for value in 1...5 { ring.append(Float(value)) }
        #expect((0..<4).map { ring.value(age: $0) } == [5, 4, 3, nil])
        #expect(ring.value(age: -1) == nil)
        #expect(ring.total == 5)
        var least = Ring(valuesMax: 0)
        least.append(7)
        #expect(least.value(age: 0) == 7)
    }

    @Test func theNewestComeOldestFirstAndGapsStay() {
        var curve = Curve(fineMax: 10, coarseMax: 10, coarseEvery: 2)
        for value in [1, nil, 3, .infinity, .nan, 6] { curve.append(value) }
        #expect(curve.newest(10) == [1, nil, 3, nil, nil, 6])
        #expect(curve.newest(2) == [nil, 6])
        #expect(curve.newest(2, before: 2) == [3, nil])
        #expect(curve.newest(0).isEmpty && curve.newest(3, before: -1).isEmpty)
        #expect(curve.newest(.max).count == 6)
    }

    @Test func whatIsOlderIsTheLargestOfEachFew() {
        var curve = Curve(fineMax: 4, coarseMax: 3, coarseEvery: 4)
        for value in 1...12 { curve.append(Double(value)) }
        // 9 to 12 one by one; before them the largest of each four.
        #expect(curve.newest(12) == [4, 4, 4, 4, 8, 8, 8, 8, 9, 10, 11, 12])
        for value in 13...17 { curve.append(Double(value)) }
        // 13 is in a coarse value of its own, 1 to 4 are no longer kept.
        #expect(curve.newest(20) == [8, 8, 8, 8, 12, 12, 12, 12, 16, 14, 15, 16, 17])
    }

    @Test func aStretchWithoutAValueIsAGap() {
        var curve = Curve(fineMax: 2, coarseMax: 3, coarseEvery: 2)
        for value in [nil, nil, 3, nil, 5, 6] as [Double?] { curve.append(value) }
        #expect(curve.newest(6) == [nil, nil, 3, 3, 5, 6])
    }
}
