import Estate
public import Grid
import Insight

/// The whole screen of one frame.
public enum Screen {
    /// The smallest screen that shows anything of use, in cells.
    public static let widthMin = 40
    public static let heightMin = 10

    /// Draws `frame` over the whole canvas, whatever its size.
    public static func draw(_ frame: Frame, on canvas: Canvas) {
        guard canvas.width >= widthMin, canvas.height >= heightMin else {
            tooSmall(frame, canvas)
            return
        }
        let banners = BannerPanel.banners(frame)
        let bannerLines = min(banners.count, canvas.height >= 20 ? BannerPanel.linesMax : 1)
        let parts = canvas.split(rows: [.fixed(1), .fixed(1), .fixed(bannerLines), .fill(), .fixed(1)])
        HeaderPanel.draw(frame, on: parts[0])
        TabsPanel.draw(frame, on: parts[1])
        BannerPanel.draw(banners, on: parts[2])
        let body = parts[3]
        page(frame, body)
        if let silence = frame.silence {
            body.stale()
            noData(silence, frame, body)
        }
        overlay(frame, body)
        FooterPanel.draw(frame, on: parts[4])
    }

    private static func page(_ frame: Frame, _ body: Canvas) {
        switch frame.view.opened.last {
        case .group(let id): GroupDetail.draw(id, frame, on: body)
        case .member(let id): MemberDetail.draw(id, frame, on: body)
        case .node(let id): NodeDetail.draw(id, frame, on: body)
        case .source, .event, .loss, .alert, .silence, nil: PanelCatalogue.panel(frame.view.panel)?.draw(frame, body)
        }
    }

    private static func overlay(_ frame: Frame, _ body: Canvas) {
        switch frame.view.overlay {
        case .help: HelpPanel.draw(frame, on: body)
        case .requests: RequestsPanel.draw(frame, on: body)
        case .sources: SourcesPanel.draw(frame, on: body)
        case .palette(let palette): PalettePanel.draw(palette, frame, on: body)
        case .dialog(let dialog): DialogPanel.draw(dialog, frame, on: body)
        case nil: return
        }
    }

    /// Frozen data must never look live.
    private static func noData(_ silence: Frame.Silence, _ frame: Frame, _ body: Canvas) {
        let failed = frame.snapshot.sources.count { $0.status.state != .live && $0.status.state != .connecting }
        let total = frame.snapshot.sources.count
        let text: [String] =
            switch silence {
            case .never where total == 0: ["NO DATA YET", "no source is configured"]
            case .never where failed == 0: ["NO DATA YET", "waiting for the first answer of \(total) sources"]
            case .never: ["NO DATA YET", "\(failed) of \(total) sources cannot be reached"]
            case .since(let at):
                [
                    "NO DATA since \(Figures.clock(at))Z",
                    "\(Figures.age(from: at, to: frame.now)) ago; all here is of then;"
                        + " \(failed) of \(total) sources fail",
                ]
            }
        let lines = text + ["S shows the sources and what is wrong with each"]
        let width = (lines.map { TextWidth.of($0) }.max() ?? 0) + 6
        let window = body.window(
            x: max((body.width - width) / 2, 0), y: max(body.height - lines.count - 2, 0),
            width: min(width, body.width), height: min(lines.count + 2, body.height))
        let ink = Ink(.alarmText, on: .alarmBack)
        window.fill(ink: ink)
        for (y, line) in lines.enumerated() {
            window.put(
                line, x: 1, y: y + 1, ink: y == 0 ? ink.bold : ink, width: max(window.width - 2, 0), align: .center)
        }
    }

    private static func tooSmall(_ frame: Frame, _ canvas: Canvas) {
        let verdict = frame.silence == nil ? frame.assessment.worst : .unknown
        canvas.put(Looks.verdict(verdict, canvas.glyphs), x: 0, y: 0, ink: Ink(Looks.token(verdict), .bold))
        let simulated = frame.desk.simulation == nil ? "" : "SIMULATION "
        let need = "\(simulated)needs \(widthMin)x\(heightMin), has \(canvas.width)x\(canvas.height)"
        for (y, line) in TextWidth.wrap(need, to: max(canvas.width, 1)).enumerated() {
            canvas.put(line, x: 0, y: y + 1)
        }
    }
}
