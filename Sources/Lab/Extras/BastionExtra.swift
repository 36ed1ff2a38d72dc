import Foundation

extension LabKind {
    public static let bastion = LabKind(rawValue: "bastion")
}

extension LabPort {
    public static let ssh = LabPort(rawValue: "ssh")
}

/// An sshd through which the whole lab can be reached: `pitboss-via.yaml` is the lab's configuration with every
/// endpoint behind it. It runs under the lab's own account, with keys of its own, and knows nobody of the machine.
struct BastionExtra: LabExtra {
    static let alias = "pitboss-lab"

    let name = "bastion"
    let kinds: [LabKind] = [.bastion]

    var programs: [(path: String, package: String)] {
        [("/usr/sbin/sshd", "openssh-server"), ("/usr/bin/ssh", "openssh-client")]
    }

    func members(_ plan: LabPlan) -> [LabMember] {
        LabPlan.siteNames.prefix(1).map { plan.make("bastion", .bastion, $0, [.ssh: 2222]) }
    }

    func command(_ member: LabMember, _ recipes: Recipes) -> [String] {
        ["/bin/sh", recipes.paths.home(member) + "/start.sh"]
    }

    func files(_ member: LabMember, _ recipes: Recipes) -> [LabFile] {
        let home = recipes.paths.home(member)
        return [
            LabFile(name: "start.sh", text: start(member, home)),
            LabFile(name: "sshd_config", text: server(member, home)),
            LabFile(name: "ssh_config", text: client(member, home)),
        ]
    }

    /// Only the first start makes the keys.
    private func start(_ member: LabMember, _ home: String) -> String {
        """
        set -eu
        umask 077
        cd \(home)
        for key in host id; do
            [ -f $key ] || ssh-keygen -q -t ed25519 -N '' -C pitboss-lab -f $key
        done
        cp id.pub authorized
        echo "[\(member.address)]:\(member.port(.ssh)) $(cat host.pub)" >known_hosts
        # Its title overwrites the environment by which the lab knows its processes: this shell stays in its place.
        setpriv --pdeathsig KILL /usr/sbin/sshd -D -e -f \(home)/sshd_config &
        trap "kill $!" TERM
        wait $!

        """
    }

    private func server(_ member: LabMember, _ home: String) -> String {
        """
        ListenAddress \(member.address):\(member.port(.ssh))
        HostKey \(home)/host
        AuthorizedKeysFile \(home)/authorized
        StrictModes no
        PidFile none
        UsePAM yes
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        AllowTcpForwarding local
        AllowStreamLocalForwarding local
        PermitTTY no
        ForceCommand /bin/false

        """
    }

    private func client(_ member: LabMember, _ home: String) -> String {
        let user = (try? ServiceUser.current())?.name
        return """
            Host \(Self.alias)
                HostName \(member.address)
                Port \(member.port(.ssh))
            \(user.map { "    User \($0)\n" } ?? "")    IdentityFile \(home)/id
                IdentitiesOnly yes
                UserKnownHostsFile \(home)/known_hosts
                StrictHostKeyChecking yes

            """
    }

    func sharedFiles(_ recipes: Recipes) -> [LabFile] {
        let homes = recipes.plan.kind(.bastion).map { recipes.paths.home($0) }
        let text = Configuration(recipes: recipes).pitboss
        return homes.map { home in
            let via = "via: {url: ssh://\(Self.alias), config: \(home)/ssh_config}\n"
            return LabFile(
                name: "pitboss-via.yaml", text: text + "\n# Everything is reached through the bastion.\n" + via)
        }
    }

    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding {
        guard
            let socket = try? LoopbackSocket(
                address: member.address, port: member.port(.ssh), timeoutSeconds: Probe.answerDeadlineSeconds),
            let line = try? socket.receiveLine(), line.hasPrefix("SSH-2.0-")
        else { return Probe.Finding() }
        return Probe.Finding(isHealthy: true, detail: String(line.dropFirst("SSH-2.0-".count)))
    }
}
