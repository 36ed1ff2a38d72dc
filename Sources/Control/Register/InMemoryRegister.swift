public import Estate
import Synchronization
public import Wire

/// The register of a simulation: operators who all sit in this process.
public final class InMemoryRegister: OperatorRegister {
    /// Called with a group whenever its lease or offers changed.
    public typealias OnChange = @Sendable (GroupID, LeaseFacts?, [OfferFacts]) -> Void

    private struct Held: Sendable {
        var token: Int64
        var facts: LeaseFacts
    }
    private struct Offered: Sendable {
        var token: Int64
        var offer: ApprovalOffer
        var answer: ApprovalAnswer?
    }
    private struct State: Sendable {
        var nextToken: Int64 = 1
        /// Until when each token lives, and how long a sign of life is good for.
        var lives: [Int64: (until: Timestamp, ttl: Span)] = [:]
        var leases: [GroupID: Held] = [:]
        var offers: [String: Offered] = [:]
        var anchors: [String: AuditAnchor] = [:]
        var isDown = false
    }

    /// How often an answer is looked for.
    static let lookEvery = Span.milliseconds(200)

    private let state = Mutex(State())
    private let clock: any Timekeeper
    private let onChange: OnChange

    public init(clock: any Timekeeper, onChange: @escaping OnChange = { _, _, _ in }) {
        self.clock = clock
        self.onChange = onChange
    }

    /// Makes it silent, as a register that cannot be reached.
    public func cutOff(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

    public func place(of group: GroupID) -> String? { "memory:/\(group)" }

    public func claim(
        _ groups: [GroupID], _ lease: LeaseFacts, ttl: Span
    ) async throws(RegisterError) -> RegisterGrant {
        let now = clock.now()
        let result: Result<RegisterGrant, RegisterError> = state.withLock { state in
            if let down = Self.down(state) { return .failure(down) }
            Self.forget(&state, now)
            for group in groups.sorted() {
                if let held = state.leases[group] { return .failure(.held(group, held.facts)) }
            }
            let token = Self.token(&state, now, ttl)
            for group in groups { state.leases[group] = Held(token: token, facts: lease) }
            return .success(RegisterGrant(parts: [.init(register: 0, lease: token)], groups: groups.sorted()))
        }
        let grant = try result.get()
        tell(groups)
        return grant
    }

    public func renew(_ grant: RegisterGrant) async throws(RegisterError) {
        let now = clock.now()
        let problem: RegisterError? = state.withLock { state in
            if let down = Self.down(state) { return down }
            Self.forget(&state, now)
            for part in grant.parts {
                guard let life = state.lives[part.lease] else { return .gone("the lease") }
                state.lives[part.lease] = (now + life.ttl, life.ttl)
            }
            return nil
        }
        if let problem { throw problem }
    }

    public func release(_ grant: RegisterGrant) async {
        let now = clock.now()
        let groups = state.withLock { state -> [GroupID] in
            guard !state.isDown else { return [] }
            for part in grant.parts { state.lives[part.lease] = nil }
            return Self.forget(&state, now)
        }
        tell(groups)
    }

    public func leases() async throws(RegisterError) -> [GroupID: LeaseFacts] {
        try look { $0.leases.mapValues(\.facts) }
    }

    public func offer(_ offer: ApprovalOffer, ttl: Span) async throws(RegisterError) -> RegisterGrant {
        let now = clock.now()
        let grant = try look { state in
            let token = Self.token(&state, now, ttl)
            state.offers[offer.id] = Offered(token: token, offer: offer)
            return RegisterGrant(parts: [.init(register: 0, lease: token)])
        }
        tell([offer.group])
        return grant
    }

    public func offers() async throws(RegisterError) -> [ApprovalOffer] {
        try look { $0.offers.values.map(\.offer).sorted { $0.facts.offeredAt < $1.facts.offeredAt } }
    }

    public func answer(_ offer: ApprovalOffer, _ answer: ApprovalAnswer) async throws(RegisterError) {
        let problem: RegisterError? = try look { state in
            guard let held = state.offers[offer.id], held.offer == offer else {
                return .gone("the offer \(offer.id.prefix(8))")
            }
            if let other = held.answer { return .answered(by: other.who) }
            state.offers[offer.id]?.answer = answer
            return nil
        }
        if let problem { throw problem }
    }

    public func awaitAnswer(
        to offer: ApprovalOffer, until: Timestamp
    ) async throws(RegisterError) -> ApprovalAnswer? {
        while clock.now() < until {
            if let answer = state.withLock({ $0.offers[offer.id]?.answer }) { return answer }
            do { try await clock.sleep(until: min(until, clock.now() + Self.lookEvery)) } catch { return nil }
        }
        return nil
    }

    public func anchors(of owner: AnchorOwner) async throws(RegisterError) -> [AuditAnchor] {
        try look { state in state.anchors["\(owner)"].map { [$0] } ?? [] }
    }

    public func anchor(
        _ anchor: AuditAnchor, of owner: AnchorOwner, groups: [GroupID]
    ) async throws(RegisterError) {
        try look { state in
            if let old = state.anchors["\(owner)"], old.sequence >= anchor.sequence { return }
            state.anchors["\(owner)"] = anchor
        }
    }

    // MARK: parts

    private func look<Value>(_ body: (inout State) -> Value) throws(RegisterError) -> Value {
        let now = clock.now()
        let result: Result<Value, RegisterError> = state.withLock { state in
            if let down = Self.down(state) { return .failure(down) }
            Self.forget(&state, now)
            return .success(body(&state))
        }
        return try result.get()
    }

    private static func down(_ state: State) -> RegisterError? {
        state.isDown ? .unreachable(register: "memory", reason: "it was cut off") : nil
    }

    private static func token(_ state: inout State, _ now: Timestamp, _ ttl: Span) -> Int64 {
        defer { state.nextToken += 1 }
        state.lives[state.nextToken] = (now + ttl, ttl)
        return state.nextToken
    }

    /// Takes away what has run out; returns the groups that it was of.
    @discardableResult
    private static func forget(_ state: inout State, _ now: Timestamp) -> [GroupID] {
        state.lives = state.lives.filter { $0.value.until > now }
        let lives = Set(state.lives.keys)
        let leases = state.leases.filter { !lives.contains($0.value.token) }.map(\.key)
        let offers = state.offers.filter { !lives.contains($0.value.token) }
        for group in leases { state.leases[group] = nil }
        for id in offers.keys { state.offers[id] = nil }
        return Set(leases + offers.values.map(\.offer.group)).sorted()
    }

    private func tell(_ groups: [GroupID]) {
        for group in groups {
            let (lease, offers) = state.withLock { state in
                (
                    state.leases[group]?.facts,
                    state.offers.values.filter { $0.offer.group == group }.map(\.offer.facts)
                )
            }
            onChange(group, lease, offers.sorted { $0.offeredAt < $1.offeredAt })
        }
    }
}
