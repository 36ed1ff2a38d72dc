import Grid
import PitbossTestKit
import Testing

extension Golden {
    /// One of this room's own.
    static func check(_ grid: Grid, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        guard let difference = try difference(grid, name, in: "Golden", of: #filePath) else { return }
        Issue.record("\(difference)", sourceLocation: sourceLocation)
    }
}
