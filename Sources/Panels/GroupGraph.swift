import Estate
import Grid
import Insight

/// What a group went through in the last minutes: how far the worst of its standbys was behind, or its sessions.
enum GroupGraph {
    /// Seconds that a column stands for. A graph that moved every second would be most of what a calm screen sends.
    static let secondsPerColumn = 5
    /// The fewest and the most rows that it takes, with its frame.
    static let rowsMin = 9
    static let rowsMax = 18

    /// A place for the members and, where there is room under them, one for the graph.
    static func room(in canvas: Canvas, rows: Int) -> [Canvas] {
        let list = rows + 1 + canvas.paneLines(canvas.height)
        let left = canvas.height - list
        guard left >= rowsMin else { return [canvas] }
        return canvas.split(rows: [.fill(), .fixed(min(left, rowsMax))])
    }

    static func draw(_ group: GroupAssessment, _ frame: Frame, on canvas: Canvas) {
        let metric: Metric = group.isDatabase ? .replayLagBytes : .sessions
        let name = group.isDatabase ? "Behind, the worst of \(group.id)" : "Sessions of \(group.id)"
        let inside = canvas.pane(name, isRoomy: true)
        let second = Int(frame.now.nanoseconds / 1_000_000_000)
        // Columns end at whole multiples of their length, so that they keep their content while they move.
        let open = second % secondsPerColumn + 1
        let wanted = max(inside.width, 1) * secondsPerColumn
        let values = frame.values(.group(group.id), metric, wanted)
        guard values.contains(where: { $0 != nil }) else {
            inside.put("nothing measured yet", x: 1, y: 0, ink: Ink(.textDim))
            return
        }
        var columns: [Double?] = []
        var end = values.count
        var size = open
        while end > 0 {
            columns.append(values[max(end - size, 0)..<end].compactMap { $0 }.max())
            end -= size
            size = secondsPerColumn
        }
        // The newest column is not full yet and would change every second.
        if columns.count > 1 { columns.removeFirst() }
        let isBytes = group.isDatabase
        inside.graph(
            Graph(
                [Graph.Line(columns.reversed())], secondsPerValue: Double(secondsPerColumn), style: .block,
                isBinary: isBytes,
                limit: isBytes ? group.limits?.maximumLagOnFailoverBytes.map(Double.init) : nil,
                phase: second / secondsPerColumn,
                unit: { isBytes ? Figures.bytes(Int64(min(max($0, 0), 9e18))) : Figures.count($0) }))
    }
}
