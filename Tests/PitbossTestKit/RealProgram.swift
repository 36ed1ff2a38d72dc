import Foundation
import Synchronization

/// A program of this machine that a test runs beside itself. It gets none of our descriptors but the three it is given,
/// none of our blocked signals, and a process group of its own that ends with it. Foundation's `Process` gives no such
/// promise: what two tests start at once hold each other's descriptors, and waiting for one may never end.
public final class RealProgram: Sendable {
    public enum Failure: Error, CustomStringConvertible {
        case notStarted(String, Int32)
        case ended(String, Int32)

        public var description: String {
            switch self {
            case .notStarted(let command, let code): "\(command): \(String(cString: strerror(code)))"
            case .ended(let command, let status): "\(command): ended with \(status)"
            }
        }
    }

    /// Its process number, which is its group's as well.
    public let pid: Int32
    private let command: String
    /// Nil while it has not been waited for.
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - command: the program's path, and its arguments.
    ///   - input: a file that is its standard input.
    ///   - output: a file that takes its standard output.
    public init(_ command: [String], input: String = "/dev/null", output: String = "/dev/null") throws {
        self.command = command.joined(separator: " ")
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        Self.closeFrom(3, &actions)
        typealias Words = [UnsafeMutablePointer<CChar>?]
        var words: Words = command.map { strdup($0) } + [nil]
        let variables = ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C.UTF-8"]
        var environment: Words = variables.map { strdup($0) } + [nil]
        defer { (words + environment).forEach { free($0) } }
        var made = pid_t()
        let code = posix_spawn(&made, command[0], &actions, &attributes, &words, &environment)
        guard code == 0 else { throw Failure.notStarted(self.command, code) }
        pid = made
    }

    /// glibc has it, and Swift's module map does not show what needs `_GNU_SOURCE`.
    private static func closeFrom(_ first: Int32, _ actions: inout posix_spawn_file_actions_t) {
        typealias Function = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let found = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
        _ = unsafeBitCast(found, to: Function.self)(&actions, first)
    }

    /// Waits for its end: the exit status, or 128 and the signal's number.
    @discardableResult public func wait() -> Int32 {
        status.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            while waitpid(pid, &raw, 0) < 0, errno == EINTR {}
            let made = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : 128 + (raw & 0x7F)
            status = made
            return made
        }
    }

    /// Ends it and all that it started, by force.
    public func stop() {
        // Some leave the group for a session of their own.
        let others = Self.children(of: pid)
        _ = kill(-pid, SIGKILL)
        for other in others { _ = kill(other, SIGKILL) }
        wait()
    }

    private static func children(of pid: pid_t) -> [pid_t] {
        let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/task/\(pid)/children") ?? Data()
        let mine = String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
        return mine + mine.flatMap { children(of: $0) }
    }

    /// Runs a command to its end.
    /// - Throws: `Failure` where it cannot be started or its status is not 0.
    public static func run(_ command: String...) throws { try run(command) }

    /// Runs a command to its end.
    /// - Throws: `Failure` where it cannot be started or its status is not 0.
    public static func run(_ command: [String], input: String = "/dev/null", output: String = "/dev/null") throws {
        let status = try RealProgram(command, input: input, output: output).wait()
        guard status == 0 else { throw Failure.ended(command.joined(separator: " "), status) }
    }
}
