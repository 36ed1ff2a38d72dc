import Estate
import Grid
import Insight

/// The figures that the platform's owners watch, side by side: what a person who bets would notice.
enum KeyFiguresPane {
    private static let cardWidth = 24
    private static let gap = 2

    /// Lines that the pane takes, frame and all; 0 where there is nothing to show or no room to spare.
    static func height(_ frame: Frame, _ canvas: Canvas) -> Int {
        let figures = frame.assessment.whole.figures
        guard !figures.isEmpty, canvas.height >= 16 else { return 0 }
        let across = max((canvas.width - 4) / (cardWidth + gap), 1)
        let most = canvas.height >= 30 ? 3 : 1
        let lines = min((figures.count + across - 1) / across, most)
        return lines + canvas.paneLines(lines + 2)
    }

    static func draw(_ frame: Frame, on canvas: Canvas) {
        let figures = frame.assessment.whole.figures
        guard canvas.height > 0, !figures.isEmpty else { return }
        let inside = canvas.pane("Key figures", trailing: limits(figures))
        let room = inside.inset(left: 1, right: 1)
        let across = max(room.width / (cardWidth + gap), 1)
        let shown = worstFirst(figures, most: across * room.height)
        let width = room.width / across - gap
        for (n, one) in shown.enumerated() {
            let card = room.window(
                x: (n % across) * (width + gap), y: n / across, width: width, height: 1)
            put(one, frame, card)
        }
    }

    /// In the order of the configuration; where not all fit, those beyond their limits come first.
    private static func worstFirst(
        _ figures: [PlatformAssessment.Figure], most: Int
    ) -> [PlatformAssessment.Figure] {
        guard figures.count > most else { return figures }
        let bad = figures.filter { $0.standing < .unknown }
        return Array((bad + figures.filter { $0.standing >= .unknown }).prefix(max(most, 0)))
    }

    private static func limits(_ figures: [PlatformAssessment.Figure]) -> String {
        let bad = figures.count { $0.standing < .unknown }
        return bad == 0 ? "" : "\(Figures.counted(bad, "figure")) beyond limits"
    }

    private static func put(_ one: PlatformAssessment.Figure, _ frame: Frame, _ card: Canvas) {
        let (sign, token): (String, Token) =
            switch one.standing {
            case .alarm: (card.glyphs.degraded, .checkFail)
            case .warning: (card.glyphs.atRisk, .checkWarn)
            case .unknown: (card.glyphs.unknown, .textStale)
            case .fine: ("", .textStrong)
            }
        let isKnown = one.figure.value != nil
        let value = sign.isEmpty ? one.figure.text : isKnown ? sign + " " + one.figure.text : sign
        let valueWidth = TextWidth.of(value)
        let nameWidth = min(TextWidth.of(one.figure.name), max(card.width - valueWidth - 1, 0))
        card.put(one.figure.name, x: 0, y: 0, ink: Ink(.textDim), width: nameWidth)
        card.put(value, x: max(card.width - valueWidth, 0), y: 0, ink: Ink(token, .bold))
        let left = card.width - nameWidth - valueWidth - 2
        guard left >= 4 else { return }
        let curve = frame.values(.figure(one.figure.name), .keyFigure, left)
        card.sparkline(curve, x: nameWidth + 1, y: 0, width: left)
    }
}
