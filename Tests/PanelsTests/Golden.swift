import Grid
import PitbossTestKit
import Testing

extension Golden {
    /// One of this room's own.
    static func check(_ grid: Grid, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try check(grid, name, in: "Golden", of: #filePath, sourceLocation: sourceLocation)
    }
}
