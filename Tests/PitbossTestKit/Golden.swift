import Foundation
public import Grid
public import Testing

/// Screens kept as plain text beside the tests. `PITBOSS_REWRITE_GOLDEN=1` writes them anew.
public enum Golden {
    /// - Parameter folder: where the kept ones are, beside the file that calls.
    public static func check(
        _ grid: Grid, _ name: String, in folder: String, of file: String = #filePath,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let folder = URL(filePath: file).deletingLastPathComponent().appending(path: folder)
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
