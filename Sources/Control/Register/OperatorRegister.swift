public import Estate
public import Plans
public import Wire

/// Where operators see each other: who acts on which group, which plans wait for a second operator, how far each
/// journal has come. In the clusters' own etcd for real, in memory for a simulation.
public protocol OperatorRegister: Sendable {
    /// Where a group's lease stands, for messages; nil: there is no register for it.
    func place(of group: GroupID) -> String?

    /// Takes the leases of all these groups or of none; groups without a place are passed over. Each ends by itself
    /// `ttl` after its last sign of life.
    func claim(
        _ groups: [GroupID], _ lease: LeaseFacts, ttl: Span
    ) async throws(RegisterError) -> RegisterGrant
    /// A sign of life. Throws `gone` where it has ended.
    func renew(_ grant: RegisterGrant) async throws(RegisterError)
    /// Ends it at once. What cannot be told ends by itself.
    func release(_ grant: RegisterGrant) async
    /// Who acts on what now.
    func leases() async throws(RegisterError) -> [GroupID: LeaseFacts]

    /// Offers a plan for approval; it ends with its grant.
    func offer(_ offer: ApprovalOffer, ttl: Span) async throws(RegisterError) -> RegisterGrant
    /// Plans that wait, oldest first.
    func offers() async throws(RegisterError) -> [ApprovalOffer]
    /// Answers an offer as it was looked at: one that changed, ended or was answered is not.
    func answer(_ offer: ApprovalOffer, _ answer: ApprovalAnswer) async throws(RegisterError)
    /// Waits for the answer; nil when the time is up or the task is cancelled.
    func awaitAnswer(to offer: ApprovalOffer, until: Timestamp) async throws(RegisterError) -> ApprovalAnswer?

    /// Where the owner's journal stood when it was last told, in each register that knows it.
    func anchors(of owner: AnchorOwner) async throws(RegisterError) -> [AuditAnchor]
    /// Tells where it stands, in the registers of these groups. One that is ahead already is left alone.
    func anchor(_ anchor: AuditAnchor, of owner: AnchorOwner, groups: [GroupID]) async throws(RegisterError)
}

public typealias ApprovalAnswer = RegisterRecord.Answer
public typealias AuditAnchor = RegisterRecord.Anchor

/// Whose journal an anchor is of.
public struct AnchorOwner: Sendable, Equatable {
    public var host: String
    public var user: String
    /// Tells journals of one user on one host apart.
    public var journal: String
    public init(host: String, user: String, journal: String) {
        self.host = host
        self.user = user
        self.journal = journal
    }
}

/// A plan that waits for a second operator.
public struct ApprovalOffer: Sendable, Equatable {
    public var facts: OfferFacts
    public var group: GroupID
    public var plan: Plan
    /// The plan as it was encoded: what the hash is over.
    public var planText: String

    public var id: String { facts.id }
}

/// What a register gave: to be kept alive, and to be given back.
public struct RegisterGrant: Sendable, Equatable {
    /// One etcd lease a cluster; of a register in memory, one token.
    struct Part: Sendable, Equatable {
        var register: Int
        var lease: Int64
    }
    var parts: [Part] = []
    /// The groups that it holds.
    public internal(set) var groups: [GroupID] = []
}

/// Why the register did not do it. Each says what happened and what can be done.
public enum RegisterError: Error, Equatable, Sendable {
    /// Another action holds the group.
    case held(GroupID, LeaseFacts)
    /// It does not answer, or has no quorum.
    case unreachable(register: String, reason: String)
    /// It answers and does not let us.
    case refused(register: String, reason: String)
    /// What was to be kept or answered is not there any more.
    case gone(String)
    /// The offer has its answer.
    case answered(by: String)
}

extension RegisterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .held(let group, let lease):
            return "\(lease.who) acts on \(group): \(lease.verb) \(lease.target) (“\(lease.reason)”)"
        case .unreachable(let register, let reason):
            return "the operators' register in \(register) does not answer: \(reason)"
        case .refused(let register, let reason):
            return "the operators' register in \(register) refuses: \(reason); grant the role of pitboss's etcd user"
                + " readwrite below the prefix of the register (etcdctl role grant-permission ROLE readwrite"
                + " --prefix=true /pitboss/)"
        case .gone(let what):
            return "\(what) is not there any more"
        case .answered(let who):
            return "it was answered already, by \(who)"
        }
    }
}
