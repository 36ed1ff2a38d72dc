import Estate
public import Insight

/// A drill on the lab: what is broken, and how it is put back.
public struct LabDrill: Sendable {
    public enum Fault: Sendable, Equatable {
        /// SIGKILL.
        case kill(String)
        /// SIGSTOP: it hangs.
        case pause(String)
        /// The kernel drops its packets.
        case partition(String)

        public var member: String {
            switch self {
            case .kill(let name), .pause(let name), .partition(let name): name
            }
        }
        public var text: String {
            switch self {
            case .kill(let name): "kill \(name)"
            case .pause(let name): "pause \(name)"
            case .partition(let name): "cut \(name) off"
            }
        }
    }

    public let name: String
    public let summary: String
    /// Which member, by how the platform stands now; nil: there is none of this kind.
    public let fault: @Sendable (Assessment) -> Fault?

    public static let all: [LabDrill] = [
        LabDrill(name: "leader-killed", summary: "The database's leader dies.") {
            database($0)?.leader.map { .kill($0.name) }
        },
        LabDrill(name: "leader-hangs", summary: "The database's leader hangs.") {
            database($0)?.leader.map { .pause($0.name) }
        },
        LabDrill(name: "leader-cut-off", summary: "The database's leader is cut off.") {
            database($0)?.leader.map { .partition($0.name) }
        },
        LabDrill(name: "standby-killed", summary: "A synchronous standby dies.") {
            database($0)?.synchronous?.standbys.first.map { .kill($0) }
        },
        LabDrill(name: "store-member-killed", summary: "One member of etcd dies.") { assessment in
            let store = assessment.groups.first { $0.kind == .quorum }
            return store?.members.first { !$0.isLeader }.map { .kill($0.id.name) }
        },
    ]

    private static func database(_ assessment: Assessment) -> GroupAssessment? {
        assessment.groups.first { $0.kind == .database }
    }
}
