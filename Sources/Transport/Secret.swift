import FoundationEssentials
public import Settings

/// A secret by reference: where it is kept, read at each use and never kept. Printing it shows the place only.
public struct Secret: Sendable, Equatable {
    /// Longest secret that is read, bytes.
    public static let secretBytesMax = 65_536

    private let source: SecretSource

    public init(_ source: SecretSource) { self.source = source }

    /// Where it is kept, for messages: `file /etc/…`, `environment variable NAME`.
    public var place: String {
        switch source {
        case .file(let path): return "file \(path)"
        case .environment(let name): return "environment variable \(name)"
        case .entry(let file, let keys): return "\(keys.joined(separator: ".")) in \(file)"
        }
    }

    /// The secret without the newline that editors put at a file's end.
    public func resolve() throws(TransportError) -> String {
        switch source {
        case .environment(let name):
            guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
                throw .noSecret(place: place, reason: "it is not set; export it before starting")
            }
            return value
        case .file(let path):
            var text = try contents(of: path)
            while text.last?.isNewline == true { text.removeLast() }
            guard !text.isEmpty else { throw .noSecret(place: place, reason: "it is empty") }
            return text
        case .entry(let file, let keys):
            do {
                return try SecretEntry.read(file: file, keys: keys)
            } catch {
                throw .noSecret(place: place, reason: "\(error)")
            }
        }
    }

    private func contents(of path: String) throws(TransportError) -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw .noSecret(place: place, reason: "it cannot be read; check the path and its owner")
        }
        guard bytes.count <= Secret.secretBytesMax else {
            throw .noSecret(
                place: place, reason: "it holds more than \(Secret.secretBytesMax) bytes; is it the right file?")
        }
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw .noSecret(place: place, reason: "it is not text in UTF-8")
        }
        return text
    }

    private var path: String? {
        switch source {
        case .environment: return nil
        case .file(let path): return path
        case .entry(let file, _): return file
        }
    }

    /// What is unsafe about where it is kept, and the remedy; `nil` when nothing is.
    public var warning: String? {
        guard let path,
            let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? Int
        else { return nil }
        guard mode & 0o077 != 0 else { return nil }
        let octal = String(mode & 0o777, radix: 8)
        return "\(path) can be read by others (mode \(octal)): chmod 600 \(path)"
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "secret from \(place)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["place": place]) }
}
