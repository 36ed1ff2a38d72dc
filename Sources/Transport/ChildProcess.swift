#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

import NIOCore
import Synchronization

/// A program that runs: in a process group of its own, so that whatever it starts ends with it. A thread waits for its
/// end, and nothing of the group is left when that is told.
final class ChildProcess: Sendable {
    /// How long a program that was asked to end may take before it is made to.
    static let graceMilliseconds: Int64 = 500

    /// How a program ended.
    enum Exit: Sendable, Equatable {
        case status(Int)
        case signal(Int)
    }

    let pid: pid_t
    /// Our ends of its standard input, output and error; whoever takes one closes it.
    let input: CInt
    let output: CInt
    let errors: CInt
    private let promise: EventLoopPromise<Exit>
    private let loop: any EventLoop
    private let isReaped = Mutex(false)

    /// The first of `arguments` is the program: a path, or a name that is looked up in PATH.
    init(_ arguments: [String], label: String, loop: any EventLoop) throws(TransportError) {
        self.loop = loop
        let (made, child, pipes) = Self.starting.withLock { _ in Self.start(arguments) }
        guard made == 0 else {
            for descriptor in pipes { close(descriptor) }
            throw .notStarted(program: label, reason: NetworkFault.words(errno: made))
        }
        pid = child
        (input, output, errors) = (pipes[0], pipes[1], pipes[2])
        promise = loop.makePromise(of: Exit.self)
        if !startWaiting() {
            _ = kill(-pid, SIGKILL)
            reap()
        }
    }

    /// Comes when the program and all it started are gone.
    var exited: EventLoopFuture<Exit> { promise.futureResult }

    /// Asks it to end, and makes it after a while. May be called often, and from anywhere.
    func end() {
        signal(SIGTERM)
        loop.scheduleTask(in: .milliseconds(Self.graceMilliseconds)) { [self] in signal(SIGKILL) }
    }

    private func signal(_ number: CInt) {
        // Under the lock the number cannot be somebody else's by now.
        isReaped.withLock { isReaped in if !isReaped { _ = kill(-pid, number) } }
    }

    private static func pipe(_ pair: inout [CInt]) -> Bool {
        #if canImport(Darwin)
            guard Darwin.pipe(&pair) == 0 else { return false }
        #elseif canImport(Musl)
            guard Musl.pipe(&pair) == 0 else { return false }
        #else
            guard Glibc.pipe(&pair) == 0 else { return false }
        #endif
        for descriptor in pair { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return true
    }

    /// Held from a pipe's making until its program has been started: another that starts in between would keep its
    /// input open, and it would not notice our end.
    private static let starting = Mutex(())

    /// The error's number, and our ends of standard input, output and error.
    private static func start(_ arguments: [String]) -> (result: CInt, pid: pid_t, pipes: [CInt]) {
        var pipes: [CInt] = []
        for _ in 0..<3 {
            var pair: [CInt] = [-1, -1]
            guard pipe(&pair) else { return (errno, 0, pipes) }
            pipes += pair
        }
        // Read ends come first: the child reads 0, writes 3 and 5.
        let (made, child) = spawn(arguments, input: pipes[0], output: pipes[3], errors: pipes[5])
        for descriptor in [pipes[0], pipes[3], pipes[5]] { close(descriptor) }
        return (made, child, [pipes[1], pipes[2], pipes[4]])
    }

    private static func spawn(
        _ arguments: [String], input: CInt, output: CInt, errors: CInt
    ) -> (result: CInt, pid: pid_t) {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // What is ignored or blocked here must not be there: a pipe that breaks has to end it.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        guard let program = words[0] else { return (ENOMEM, 0) }
        let made = posix_spawnp(&child, program, &actions, &attributes, &words, environ)
        return (made, child)
    }

    private func startWaiting() -> Bool {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let unmanaged = Unmanaged.passRetained(self)
        let made = pthread_create(&thread, nil, { ChildProcess.threadMain($0) }, unmanaged.toOpaque())
        if made != 0 { unmanaged.release() }
        return made == 0
    }

    #if canImport(Darwin)
        private static func threadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
            Unmanaged<ChildProcess>.fromOpaque(argument).takeRetainedValue().reap()
            return nil
        }
    #else
        private static func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let argument else { return nil }
            pthread_detach(pthread_self())
            Unmanaged<ChildProcess>.fromOpaque(argument).takeRetainedValue().reap()
            return nil
        }
    #endif

    private func reap() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        var status: CInt = 0
        isReaped.withLock { isReaped in
            // Its number, and with it the group's, is ours until it is reaped: what it left behind ends now.
            _ = kill(-pid, SIGKILL)
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            isReaped = true
        }
        let code = Int(status)
        promise.succeed(code & 0x7F == 0 ? .status((code >> 8) & 0xFF) : .signal(code & 0x7F))
    }
}
