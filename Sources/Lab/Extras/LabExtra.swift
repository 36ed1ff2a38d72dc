/// Servers that `pitboss lab up --all` (or `--with NAME`) boots beside the core: one file each, listed in
/// `LabExtras.all`. All is pure text out of a plan, but for `ask`.
///
/// What an extra's members are is told by their kinds, whose names nobody else has. They are started, killed, frozen,
/// cut off, asked and ended like the core's, under the same account, with a folder of their own.
protocol LabExtra: Sendable {
    /// As in `--with NAME`.
    var name: String { get }
    var kinds: [LabKind] { get }
    /// The programs that must be there, with the Debian package of each.
    var programs: [(path: String, package: String)] { get }
    /// Passwords made anew for each lab, as files under `secrets/`; read with `recipes.secrets["NAME"]`.
    var secretNames: [String] { get }
    /// Made with `plan.make(name, kind, site, ports)`; numbers without the offset.
    func members(_ plan: LabPlan) -> [LabMember]
    /// Program, by its absolute path, and arguments.
    func command(_ member: LabMember, _ recipes: Recipes) -> [String]
    func environment(_ member: LabMember, _ recipes: Recipes) -> [String: String]
    /// Files written once, before the first start, into the member's folder (`recipes.paths.home(member)`), which is
    /// also where it stands. A name may lie in a folder of its own: `data/NAME`.
    func files(_ member: LabMember, _ recipes: Recipes) -> [LabFile]
    /// Folders made under the member's own.
    func folders(_ member: LabMember) -> [String]
    /// Files of the lab itself, under its folder: for an extra without a member, such as a backup repository.
    func sharedFiles(_ recipes: Recipes) -> [LabFile]
    /// PostgreSQL parameters of the scope, as JSON values: `["archive_command": "\"...\""]`.
    func postgresParameters(_ recipes: Recipes) -> [String: String]
    /// What it adds to the lab's `pitboss.yaml`.
    func configuration(_ recipes: Recipes) -> [LabFragment]
    /// Further lines of the frontend `bet_api` of a balancer.
    func balancerBinds(_ member: LabMember, _ recipes: Recipes) -> [String]
    /// Commands run one after the other before anything is started; each must end with 0.
    func before(_ recipes: Recipes) -> [LabTask]
    /// Commands run one after the other once every member is well, before `up` returns; each must end with 0.
    func finish(_ recipes: Recipes) -> [LabTask]
    /// How a member is.
    func ask(_ member: LabMember, _ probe: Probe) -> Probe.Finding
}

extension LabExtra {
    var programs: [(path: String, package: String)] { [] }
    var secretNames: [String] { [] }
    func environment(_ member: LabMember, _ recipes: Recipes) -> [String: String] { [:] }
    func files(_ member: LabMember, _ recipes: Recipes) -> [LabFile] { [] }
    func folders(_ member: LabMember) -> [String] { [] }
    func sharedFiles(_ recipes: Recipes) -> [LabFile] { [] }
    func postgresParameters(_ recipes: Recipes) -> [String: String] { [:] }
    func configuration(_ recipes: Recipes) -> [LabFragment] { [] }
    func balancerBinds(_ member: LabMember, _ recipes: Recipes) -> [String] { [] }
    func before(_ recipes: Recipes) -> [LabTask] { [] }
    func finish(_ recipes: Recipes) -> [LabTask] { [] }
}

/// One file of a member, by its name within the member's folder.
struct LabFile: Sendable, Equatable {
    let name: String
    let text: String
}

/// A command that must succeed once.
struct LabTask: Sendable, Equatable {
    /// For people: `the backup repository`.
    let what: String
    let command: [String]
    /// Run in this member's folder, which also takes its output.
    let member: String
    var environment: [String: String] = [:]
    /// Run by whoever starts the lab, not by the services' account.
    var isOfTheStarter = false
}

/// A piece of the lab's `pitboss.yaml`.
enum LabFragment: Sendable, Equatable {
    /// Items (`- name: …`, not indented) of a list at the top: `groups`, `balancers`, `etcd`, …
    case items(of: String, String)
    /// A section at the top that nobody else has: its whole text, beginning with its key.
    case section(String)
    /// Lines (not indented) added to the group of that name.
    case lines(inGroup: String, String)
}

/// The extras there are.
enum LabExtras {
    static let all: [any LabExtra] = [
        RedisExtra(), StreamingExtra(), BackupExtra(), MetricsExtra(), CertificateExtra(), DisksExtra(), ProgramExtra(),
        BastionExtra(), InstancesExtra(),
    ]

    static var names: [String] { all.map(\.name) }
    static func named(_ name: String) -> (any LabExtra)? { all.first { $0.name == name } }
    static func of(_ kind: LabKind) -> (any LabExtra)? { all.first { $0.kinds.contains(kind) } }
}

extension LabPlan {
    /// The extras of this plan, in the catalogue's order.
    var extraServers: [any LabExtra] { LabExtras.all.filter { extras.contains($0.name) } }
    var secretNames: [String] { extraServers.flatMap(\.secretNames) }
}
