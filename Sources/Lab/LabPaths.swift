import Foundation

/// Where the lab keeps what: everything lies in one folder.
struct LabPaths: Sendable, Equatable {
    /// A unix socket's path has 107 bytes; PostgreSQL's own ends in `/.s.PGSQL.65535`.
    static let folderBytesMax = 60

    let folder: String

    var state: String { folder + "/state.json" }
    var configuration: String { folder + "/pitboss.yaml" }
    var patronictl: String { folder + "/patronictl.yaml" }
    var secrets: String { folder + "/secrets" }
    var tls: String { folder + "/tls" }
    var sockets: String { folder + "/run" }
    var members: String { folder + "/members" }

    func home(_ member: LabMember) -> String { members + "/" + member.name }
    func log(_ member: LabMember) -> String { home(member) + "/log" }
    func data(_ member: LabMember) -> String { home(member) + "/data" }
    /// The folder of one PostgreSQL server's unix socket.
    func sqlSockets(_ member: LabMember) -> String { home(member) + "/run" }
    /// What the member is configured with.
    func settings(_ member: LabMember) -> String {
        home(member) + (member.kind == .haproxy ? "/haproxy.cfg" : "/settings.yml")
    }
    func adminSocket(_ member: LabMember) -> String { sockets + "/" + member.name + ".sock" }

    /// The folder used when none is named: in root's case one that the services' account can reach too.
    static func standard(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if getuid() == 0 { return "/tmp/pitboss-lab" }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/pitboss/lab" }
        return (environment["HOME"] ?? "/tmp") + "/.local/state/pitboss/lab"
    }

    /// Refuses a folder in which a lab could not live or which it would not be safe to fill and later empty.
    func check(user: ServiceUser) throws(LabError) {
        guard folder.hasPrefix("/"), !folder.contains("\n"), !folder.contains("'"), !folder.contains(" ") else {
            throw .directoryUnsuitable(
                path: folder, reason: "it is not an absolute path without blanks and quotes", remedy: "Name another")
        }
        guard folder.utf8.count <= Self.folderBytesMax else {
            throw .directoryUnsuitable(
                path: folder, reason: "unix sockets in it would have paths too long for the kernel",
                remedy: "Name a folder of at most \(Self.folderBytesMax) bytes")
        }
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/" + part
            var status = Glibc.stat()
            guard lstat(path, &status) == 0 else { break }
            if path == folder { try checkOwn(status) } else { try checkReachable(path, user: user) }
        }
    }

    private func checkOwn(_ status: stat) throws(LabError) {
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid() else {
            throw .directoryUnsuitable(
                path: folder, reason: "it is not a folder, or belongs to someone else", remedy: "Name another")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard names.isEmpty || names.contains("state.json") else {
            throw .directoryUnsuitable(
                path: folder, reason: "it holds files that are not a lab's", remedy: "Name an empty or a new folder")
        }
    }

    private func checkReachable(_ path: String, user: ServiceUser) throws(LabError) {
        var status = Glibc.stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .directoryUnsuitable(path: folder, reason: "\(path) is not a folder", remedy: "Name another")
        }
        let mayPass =
            status.st_uid == user.uid
            ? status.st_mode & S_IXUSR : status.st_gid == user.gid ? status.st_mode & S_IXGRP : status.st_mode & S_IXOTH
        guard mayPass != 0 else {
            throw .directoryUnsuitable(
                path: folder, reason: "\(user.name), who runs the services, may not pass \(path)",
                remedy: "Name a folder that \(user.name) can reach, as under /tmp")
        }
    }
}
