import FoundationEssentials
import Yams

/// A secret inside a YAML file that another program keeps.
public enum SecretEntry {
    /// Largest file that is read, bytes.
    public static let fileBytesMax = 1 << 20

    /// Reads the value under these keys now.
    public static func read(file: String, keys: [String]) throws(SettingsError) -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw .noEntry(file: file, keys: keys, reason: "the file cannot be read; check the path and its owner")
        }
        guard data.count <= fileBytesMax else { throw .tooLarge(file: file, bytesMax: fileBytesMax) }
        guard let text = String(data: data, encoding: .utf8), var node = try? Yams.compose(yaml: text, .basic) else {
            throw .noEntry(file: file, keys: keys, reason: "the file is not YAML in UTF-8")
        }
        for key in keys {
            guard let next = node.mapping?[key] else {
                throw .noEntry(file: file, keys: keys, reason: "there is no key \(key)")
            }
            node = next
        }
        guard let value = node.scalar?.string, !value.isEmpty else {
            throw .noEntry(file: file, keys: keys, reason: "it is empty or not a single value")
        }
        return value
    }
}
