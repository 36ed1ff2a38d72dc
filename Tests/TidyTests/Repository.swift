import Foundation

/// The work tree as the tidy tests read it.
struct Repository {
    let root: URL

    static let here = Repository(
        root: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent())

    struct File {
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        /// `Sources/Estate/Update.swift` → `Estate`.
        var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Every Swift file under `folder`, sorted.
    func swiftFiles(under folder: String) throws -> [File] {
        let base = root.appendingPathComponent(folder)
        guard let walker = FileManager.default.enumerator(atPath: base.path) else { return [] }
        var paths: [String] = []
        for case let path as String in walker where path.hasSuffix(".swift") { paths.append(path) }
        return try paths.sorted().map { File(path: "\(folder)/\($0)", text: try text("\(folder)/\($0)")) }
    }

    /// Room → rooms it may import, read from Package.swift's own table.
    func importTable() throws -> [String: Set<String>] {
        let manifest = try text("Package.swift")
        guard let start = manifest.range(of: "    targets: [\n") else { return [:] }
        let opening = /(?:room|\.target|\.executableTarget|\.systemLibrary|tests)\(/
        let targets = manifest[start.upperBound...]
        let starts = targets.matches(of: opening).map(\.range.lowerBound) + [targets.endIndex]
        var quoted: [String: Set<String>] = [:]
        for (from, to) in zip(starts, starts.dropFirst()) where !targets[from...].hasPrefix("tests(") {
            let block = targets[from..<to]
            guard let name = block.firstMatch(of: /"(\w+)"/)?.output.1 else { continue }
            let list = block.firstMatch(of: /(?:imports|dependencies): \[([^\]]*)\]/)?.output.1 ?? ""
            quoted[String(name)] = Set(list.matches(of: /"(\w+)"/).map { String($0.output.1) })
        }
        return quoted.mapValues { $0.intersection(quoted.keys) }
    }
}
