import Lab

/// `pitboss lab status` as JSON and for people.
struct LabStatusReport: Encodable {
    struct Member: Encodable {
        let name: String
        let kind: String
        let site: String
        let address: String
        let condition: String
        let isHealthy: Bool
        let isLeader: Bool
        let isSynchronous: Bool
        let delaySeconds: Double
        let detail: String
        let processes: [Int32]
    }
    let schema = "pitboss.lab.status/1"
    let directory: String
    let isHealthy: Bool
    /// etcd, Patroni and PostgreSQL speak TLS only.
    let isSecured: Bool
    let leader: String?
    let synchronousStandby: String?
    let configuration: String
    let patronictl: String
    let members: [Member]

    init(_ status: LabStatus) {
        directory = status.directory
        isHealthy = status.isHealthy
        isSecured = status.plan.isSecured
        leader = status.leader
        synchronousStandby = status.synchronousStandby
        configuration = status.configuration
        patronictl = status.patronictl
        members = status.members.map {
            Member(
                name: $0.member.name, kind: $0.member.kind.rawValue, site: $0.member.site,
                address: $0.member.address, condition: $0.condition.rawValue, isHealthy: $0.isHealthy,
                isLeader: $0.isLeader, isSynchronous: $0.isSynchronous, delaySeconds: $0.delaySeconds,
                detail: $0.detail, processes: $0.processes)
        }
    }

    var lines: [String] {
        let width = members.map(\.name.count).max() ?? 0
        let over = isSecured ? ", over TLS," : ""
        return ["The lab in \(directory)\(over) \(isHealthy ? "is well" : "is NOT well")."]
            + members.map { member in
                let name = member.name + String(repeating: " ", count: width - member.name.count)
                let mark = member.isHealthy ? "ok " : "BAD"
                return "  \(mark)  \(name)  \(member.address)  \(member.condition)  \(member.detail)"
            }
    }
}
