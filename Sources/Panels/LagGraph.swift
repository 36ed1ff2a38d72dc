import Estate
import Grid
import Insight

/// How far standbys were behind in the last minutes, as a graph: of one, or of those of a group.
enum LagGraph {
    /// The width of a page from which it has room beside other things, in cells, and the rows it wants.
    static let from = 110
    static let rowsMin = 8
    /// The most lines in one graph.
    static let linesMax = 4

    /// Nil where there is nothing to draw yet. A chosen leader has no lag: the graph is then of its group.
    static func of(_ group: GroupAssessment, _ frame: Frame, member: MemberID?) -> (name: String, graph: Graph)? {
        var members = group.members.filter { !$0.isLeader }
        if let member, members.contains(where: { $0.id == member }) { members = members.filter { $0.id == member } }
        let inks: [Token] = [.graph1, .graph2, .graph3, .graph4]
        let isOne = members.count == 1
        let lines = members.compactMap { member -> (id: MemberID, values: [Double?])? in
            let values = frame.values(.member(member.id), .replayLagBytes, Histories.valuesMax)
            return values.contains { $0 != nil } ? (member.id, values) : nil
        }.prefix(linesMax).enumerated().map { place, line in
            Graph.Line(line.values, ink: Ink(inks[place]), label: isOne ? "" : line.id.name)
        }
        guard !lines.isEmpty else { return nil }
        let limit = group.limits?.maximumLagOnFailoverBytes.map(Double.init)
        let graph = Graph(
            lines, isBinary: true, limit: limit, phase: Int(frame.now.nanoseconds / 1_000_000_000),
            unit: { Figures.bytes(Int64(min(max($0, 0), 9e18))) })
        return (isOne ? members[0].id.name : group.id.name, graph)
    }
}
