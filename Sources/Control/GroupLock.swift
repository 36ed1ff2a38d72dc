import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// One action a group at a time, among all processes of this machine that share the state folder: a lock on a file
/// that names its holder. The lock ends with the process, the file stays.
final class GroupLock: Sendable {
    private let descriptor: CInt

    /// - Parameter holder: one line about who holds it, for the one who is refused.
    init(folder: String, group: String, holder: String) throws(ControlError) {
        let path = folder + "/locks/" + Self.fileName(group)
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/locks", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .lockUnusable(path: path, reason: "its folder cannot be made")
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .lockUnusable(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let other = Self.read(descriptor)
            close(descriptor)
            if code == EWOULDBLOCK { throw .busy(group: group, holder: other) }
            throw .lockUnusable(path: path, reason: String(cString: strerror(code)))
        }
        let text = Array((holder + "\n").utf8)
        // Who holds it is a courtesy to others: the lock itself holds without it.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
        self.descriptor = descriptor
    }

    deinit {
        _ = ftruncate(descriptor, 0)
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func read(_ descriptor: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return "another process" }
        return String(decoding: buffer.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self)
    }

    /// A name for the file that no group's name can leave the folder with.
    static func fileName(_ group: String) -> String {
        var out = ""
        for byte in group.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2D || byte == 0x5F
            if isPlain {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                out += "%" + String(byte, radix: 16, uppercase: true)
            }
        }
        return out + ".lock"
    }
}
