import Settings

/// Command lines of OpenSSH. No password is ever among them: what it needs to know it asks of its own agent, and
/// what it would ask of a person makes it fail.
enum SSHWords {
    /// OpenSSH's own name, looked up in PATH.
    static let program = "ssh"

    /// Ends the program when standard input ends, which it does with us, however we end: `-N` alone would not notice.
    private static let leash = """
        exec 3<&0
        SHELL=/bin/sh; export SHELL
        "$@" 3<&- </dev/null &
        program=$!
        (read -r line <&3; kill "$program") >/dev/null 2>&1 &
        wait "$program"
        """

    /// A connection for others to share, in the foreground. It says a word when it stands.
    static func master(_ bastion: Bastion, control: String) -> [String] {
        let options = [
            "BatchMode=yes", "ControlPersist=no", "ClearAllForwardings=yes", "RemoteCommand=none", "RequestTTY=no",
            "PermitLocalCommand=yes", "LocalCommand=echo \(BastionLink.masterWord)", "LogLevel=INFO",
            "ConnectTimeout=\(BastionLink.connectSecondsMax)",
            "ServerAliveInterval=\(BastionLink.silenceSecondsMax / 3)", "ServerAliveCountMax=3",
            "StreamLocalBindUnlink=yes", "StreamLocalBindMask=0177",
        ]
        return ["/bin/sh", "-c", leash, "pitboss-ssh", program, "-N", "-M", "-a", "-x", "-S", control]
            + options.flatMap { ["-o", $0] } + destination(bastion)
    }

    private static func destination(_ bastion: Bastion) -> [String] {
        (bastion.configFile.map { ["-F", $0] } ?? []) + (bastion.port.map { ["-p", "\($0)"] } ?? [])
            + (bastion.user.map { ["-l", $0] } ?? []) + ["--", bastion.host]
    }

    /// As a person would type it after `ssh`.
    static func typed(_ bastion: Bastion) -> String {
        let parts = destination(bastion).filter { $0 != "--" }
        return parts.joined(separator: " ")
    }

    /// Asks the connection for one more way.
    static func forward(_ near: NearPlace, to far: FarPlace, control: String) -> [String] {
        through(control) + ["-O", "forward", "-L", "\(near.text):\(far.text)", "--", "pitboss"]
    }

    /// Has the bastion connect to a far end, and ends at once.
    static func trial(of far: FarPlace, control: String) -> [String] {
        through(control) + ["-W", far.text, "--", "pitboss"]
    }

    /// The connection is told by its socket alone: no configuration is read, and the host's name is not used.
    private static func through(_ control: String) -> [String] {
        [program, "-F", "none", "-o", "BatchMode=yes", "-S", control]
    }
}
