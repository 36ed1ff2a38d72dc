import Foundation
public import Grid

/// Screens kept as plain text beside the tests. `PITBOSS_REWRITE_GOLDEN=1` writes them anew.
public enum Golden {
    /// How a screen differs from the one that is kept; nil: not at all. Throws where none is kept.
    /// - Parameter folder: where the kept ones are, beside the file that calls.
    public static func difference(
        _ grid: Grid, _ name: String, in folder: String, of file: String = #filePath
    ) throws -> String? {
        let folder = URL(filePath: file).deletingLastPathComponent().appending(path: folder)
        let file = folder.appending(path: name + ".txt")
        if ProcessInfo.processInfo.environment["PITBOSS_REWRITE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(grid.text.utf8).write(to: file)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        guard kept != grid.text else { return nil }
        let old = kept.split(separator: "\n", omittingEmptySubsequences: false)
        let new = grid.text.split(separator: "\n", omittingEmptySubsequences: false)
        let first = zip(old, new).enumerated().first { $1.0 != $1.1 }
        let place = first.map { "line \($0 + 1):\n  kept  \($1.0)\n  drawn \($1.1)" } ?? "another number of lines"
        return "\(name) differs from what is kept, \(place)"
    }
}
