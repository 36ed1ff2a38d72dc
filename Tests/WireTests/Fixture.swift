import Foundation

/// Bytes recorded from real servers, in `Tests/Fixtures`.
enum Fixture {
    static func bytes(_ path: String, from file: String = #filePath) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: folder.appendingPathComponent("Fixtures").appendingPathComponent(path)))
    }
}
