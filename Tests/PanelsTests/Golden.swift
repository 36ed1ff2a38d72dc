import Foundation
import Grid
import Testing

/// Screens kept as plain text beside the tests. `PITBOSS_REWRITE_GOLDEN=1` writes them anew.
enum Golden {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func check(_ grid: Grid, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name + ".txt")
        if ProcessInfo.processInfo.environment["PITBOSS_REWRITE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(grid.text.utf8).write(to: file)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        guard kept != grid.text else { return }
        let old = kept.split(separator: "\n", omittingEmptySubsequences: false)
        let new = grid.text.split(separator: "\n", omittingEmptySubsequences: false)
        let first = zip(old, new).enumerated().first { $1.0 != $1.1 }
        let place = first.map { "line \($0 + 1):\n  kept  \($1.0)\n  drawn \($1.1)" } ?? "another number of lines"
        Issue.record("\(name) differs from what is kept, \(place)", sourceLocation: sourceLocation)
    }
}
