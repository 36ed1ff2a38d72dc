public import Estate

/// What a command takes beside its target.
public struct PlanArgument: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// A length of time: `30s`, `10m`, `2h`.
        case span
        case text
    }
    public var name: String
    public var kind: Kind
    public var summary: String
    /// As it would be typed.
    public var standard: String
    public init(_ name: String, _ kind: Kind, standard: String, _ summary: String) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.summary = summary
    }
}

/// All that a plan is made from.
public struct PlanInput: Sendable {
    public var snapshot: Snapshot
    public var call: PlanCall
    public var now: Timestamp
    public init(_ snapshot: Snapshot, _ call: PlanCall, now: Timestamp) {
        self.snapshot = snapshot
        self.call = call
        self.now = now
    }

    /// Whether a server is ours to put back: all that was taken at run time, where nothing is remembered.
    func mayGiveBack(_ server: PoolServer) -> Bool {
        guard let taken = call.taken else { return true }
        return taken.contains(Taken(server.member, .balancing(at: server.balancer)))
    }

    /// The group that the call is about; nil where it is about a node.
    var groupView: GroupView? { call.target.group.map { GroupView($0, snapshot, now: now) } }
}

/// A command: how it is called, and how its plan is made. Footer, help, palette, command line and documentation come
/// from the table of these.
public struct PlanRecipe: Sendable {
    public enum TargetKind: String, Sendable { case group, member, node }

    /// How it is called on the command line and in the audit.
    public var id: String
    public var title: String
    /// One line for help.
    public var summary: String
    /// The key that proposes it.
    public var key: String
    /// The first is what it is usually aimed at.
    public var targetKinds: [TargetKind]
    public var targetKind: TargetKind { targetKinds.first ?? .group }
    /// `member or node`.
    public var targetWords: String { targetKinds.map(\.rawValue).joined(separator: " or ") }
    public var arguments: [PlanArgument]
    let cook: @Sendable (PlanInput) throws(PlanRefusal) -> Plan
    let appliesTo: @Sendable (PlanInput) -> Bool

    init(
        _ id: String, title: String, key: String, on targetKinds: [TargetKind], arguments: [PlanArgument] = [],
        _ summary: String, appliesTo: @escaping @Sendable (PlanInput) -> Bool,
        cook: @escaping @Sendable (PlanInput) throws(PlanRefusal) -> Plan
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.key = key
        self.targetKinds = targetKinds
        self.arguments = arguments
        self.appliesTo = appliesTo
        self.cook = cook
    }

    /// Makes the plan, or says why there is none.
    public func make(
        _ snapshot: Snapshot, _ target: PlanTarget, _ arguments: [String: String] = [:], taken: [Taken]? = nil,
        now: Timestamp
    ) -> Result<Plan, PlanRefusal> {
        do throws(PlanRefusal) {
            for name in arguments.keys where !self.arguments.contains(where: { $0.name == name }) {
                throw .badArgument(name: "argument", value: name, expected: expectedArguments)
            }
            var full = Dictionary(self.arguments.map { ($0.name, $0.standard) }, uniquingKeysWith: { a, _ in a })
            full.merge(arguments) { _, given in given }
            return .success(
                try cook(PlanInput(snapshot, PlanCall(id, target, arguments: full, taken: taken), now: now)))
        } catch {
            return .failure(error)
        }
    }

    /// Whether it makes sense to offer it on this target.
    public func applies(to target: PlanTarget, in snapshot: Snapshot, now: Timestamp) -> Bool {
        appliesTo(PlanInput(snapshot, PlanCall(id, target), now: now))
    }

    /// The same with arguments; those left out are empty.
    public func applies(_ call: PlanCall, in snapshot: Snapshot, now: Timestamp) -> Bool {
        appliesTo(PlanInput(snapshot, call, now: now))
    }

    private var expectedArguments: String {
        arguments.isEmpty ? "none" : "one of \(arguments.map(\.name).joined(separator: ", "))"
    }
}
