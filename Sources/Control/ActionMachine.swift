import Estate
import Plans

/// An action's progress as a state machine: answers, observations and times in, what to send and how it ended out.
/// Each request is sent once. What is in doubt is never sent again: observations resolve it, or the time runs out.
struct ActionMachine {
    /// How long something in doubt is tracked before it is left so.
    static let doubtMax = Span.seconds(120)

    enum Effect: Equatable {
        case send(step: Int)
        case finish(ActionOutcome)
    }

    private enum State: Equatable {
        case ready
        case sending(step: Int, at: Timestamp)
        case awaiting(step: Int, sentAt: Timestamp, inDoubt: String?)
        case settling(since: Timestamp)
        case over
    }

    private let plan: Plan
    private var state = State.ready
    private var firstSentAt: Timestamp?
    private var failures: [String] = []
    private var remarks: [String] = []
    private(set) var steps: [StepStatus]
    /// Steps that may have had an effect.
    private(set) var touched: Set<Int> = []
    /// What is awaited, in one line.
    private(set) var text = ""
    private(set) var wasInDoubt = false

    init(_ plan: Plan) {
        self.plan = plan
        steps = plan.steps.map { _ in .waiting }
    }

    var isInDoubt: Bool {
        if case .awaiting(_, _, let doubt) = state { return doubt != nil }
        return false
    }

    /// nil: there is nothing to send, only to wait for.
    mutating func start(at now: Timestamp) -> Effect? {
        guard plan.steps.isEmpty else { return send(0, now) }
        state = .settling(since: now)
        return nil
    }

    /// The answer to the step being sent, or that there was none.
    mutating func answered(_ verdict: AnswerVerdict, at now: Timestamp) -> Effect? {
        guard case .sending(let step, let sentAt) = state else { return nil }
        switch verdict {
        case .refused(let text):
            return failed(step, text, now)
        case .taken(let text):
            touched.insert(step)
            steps[step] = .taken(text)
            state = .awaiting(step: step, sentAt: sentAt, inDoubt: nil)
        case .unclear(let text):
            touched.insert(step)
            steps[step] = .inDoubt(text)
            wasInDoubt = true
            state = .awaiting(step: step, sentAt: sentAt, inDoubt: text)
        }
        return nil
    }

    /// What is observed now. Also to be called when time passes.
    mutating func observed(_ snapshot: Snapshot, at now: Timestamp) -> Effect? {
        switch state {
        case .ready, .over: return nil
        case .sending(let step, let sentAt):
            text = plan.steps[step].expectation.state(in: snapshot, since: sentAt).text
            return nil
        case .awaiting(let step, let sentAt, let doubt):
            return awaiting(step, sentAt, doubt, snapshot, now)
        case .settling(let since):
            return settling(since, snapshot, now)
        }
    }

    private mutating func awaiting(
        _ step: Int, _ sentAt: Timestamp, _ doubt: String?, _ snapshot: Snapshot, _ now: Timestamp
    ) -> Effect? {
        let found = plan.steps[step].expectation.state(in: snapshot, since: sentAt)
        text = found.text
        switch found {
        case .met(let text):
            if doubt != nil { remarks.append("no answer came; observed: \(text)") }
            steps[step] = .done(text)
            return step + 1 < plan.steps.count ? send(step + 1, now) : settle(now)
        case .contradicted(let text):
            return failed(step, text, now)
        case .pending(let text):
            guard let doubt else {
                guard now - sentAt >= plan.steps[step].deadline else { return nil }
                return failed(
                    step, "taken, but not observed within \(seconds(plan.steps[step].deadline)): \(text)", now)
            }
            guard now - sentAt >= max(plan.steps[step].deadline, Self.doubtMax) else { return nil }
            state = .over
            return .finish(.inDoubt("\(doubt); since then: \(text)"))
        }
    }

    private mutating func settling(_ since: Timestamp, _ snapshot: Snapshot, _ now: Timestamp) -> Effect? {
        let found = plan.outcome.state(in: snapshot, since: firstSentAt ?? since)
        text = found.text
        switch found {
        case .met(let text):
            state = .over
            return .finish(.done(joined(text)))
        case .contradicted(let text):
            state = .over
            return .finish(.failed(joined(text)))
        case .pending(let text):
            guard now - since >= plan.outcomeDeadline else { return nil }
            state = .over
            if plan.goesOnWithoutOutcome { return .finish(.done(joined("goes on with \(text)"))) }
            return .finish(.incomplete(joined("after \(seconds(plan.outcomeDeadline)) still: \(text)")))
        }
    }

    private mutating func send(_ step: Int, _ now: Timestamp) -> Effect {
        guard step < plan.steps.count else { return settle(now) ?? .finish(.failed("nothing to send")) }
        if firstSentAt == nil { firstSentAt = now }
        steps[step] = .sent
        state = .sending(step: step, at: now)
        return .send(step: step)
    }

    private mutating func failed(_ step: Int, _ text: String, _ now: Timestamp) -> Effect? {
        steps[step] = .failed(text)
        failures.append("\(plan.steps[step].summary): \(text)")
        guard plan.goesOnAfterFailure else {
            state = .over
            return .finish(applied == 0 ? .failed(text) : .incomplete(partly))
        }
        return step + 1 < plan.steps.count ? send(step + 1, now) : settle(now)
    }

    /// After the last step: a partial application ends here, visibly.
    private mutating func settle(_ now: Timestamp) -> Effect? {
        guard failures.isEmpty else {
            state = .over
            return .finish(applied == 0 ? .failed(failures.joined(separator: "; ")) : .incomplete(partly))
        }
        state = .settling(since: now)
        return nil
    }

    private var applied: Int { steps.count { if case .done = $0 { true } else { false } } }

    private var partly: String {
        "applied \(applied) of \(steps.count); \(failures.joined(separator: "; "));"
            + " on: \(plan.verb) \(plan.target) again; back: \(plan.undo.text)"
    }

    private func joined(_ text: String) -> String { (remarks + [text]).joined(separator: "; ") }

    private func seconds(_ span: Span) -> String { "\(Int(span.seconds)) s" }
}
