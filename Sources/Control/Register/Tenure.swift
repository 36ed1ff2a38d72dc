import Estate
import Synchronization

/// How a lease stands, as a state machine: what was asked and answered in, when to ask next out. It is trusted only as
/// far as the last sign of life that was answered, counted from when it was asked, less a margin for clocks.
struct TenureMachine: Equatable {
    /// How long a lease lives without a sign of life.
    static let ttl = Span.seconds(15)
    /// It is given up this much before it can have ended.
    static let margin = Span.seconds(1)
    /// After a sign of life that was not answered.
    static let againAfter = Span.seconds(1)

    private(set) var goodUntil: Timestamp
    private(set) var askAt: Timestamp
    private(set) var problem: String?
    private var isGone = false
    private let ttl: Span

    /// - Parameter askedAt: when it was asked for, not when it came.
    init(askedAt: Timestamp, ttl: Span = TenureMachine.ttl) {
        self.ttl = ttl
        goodUntil = askedAt + ttl
        askAt = askedAt + ttl * (1 / 3.0)
    }

    mutating func renewed(askedAt: Timestamp) {
        goodUntil = max(goodUntil, askedAt + ttl)
        askAt = askedAt + ttl * (1 / 3.0)
        problem = nil
    }

    mutating func failed(_ reason: String, at now: Timestamp) {
        problem = reason
        askAt = now + Self.againAfter
    }

    mutating func gone(_ reason: String) {
        problem = reason
        isGone = true
    }

    /// Why nothing may be sent any more; nil while it holds.
    func lost(at now: Timestamp) -> String? {
        guard isGone || now >= goodUntil - Self.margin else { return nil }
        return "the lease was lost: \(problem ?? "no sign of life was answered in time")"
    }
}

/// Keeps a grant alive until it is ended or lost.
final class Tenure: Sendable {
    let grant: RegisterGrant
    private let register: any OperatorRegister
    private let machine: Mutex<TenureMachine>
    private let keeping: Mutex<Task<Void, Never>?> = Mutex(nil)

    init(_ grant: RegisterGrant, in register: any OperatorRegister, askedAt: Timestamp, clock: any Timekeeper) {
        self.grant = grant
        self.register = register
        machine = Mutex(TenureMachine(askedAt: askedAt))
        guard !grant.parts.isEmpty else { return }
        keeping.withLock { $0 = Task { [weak self] in await Self.keep(self, clock) } }
    }

    deinit { keeping.withLock { $0?.cancel() } }

    /// Why nothing may be sent any more; nil while it holds, and where there was nothing to take.
    func lost(at now: Timestamp) -> String? {
        grant.parts.isEmpty ? nil : machine.withLock { $0.lost(at: now) }
    }

    /// Gives it back.
    func end() async {
        keeping.withLock { $0?.cancel() }
        await register.release(grant)
    }

    private static func keep(_ tenure: Tenure?, _ clock: any Timekeeper) async {
        // Weak between two signs of life: an action that is over does not keep its lease.
        weak let weakly = tenure
        while let askAt = weakly?.machine.withLock({ $0.askAt }) {
            do { try await clock.sleep(until: askAt) } catch { return }
            guard let tenure = weakly else { return }
            let askedAt = clock.now()
            do throws(RegisterError) {
                try await tenure.register.renew(tenure.grant)
                tenure.machine.withLock { $0.renewed(askedAt: askedAt) }
            } catch {
                let isGone: Bool = if case .gone = error { true } else { false }
                let now = clock.now()
                tenure.machine.withLock { machine in
                    if isGone { machine.gone(error.description) } else { machine.failed(error.description, at: now) }
                }
                if isGone { return }
            }
        }
    }
}
