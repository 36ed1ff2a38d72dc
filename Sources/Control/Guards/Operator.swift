public import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// Who sits here. By what the operating system says, not by what the environment claims.
public struct Operator: Sendable, Equatable {
    /// Unix user name; of the one who called sudo, where root was reached by it.
    public var user: String
    public var host: String
    /// Unix groups of that user.
    public var groups: [String]
    /// The user that acts for them, where it is another: `root`.
    public var actsAs: String?

    public init(user: String, host: String, groups: [String] = [], actsAs: String? = nil) {
        self.user = user
        self.host = host
        self.groups = groups
        self.actsAs = actsAs
    }

    /// `user@host`, for audit and register.
    public var name: String { actsAs.map { "\(user)@\(host) (as \($0))" } ?? "\(user)@\(host)" }

    /// Most Unix groups that are looked at.
    static let groupsMax: Int32 = 1_024

    /// Who runs this process. `SUDO_USER` counts for root alone, who set it by way of sudo; anybody else could write
    /// what they like there.
    public static func current(environment: [String: String], host: String) -> Operator {
        let id = getuid()
        let own = getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "uid-\(id)"
        guard id == 0, let caller = environment["SUDO_USER"], caller != own, let entry = getpwnam(caller) else {
            return Operator(user: own, host: host, groups: groups(of: own, getgid()))
        }
        return Operator(user: caller, host: host, groups: groups(of: caller, entry.pointee.pw_gid), actsAs: own)
    }

    private static func groups(of user: String, _ first: gid_t) -> [String] {
        var count = groupsMax
        var ids = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(user, first, &ids, &count) >= 0 else { return [] }
        return ids.prefix(Int(count)).compactMap { id in getgrgid(id).map { String(cString: $0.pointee.gr_name) } }
    }
}

/// Who may do what.
public struct RoleTable: Sendable, Equatable {
    public enum Role: String, Sendable, CaseIterable { case viewer, operate, approve }

    private let roles: RoleSettings?
    private let people: [PersonSettings]

    public init(_ roles: RoleSettings? = nil, people: [PersonSettings] = []) {
        self.roles = roles
        self.people = people
    }

    /// True where the configuration says nothing of roles: then `operate` decides alone.
    public var isOpen: Bool { roles == nil }

    public func roles(of user: String, groups: [String]) -> Set<Role> {
        guard let roles else { return [.viewer, .operate, .approve] }
        func has(_ subjects: SubjectSettings) -> Bool {
            subjects.users.contains { isSame($0, user) } || subjects.groups.contains(where: groups.contains)
        }
        var found: Set<Role> = [.viewer]
        if has(roles.operators) { found.insert(.operate) }
        if has(roles.approvers ?? roles.operators) { found.insert(.approve) }
        return found
    }

    /// The same person: by user name on whatever host, or by what the configuration says of people.
    public func isSame(_ a: String, _ b: String) -> Bool {
        a == b || people.contains { $0.users.contains(a) && $0.users.contains(b) }
    }
}
