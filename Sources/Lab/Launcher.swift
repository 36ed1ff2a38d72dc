import Foundation

/// How one member is started.
struct LaunchOrder: Sendable, Equatable {
    let member: String
    /// Program and arguments; the program as an absolute path.
    let command: [String]
    /// Where it stands.
    let folder: String
    let log: String
    var environment: [String: String] = [:]
    /// It gives up root by itself: our own executable, which may lie where only root can reach it.
    var dropsRootItself = false
}

/// Starts services: in a session of their own, under the unprivileged account, with a clean environment,
/// holding no descriptor of ours, so that they outlive the command that started them.
struct Launcher: Sendable {
    static let postgresPrograms = "/usr/lib/postgresql/15/bin"
    /// glibc's POSIX_SPAWN_SETSID, which Swift's module map leaves out in some versions.
    private static let newSession: Int32 = 0x80

    let lab: String
    let user: ServiceUser
    /// The folder under which a member's control group is made; nil where there are none.
    let cgroups: String?

    /// - Returns: the new process.
    func start(_ order: LaunchOrder) throws(LabError) -> ProcessIdentity {
        let pid = try spawn(argv(order), order)
        guard let text = Files.text("/proc/\(pid)/stat"), let entry = ProcessEntry.parse(stat: text) else {
            throw .memberDied(member: order.member, log: order.log, lastLines: Files.tail(order.log))
        }
        return entry.identity
    }

    /// The command as it is executed: first into the control group (the sockets it will open are counted
    /// to the group it is in then), then out of root.
    func argv(_ order: LaunchOrder) -> [String] {
        var argv = order.command
        if getuid() == 0, !order.dropsRootItself {
            argv = ["/usr/bin/setpriv", "--reuid=\(user.uid)", "--regid=\(user.gid)", "--init-groups", "--"] + argv
        }
        if let cgroups {
            argv = ["/bin/sh", "-c", #"echo $$ >"$0" && exec "$@""#, "\(cgroups)/\(order.member)/cgroup.procs"] + argv
        }
        return argv
    }

    func environment(_ order: LaunchOrder) -> [String: String] {
        [
            "PATH": Self.postgresPrograms + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "LC_ALL": "C.UTF-8", "HOME": order.folder, "USER": user.name,
            ProcessTable.folderVariable: lab, ProcessTable.memberVariable: order.member,
        ].merging(order.environment) { $1 }
    }

    private func spawn(_ argv: [String], _ order: LaunchOrder) throws(LabError) -> pid_t {
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
        posix_spawnattr_setflags(
            &attributes, Int16(Self.newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)))
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, order.log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let code = max(GNU.closeFrom(3, &actions), GNU.changeFolder(order.folder, &actions))
        guard code == 0 else { throw .system(call: "prepare", subject: argv[0], code: code) }

        let variables = environment(order).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var arguments: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) } + [nil]
        var block: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { (arguments + block).forEach { free($0) } }
        var pid: pid_t = 0
        let outcome = posix_spawn(&pid, argv[0], &actions, &attributes, &arguments, &block)
        guard outcome == 0 else { throw .system(call: "start", subject: argv[0], code: outcome) }
        return pid
    }
}
