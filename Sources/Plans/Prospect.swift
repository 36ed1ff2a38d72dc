public import Estate
public import Insight

/// What a plan leads to, before anything is sent: the platform as it would stand afterwards, and whether what was
/// drained may then be stopped, and lost.
public struct Prospect: Sendable, Equatable {
    /// One group that the plan touches, or that stands on one that it touches.
    public struct Line: Sendable, Equatable {
        public let group: GroupID
        public let before: Verdict
        public let after: Verdict
        /// How many nodes it survives; nil: not known.
        public let survivesBefore: Int?
        public let survivesAfter: Int?
        public let serving: String
        /// Why it is not protected afterwards; empty where it is.
        public let reason: String
        public let text: String
    }

    /// Load that goes to other servers.
    public struct Move: Sendable, Equatable {
        public let pool: GroupID
        /// Sessions that go elsewhere, at all balancers together.
        public let sessions: Int
        public let requestsPerSecond: Double?
        public let serversBefore: Int
        public let serversAfter: Int
        /// Of what the servers that are left may hold; nil: no limit is known.
        public let filledAfter: Double?
        /// The rest can carry it; nil: cannot be said.
        public let isCarried: Bool?
        public let text: String
    }

    /// An answer to a yes-or-no question, with what it rests on.
    public struct Answer: Sendable, Equatable {
        /// nil: cannot be said.
        public let isYes: Bool?
        public let reasons: [String]
        public var word: String { isYes.map { $0 ? "yes" : "no" } ?? "unknown" }
    }

    public let groups: [Line]
    /// Groups that serve now and would not afterwards.
    public let breaks: [String]
    public let moves: [Move]
    public let bytesAtRisk: Int64?
    public let secondsAtRisk: Double?
    public let outage: Span?
    /// Whether everything goes on serving when what was drained is stopped then; nil for a plan that drains nothing.
    public let okToStop: Answer?
    /// Whether nothing that was acknowledged is lost when it never comes back.
    public let safeToLose: Answer?

    /// From this part of their limit on, servers are said not to carry what comes to them.
    public static let filledMax = 0.8

    public static func of(_ plan: Plan, in snapshot: Snapshot, now: Timestamp) -> Prospect {
        ProspectMaker(plan, snapshot, now).prospect()
    }
}

private struct ProspectMaker {
    private let plan: Plan
    private let now: Timestamp
    private let before: Assessment
    private let after: Assessment
    private let snapshot: Snapshot
    private let projected: Snapshot

    init(_ plan: Plan, _ snapshot: Snapshot, _ now: Timestamp) {
        self.plan = plan
        self.now = now
        self.snapshot = snapshot
        projected = Projection.of(plan, on: snapshot, now: now)
        before = Assessment.of(snapshot, now: now)
        after = Assessment.of(projected, now: now)
    }

    func prospect() -> Prospect {
        let losses = losses
        let consequences = losses.isEmpty ? [] : after.without(losses)
        let seconds = plan.sequence.filter { $0.risk != nil }.compactMap { part -> Double? in
            guard case .member(let id) = part.target else { return nil }
            return before.member(id)?.lag.replaySeconds
        }
        return Prospect(
            groups: touched.compactMap(line), breaks: breaks, moves: moves,
            bytesAtRisk: plan.risk == nil ? 0 : plan.risk?.bytes, secondsAtRisk: seconds.max(),
            outage: plan.outlook.outage, okToStop: losses.isEmpty ? nil : okToStop(consequences),
            safeToLose: losses.isEmpty ? nil : safeToLose(consequences))
    }

    /// What is drained is about to go: the node, or the member.
    private var losses: Set<Loss> {
        guard plan.remembers != nil else { return [] }
        switch plan.target {
        case .node(let id): return [.node(id)]
        case .member(let id): return [.member(id)]
        case .group: return []
        }
    }

    private var touched: [GroupID] {
        var ids = Set(plan.groups)
        if case .node(let node) = plan.target {
            for group in before.groups where group.members.contains(where: { $0.node == node && $0.role != .path }) {
                ids.insert(group.id)
            }
        }
        for group in before.groups { if let backing = group.backing, ids.contains(backing) { ids.insert(group.id) } }
        return ids.sorted()
    }

    private func line(_ id: GroupID) -> Prospect.Line? {
        guard let was = before.group(id), let will = after.group(id) else { return nil }
        let serving =
            was.serving.text == will.serving.text
            ? will.serving.text : "\(was.serving.text) → \(will.serving.text)"
        let verdict =
            was.verdict == will.verdict
            ? will.verdict.word : "\(was.verdict.word) → \(will.verdict.word)"
        let survives =
            was.survives.text == will.survives.text
            ? will.survives.text : "\(was.survives.text) → \(will.survives.text)"
        let reason = will.verdict == .protected ? "" : will.headline
        return Prospect.Line(
            group: id, before: was.verdict, after: will.verdict, survivesBefore: was.survives.nodes,
            survivesAfter: will.survives.nodes, serving: serving, reason: reason,
            text: "\(id.name): \(verdict), \(serving) serve, survives \(survives)"
                + (reason.isEmpty ? "" : "; \(reason)"))
    }

    private var breaks: [String] {
        after.groups.compactMap { group in
            guard group.serving.isServing == false, before.group(group.id)?.serving.isServing == true else {
                return nil
            }
            return "\(group.id.name) would not serve: \(group.headline)"
        }
    }

    // MARK: - Load

    private var moves: [Prospect.Move] {
        var out: [GroupID: [PoolServer]] = [:]
        for step in plan.allSteps {
            guard case .admin(let member, let balancer, .drain) = step.expectation,
                let server = PoolServer.all(of: member, in: snapshot).first(where: { $0.balancer == balancer })
            else { continue }
            out[member.group, default: []].append(server)
        }
        return out.sorted { $0.key < $1.key }.map { move($0.key, $0.value) }
    }

    private func move(_ pool: GroupID, _ drained: [PoolServer]) -> Prospect.Move {
        let was = PoolServer.all(of: pool, in: snapshot)
        let left = PoolServer.all(of: pool, in: projected).filter(\.takesTraffic)
        let sessions = drained.compactMap(\.facts.sessions).reduce(0, +)
        let total = was.compactMap(\.facts.sessions).reduce(0, +)
        let limits = left.compactMap(\.facts.sessionsMax)
        let room = limits.reduce(0, +)
        let filled = limits.count == left.count && room > 0 ? Double(total) / Double(room) : nil
        let rates = drained.compactMap(\.facts.sessionRate)
        let (here, there) = (Set(was.filter(\.takesTraffic).map(\.member)).count, Set(left.map(\.member)).count)
        let queue = left.compactMap(\.facts.queue).reduce(0, +)
        let carried: Bool? = left.isEmpty || queue > 0 ? false : filled.map { $0 < Prospect.filledMax }
        let share = there > 0 ? Double(here) / Double(there) : 0
        var text = "\(pool.name): \(Figures.count(sessions, "session")) go from \(here) to \(there) servers"
        if share > 0 { text += ", each then carries \(Figures.times(share))" }
        if let filled { text += ", \(Int((filled * 100).rounded())) % of what they may hold" }
        if queue > 0 { text += "; \(queue) wait already" }
        return Prospect.Move(
            pool: pool, sessions: sessions, requestsPerSecond: rates.isEmpty ? nil : rates.reduce(0, +),
            serversBefore: here, serversAfter: there, filledAfter: filled, isCarried: carried, text: text)
    }

    // MARK: - Two answers

    /// Availability.
    private func okToStop(_ consequences: [Consequence]) -> Prospect.Answer {
        var noes: [String] = []
        var unknown: [String] = []
        var fine: [String] = []
        for one in consequences {
            let text = "\(one.group.name): \(one.text)"
            switch one.serves {
            case false where before.group(one.group)?.serving.isServing != false: noes.append(text)
            case nil: unknown.append(text)
            default: fine.append(text)
            }
        }
        if !noes.isEmpty { return Prospect.Answer(isYes: false, reasons: noes) }
        if !unknown.isEmpty { return Prospect.Answer(isYes: nil, reasons: unknown) }
        return Prospect.Answer(isYes: true, reasons: fine.isEmpty ? ["nothing that serves depends on it"] : fine)
    }

    /// Durability: what only it holds is gone with it.
    private func safeToLose(_ consequences: [Consequence]) -> Prospect.Answer {
        var noes: [String] = []
        var unknown: [String] = []
        var fine: [String] = []
        for one in consequences {
            guard let group = after.group(one.group), group.kind == .database else { continue }
            let gone = Set(one.lost)
            let copies = group.members.filter { !gone.contains($0.id) && ($0.isPrimary || $0.isStreaming == true) }
            if copies.isEmpty {
                noes.append("\(one.group.name): no other copy is up to date")
            } else if let primary = group.primary, gone.contains(primary) {
                switch one.bytesLost {
                case nil: unknown.append("\(one.group.name): how much only \(primary.name) has is not known")
                case let bytes? where bytes > max(group.plan.rpoBytes ?? 0, 0):
                    noes.append("\(one.group.name): \(Say.bytes(bytes)) only \(primary.name) has")
                default: fine.append("\(one.group.name): all that \(primary.name) has is on another, too")
                }
            } else {
                let names = Figures.list(copies.map(\.id.name).sorted())
                fine.append("\(one.group.name): \(Figures.count(copies.count, "copy", "copies")) left: \(names)")
            }
        }
        if !noes.isEmpty { return Prospect.Answer(isYes: false, reasons: noes) }
        if !unknown.isEmpty { return Prospect.Answer(isYes: nil, reasons: unknown) }
        return Prospect.Answer(isYes: true, reasons: fine.isEmpty ? ["it holds no data of its own"] : fine)
    }
}
