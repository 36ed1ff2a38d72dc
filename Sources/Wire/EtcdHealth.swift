/// What one etcd endpoint says about itself (`/v3/maintenance/status`).
public struct EtcdStatus: Hashable, Sendable {
    public let header: EtcdHeader
    public let version: String
    public let databaseBytes: Int64
    public let databaseBytesInUse: Int64?
    /// Id of the member it holds for leader; 0 when it knows of none: no quorum, as seen from there.
    public let leaderID: UInt64
    public let raftTerm: UInt64
    public let raftIndex: UInt64
    public let raftAppliedIndex: UInt64?
    public let isLearner: Bool
    /// Errors in etcd's words (escaped): alarms, "etcdserver: no leader".
    public let errors: [String]

    /// Decodes the body. Throws `WireError`.
    public init(parsing body: [UInt8]) throws(WireError) {
        let format = "etcd status"
        let json = try EtcdReply.parse(body, format: format)
        guard json["header"] != nil, let version = json["version"]?.string else {
            throw WireError.missing(format: format, field: "version", bytes: Escaped.text(body))
        }
        header = EtcdHeader(json["header"])
        self.version = Escaped.text(version)
        databaseBytes = json["dbSize"]?.int ?? 0
        databaseBytesInUse = json["dbSizeInUse"]?.int
        leaderID = json["leader"]?.unsigned ?? 0
        raftTerm = json["raftTerm"]?.unsigned ?? 0
        raftIndex = json["raftIndex"]?.unsigned ?? 0
        raftAppliedIndex = json["raftAppliedIndex"]?.unsigned
        isLearner = json["isLearner"]?.bool ?? false
        errors = (json["errors"]?.array ?? []).compactMap { $0.string.map { Escaped.text($0) } }
    }
}

/// One member of an etcd cluster, as its member list has it.
public struct EtcdMember: Hashable, Sendable {
    public let id: UInt64
    /// Empty for a member that has been added and not started yet.
    public let name: String
    public let peerURLs: [String]
    public let clientURLs: [String]
    public let isLearner: Bool
}

/// The member list (`/v3/cluster/member/list`).
public struct EtcdMemberList: Hashable, Sendable {
    public let header: EtcdHeader
    public let members: [EtcdMember]

    /// Decodes the body. Throws `WireError`.
    public init(parsing body: [UInt8]) throws(WireError) {
        let format = "etcd member list"
        let json = try EtcdReply.parse(body, format: format)
        guard let elements = json["members"]?.array else {
            throw WireError.missing(format: format, field: "members", bytes: Escaped.text(body))
        }
        var members: [EtcdMember] = []
        for element in elements {
            guard let id = element["ID"]?.unsigned else {
                throw WireError.missing(format: format, field: "ID", bytes: Escaped.text(element.text))
            }
            members.append(
                EtcdMember(
                    id: id, name: element["name"]?.string ?? "",
                    peerURLs: (element["peerURLs"]?.array ?? []).compactMap(\.string),
                    clientURLs: (element["clientURLs"]?.array ?? []).compactMap(\.string),
                    isLearner: element["isLearner"]?.bool ?? false))
        }
        header = EtcdHeader(json["header"])
        self.members = members
    }
}

/// An alarm a member has raised.
public struct EtcdAlarm: Hashable, Sendable {
    public let memberID: UInt64
    /// etcd's word: `NOSPACE`, `CORRUPT`.
    public let kind: String

    /// Decodes the body of `/v3/maintenance/alarm` (without alarms it is `{}`). Throws `WireError`.
    public static func list(parsing body: [UInt8]) throws(WireError) -> [EtcdAlarm] {
        let json = try EtcdReply.parse(body, format: "etcd alarms")
        return (json["alarms"]?.array ?? []).map { alarm in
            EtcdAlarm(
                memberID: alarm["memberID"]?.unsigned ?? 0,
                kind: Escaped.text(alarm["alarm"]?.string ?? "unnamed"))
        }
    }
}
