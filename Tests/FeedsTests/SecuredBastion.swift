import Foundation
import PitbossTestKit
import Settings

/// A real sshd on loopback with keys of its own, under an account that may do nothing else, and the configuration
/// with which OpenSSH enters it.
final class SecuredBastion {
    enum Failure: Error { case notReady }

    let folder: String
    let port: Int
    /// Who may log in.
    let user: String
    private var process: RealProgram?

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sshd-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let probe = FakeServer { _, _ in }
        try probe.start()
        port = probe.port
        probe.stop()
        let isRoot = getuid() == 0
        user = isRoot ? "postgres" : NSUserName()
        for key in ["host", "other", "id", "stranger"] {
            try RealProgram.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(key)")
        }
        let host = try String(contentsOfFile: folder + "/host.pub", encoding: .utf8)
        let other = try String(contentsOfFile: folder + "/other.pub", encoding: .utf8)
        try write("known", "[127.0.0.1]:\(port) \(host)")
        try write("changed", "[127.0.0.1]:\(port) \(other)")
        try write("none", "")
        for (name, key, known) in [
            ("good", "id", "known"), ("unknown", "id", "none"), ("changed", "id", "changed"),
            ("denied", "stranger", "known"),
        ] {
            try write(
                "\(name).conf",
                """
                Host *
                    IdentityFile \(folder)/\(key)
                    IdentitiesOnly yes
                    IdentityAgent none
                    UserKnownHostsFile \(folder)/\(known)
                    GlobalKnownHostsFile none

                """)
        }
        try write(
            "sshd_config",
            """
            ListenAddress 127.0.0.1:\(port)
            HostKey \(folder)/host
            AuthorizedKeysFile \(folder)/id.pub
            StrictModes no
            PidFile none
            UsePAM yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitTTY no
            ForceCommand /bin/false

            """)
        if isRoot {
            try RealProgram.run("/usr/bin/chown", "postgres", folder + "/host", folder + "/id.pub", folder)
        }
        try start()
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    func start() throws {
        let drop = getuid() == 0 ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        process = try RealProgram(drop + ["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/sshd_config"])
        for _ in 0..<200 {
            if canConnect { return }
            usleep(20_000)
        }
        throw Failure.notReady
    }

    private var canConnect: Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Ends sshd and every connection to it.
    func kill() {
        process?.stop()
        process = nil
    }

    func stop() {
        kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func bastion(_ configuration: String = "good", port: Int? = nil) throws -> Bastion {
        guard
            let made = Bastion(
                "ssh://\(user)@127.0.0.1:\(port ?? self.port)", configFile: "\(folder)/\(configuration).conf")
        else { throw Failure.notReady }
        return made
    }
}
