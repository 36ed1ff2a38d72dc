import Foundation

/// The kernel's words for an error number.
func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}

/// Thin, throwing wrappers over what the lab needs of the file system.
enum Files {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func makeDirectory(_ path: String, mode: mode_t, owner: ServiceUser?) throws(LabError) {
        if mkdir(path, mode) != 0, errno != EEXIST {
            throw .system(call: "mkdir", subject: path, code: errno)
        }
        try settle(path, mode: mode, owner: owner)
    }

    /// Writes the whole file under a temporary name, then renames it: a reader never sees half of it.
    static func write(_ text: String, to path: String, mode: mode_t, owner: ServiceUser?) throws(LabError) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw .system(call: "open", subject: temporary, code: errno) }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .system(call: "write", subject: temporary, code: errno) }
            bytes = bytes.dropFirst(count)
        }
        try settle(temporary, mode: mode, owner: owner)
        guard rename(temporary, path) == 0 else { throw .system(call: "rename", subject: path, code: errno) }
    }

    private static func settle(_ path: String, mode: mode_t, owner: ServiceUser?) throws(LabError) {
        guard chmod(path, mode) == 0 else { throw .system(call: "chmod", subject: path, code: errno) }
        if let owner, getuid() == 0, lchown(path, owner.uid, owner.gid) != 0 {
            throw .system(call: "chown", subject: path, code: errno)
        }
    }

    /// The bytes of a file of any kind, also of those in /proc that claim length 0; nil if it cannot be read.
    static func bytes(_ path: String, limitBytes: Int = 4 << 20) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while all.count < limitBytes {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 { return nil }
            if count == 0 { break }
            all += chunk[..<count]
        }
        return all
    }

    static func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }

    static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        guard count >= 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The last lines of a log, for an error message.
    static func tail(_ path: String, lines: Int = 8) -> String {
        let all = (text(path) ?? "(no log)").split(separator: "\n", omittingEmptySubsequences: true)
        return all.suffix(lines).map { String($0.prefix(300)) }.joined(separator: "\n")
    }
}

/// The unprivileged account under which the services run.
struct ServiceUser: Sendable, Equatable {
    let name: String
    let uid: uid_t
    let gid: gid_t

    /// `postgres` when root starts the lab, otherwise whoever does.
    static func current() throws(LabError) -> ServiceUser {
        let isRoot = getuid() == 0
        let entry = isRoot ? getpwnam("postgres") : getpwuid(getuid())
        guard let entry, let name = entry.pointee.pw_name else {
            if isRoot { throw .noServiceUser(name: "postgres") }
            return ServiceUser(name: "\(getuid())", uid: getuid(), gid: getgid())
        }
        return ServiceUser(
            name: String(cString: name), uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
    }
}

/// Seconds of a clock that never jumps.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Blocks this thread; the lab works on threads of its own, never on Swift's shared ones.
func pauseMilliseconds(_ milliseconds: Int) {
    usleep(UInt32(milliseconds) * 1000)
}
