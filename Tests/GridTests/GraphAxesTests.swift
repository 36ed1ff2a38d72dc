import Testing

@testable import Grid

@Suite struct GraphAxesTests {
    private func bytes(_ value: Double) -> String {
        value >= 1_024 ? "\(Int(value / 1_024)) KiB" : "\(Int(value)) B"
    }

    private func drawn(
        _ graph: Graph, _ width: Int, _ height: Int, _ glyphs: Glyphs = .utf8
    ) -> Grid {
        Grid.drawn(width: width, height: height, glyphs: glyphs) { $0.graph(graph) }
    }

    @Test func figuresAndAgesStandAtTheEdges() {
        let values = (0..<300).map { Double($0) * 100 }
        let graph = Graph([.init(values)], isBinary: true, unit: { "\(Int($0 / 1_024)) KiB" })
        let text = drawn(graph, 60, 9).text.split(separator: "\n").map(String.init)
        #expect(text[0].hasPrefix("32 KiB │"))
        #expect(text[4].hasPrefix("16 KiB │"))
        #expect(text[7].hasPrefix(" 0 KiB │"))
        #expect(text[8].hasSuffix("now") && text[8].contains("5.2 min") && text[8].contains("2.6 min"))
    }

    @Test func inASCIIItIsMadeOfASCII() {
        let graph = Graph([.init([1, 2, nil, 3], label: "a")], limit: 2, unit: { "\(Int($0))" })
        let text = drawn(graph, 40, 8, .ascii).text
        #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
        #expect(text.contains("#") && text.contains("now"))
    }

    @Test func aLimitIsDrawnAcross() {
        let graph = Graph([.init([90, 95])], limit: 100, unit: { "\(Int($0))" })
        #expect(graph.scale.upperBound >= 100)
        #expect(drawn(graph, 40, 8).text.contains("╌╌╌╌"))
        // Far above what is drawn it would only press the line flat.
        #expect(Graph([.init([1, 2])], limit: 1_000, unit: { _ in "" }).scale.upperBound == 2)
    }

    @Test(arguments: [
        (0.0, 1.0, 1.0), (0.3, 0.5, 0.5), (1, 1, 1), (3, 5, 4), (9, 10, 16), (17, 20, 32), (100, 100, 128),
        (1_025, 2_000, 2_048), (-3, 1, 1),
    ])
    func ceilingsAreWholeFigures(value: Double, ten: Double, two: Double) {
        #expect(abs(Graph.ceiling(value, isBinary: false) - ten) < 1e-9)
        #expect(Graph.ceiling(value, isBinary: true) == two)
    }

    @Test func peaksAreKeptAndPlacesKeepTheirValues() {
        var values = [Double?](repeating: 1, count: 300)
        values[150] = 99
        let small = Graph.reduced(values, to: 60)
        #expect(small.values.count <= 60 && small.each == 5)
        #expect(small.values.compactMap { $0 }.max() == 99)
        // One value later, with the phase one further: only the newest place is another one.
        let first = Graph.reduced((0..<300).map { Double($0) }, to: 60, phase: 10)
        let second = Graph.reduced((1..<301).map { Double($0) }, to: 60, phase: 11)
        #expect(first.values.dropLast(1).suffix(50) == second.values.dropLast(1).suffix(50))
        #expect(Graph.reduced([1, nil], to: 5).values == [1, nil])
        #expect(Graph.reduced([1], to: 0).values.isEmpty)
    }

    @Test func agesAreShort() {
        #expect(
            [0, 30, 90, 300, 5_400, 7_200, 86_400 * 3].map(Graph.age) == [
                "now", "30 s", "90 s", "5 min", "90 min", "2 h", "3 d",
            ])
    }

    @Test func oddDistancesAreNoTrap() {
        for seconds in [0, -1, .nan, .infinity, 1e300] {
            let graph = Graph([.init([1, 2, 3])], secondsPerValue: seconds, unit: { "\($0)" })
            #expect(drawn(graph, 40, 8).text.contains("now"))
        }
    }

    @Test func anySizeStaysInside() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let width = Int.random(in: 0...50, using: &random)
            let height = Int.random(in: 0...12, using: &random)
            let odd: [Double?] = [nil, .nan, .infinity, -.infinity, 1e308, -1e308, 0, 3]
            let values = (0..<Int.random(in: 0...90, using: &random)).map { _ in odd.randomElement(using: &random) ?? 0
            }
            let graph = Graph(
                [.init(values, label: random.text()), .init([1, 2, 3])],
                style: Bool.random(using: &random) ? .braille : .block,
                limit: odd.randomElement(using: &random) ?? nil, phase: width, unit: { "\($0)" })
            let grid = drawn(graph, width, height, Bool.random(using: &random) ? .utf8 : .ascii)
            #expect(grid.faults.isEmpty)
        }
    }
}
