import Estate
import Grid
import Insight

/// What a host's hardware says of itself: arrays, disks' health, heat.
enum NodeHardware {
    static func lines(_ facts: NodeFacts, _ glyphs: Glyphs) -> [[Piece]] {
        facts.arrays.prefix(8).map { array($0, glyphs) } + health(facts.disks, glyphs)
            + facts.temperatures.prefix(8).map(heat)
    }

    private static func array(_ array: ArrayFacts, _ glyphs: Glyphs) -> [Piece] {
        let isBad = array.disksActive < array.disksRequired
        let isWhole = !isBad && !array.isRebuilding
        var line = Document.pair(
            "raid \(array.device)",
            (isWhole ? "\(glyphs.pass) " : "\(glyphs.fail) ") + "\(array.disksActive) of \(array.disksRequired) disks",
            isBad ? .checkFail : .text)
        if array.disksFailed > 0 { line.append(Piece(", \(array.disksFailed) failed", Ink(.checkFail))) }
        if array.disksSpare > 0 { line.append(Piece(", \(array.disksSpare) spare", Ink(.textDim))) }
        guard array.isRebuilding else { return line }
        let bar = Bar.text(array.rebuildProgress, width: 12, glyphs: glyphs)
        line += [
            Piece(", rebuilding ", Ink(.checkWarn)), Piece(bar.full, Ink(.barFill)), Piece(bar.empty, Ink(.barEmpty)),
            Piece(array.rebuildProgress.map { " " + Figures.percent($0) } ?? "", Ink(.text)),
        ]
        return line
    }

    /// A table, a line a disk that says anything of itself.
    private static func health(_ disks: [DiskFacts], _ glyphs: Glyphs) -> [[Piece]] {
        let known = disks.filter { $0.health != nil }.prefix(NodeDetail.disksMax)
        guard !known.isEmpty else { return [] }
        func right(_ text: String?, _ width: Int) -> String {
            TextWidth.fit(text ?? glyphs.nothing, to: width, align: .right, glyphs: glyphs)
        }
        let head =
            TextWidth.fit("disk", to: 13) + TextWidth.fit("says", to: 9) + right("worn", 6) + right("moved", 7)
            + right("pending", 9) + right("errors", 8) + right("heat", 7) + right("on for", 8)
        return [[Piece(head, Ink(.textDim))]]
            + known.compactMap { disk in
                guard let health = disk.health else { return nil }
                return line(disk.device, health, glyphs, right)
            }
    }

    private static func line(
        _ device: String, _ health: DiskHealth, _ glyphs: Glyphs, _ right: (String?, Int) -> String
    ) -> [Piece] {
        let says: (String, Token) =
            switch health.isPassed {
            case true: ("\(glyphs.pass) passed", .checkPass)
            case false: ("\(glyphs.fail) FAILS", .checkFail)
            default: ("? unknown", .textStale)
            }
        func count(_ value: Int64?, _ width: Int, badFrom: Int64) -> Piece {
            let isBad = (value ?? 0) >= badFrom
            let isSome = (value ?? 0) > 0
            return Piece(
                right(value.map { Figures.count(Double($0)) }, width),
                Ink(isBad ? .checkFail : isSome ? .checkWarn : .text))
        }
        let isWorn = (health.wearUsed ?? 0) >= NodeLimits.wearMax
        let isHot = (health.celsius ?? 0) >= NodeLimits.diskCelsiusMax
        return [
            Piece(TextWidth.fit(device, to: 12, glyphs: glyphs) + " ", Ink(.text)),
            Piece(TextWidth.fit(says.0, to: 9, glyphs: glyphs), Ink(says.1)),
            Piece(right(health.wearUsed.map(Figures.percent), 6), Ink(isWorn ? .checkFail : .text)),
            count(health.reallocatedSectors, 7, badFrom: NodeLimits.reallocatedSectorsMax),
            count(health.pendingSectors, 9, badFrom: 1), count(health.mediaErrors, 8, badFrom: 1),
            Piece(
                right(health.celsius.map { "\(Figures.count($0.rounded())) C" }, 7), Ink(isHot ? .checkFail : .text)),
            Piece(
                right(health.poweredOnHours.map { Figures.seconds(Double($0) * 3_600) }, 8), Ink(.textDim)),
        ]
    }

    private static func heat(_ heat: TemperatureFacts) -> [Piece] {
        let hot = heat.limitCelsius.map { heat.celsius >= $0 - NodeLimits.heatMarginCelsius } ?? false
        let limit = heat.limitCelsius.map { " of \(Figures.count($0.rounded())) C" } ?? ""
        return Document.pair(
            heat.sensor, "\(Figures.count(heat.celsius.rounded())) C\(limit)", hot ? .checkFail : .text)
    }
}
