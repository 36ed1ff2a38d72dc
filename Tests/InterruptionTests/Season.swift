import Control
import Estate
import Foundation
import Journal
import PitbossTestKit
import Plans
import Simulator

/// A platform with faults of its own, and a journal that several processes write one after the other.
final class Season {
    static let plansEach = 7
    /// Awaits after which a process dies, at most: a whole node takes about so many.
    static let awaitsMax = 1_600

    private var dice: Dice
    private let theatre: Theatre
    private let folder: String
    private let journal: Journal
    private var lives: [(Executor, Lifeline)] = []
    private(set) var tally = Tally()
    /// `PITBOSS_TRACE=1` tells what happens, to find out about one seed.
    private let isTold = ProcessInfo.processInfo.environment["PITBOSS_TRACE"] != nil
    private(set) var problems: [String] = []

    init(seed: UInt64) throws {
        dice = Dice(seed)
        let faults = Faults.text(&dice)
        theatre = Theatre(try Scenario(parsing: faults), seed: seed)
        let root = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        folder = root + "/pitboss-interruptions-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        journal = try Journal(at: folder + "/journal.db")
    }

    func play() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for _ in 0..<Self.plansEach {
            try await act(randomCall(), following: nil)
            pass(seconds: Double.random(in: 0...40, using: &dice))
        }
        // Faults are over by now.
        pass(seconds: max(0, Faults.overSeconds - (theatre.clock.now() - SimulatedPlatform.startUsual).seconds) + 60)
        try await giveEverythingBack()
        try await examine()
        for life in lives { life.1.release() }
        for life in lives { while await life.0.isBusy { await Task.yield() } }
        tally.requests = theatre.sent.count
        problems += Set(theatre.problems).sorted()
        problems += theatre.sent.compactMap(\.breach)
    }

    private func pass(seconds: Double) {
        // In strides: what was observed on the way counts as well.
        for _ in 0..<Int(seconds) { theatre.clock.advance(by: .seconds(1)) }
        _ = theatre.snapshot
    }

    // MARK: - Acting

    /// A process of its own each time; its locks are its own, too: a dead one has let go of them.
    private func process(diesAt: Int) -> (Executor, Lifeline) {
        let life = Lifeline(theatre, diesAt: diesAt)
        let executor = Executor(
            journal: journal, courier: life, observations: life, clock: life, who: "ana@desk",
            stateFolder: folder + "/\(lives.count)", isArmed: true)
        lives.append((executor, life))
        return (executor, life)
    }

    private func randomCall() -> PlanCall {
        let platform = theatre.snapshot.platform
        let nodes = platform.nodes.map(\.id).filter { !$0.name.hasPrefix("bkp") && !$0.name.hasPrefix("lb") }
        let node = PlanTarget.node(nodes.randomElement(using: &dice) ?? nodes[0])
        func member(_ group: String) -> PlanTarget {
            let members = theatre.snapshot.members(of: GroupID(group)).map(\.id).sorted()
            return members.randomElement(using: &dice).map { .member($0) } ?? node
        }
        switch Int.random(in: 0..<12, using: &dice) {
        case 0...3: return PlanCall("drain", node, arguments: ["wait": "30s"])
        case 4, 5: return PlanCall("undrain", node)
        case 6: return PlanCall("maintenance", node, arguments: ["wait": "20s", "sessions": "shut"])
        case 7: return PlanCall("drain", member("bet-api"), arguments: ["wait": "30s"])
        case 8: return PlanCall("promote", member("wallet-db"))
        case 9: return PlanCall("promote", member("session-cache"))
        case 10: return PlanCall("move-leader", member("consensus"))
        default: return PlanCall("pause", .group(GroupID("ledger-db")), arguments: ["for": "10m"])
        }
    }

    private func act(_ call: PlanCall, following: Followed?) async throws {
        let roll = Double.random(in: 0...1, using: &dice)
        // As many die early as late.
        let diesAt = roll < 0.1 ? Int.max : Int(pow(Double(Self.awaitsMax), roll).rounded())
        let (executor, life) = process(diesAt: max(2, diesAt))
        let remembered = await quiet(executor) { await $0.remembering(call) }
        guard
            case .success(let plan) = PlanCatalogue.plan(remembered, theatre.snapshot, now: theatre.clock.now()),
            plan.blocks.isEmpty
        else { return }
        tally.plans += 1
        let typed: String? = if case .typed(let name) = plan.confirmation { name } else { nil }
        let begun = await executor.begin(
            plan, Consent(reason: "a test", typed: typed, acceptsWarnings: true), following: following)
        await pump { life.isDead ? true : await !executor.isBusy }
        guard life.isDead, await executor.isBusy else {
            let outcome = await executor.wait(for: begun.id)?.outcome
            tally.outcomes[outcome?.word ?? "none", default: 0] += 1
            tell("\(plan.title) \(outcome?.word ?? "none"): \(outcome?.text ?? "")")
            return
        }
        tally.interruptions += 1
        tell("\(plan.title) dies at \(diesAt), \(begun.id.prefix(4))")
        try await recover(begun.id)
    }

    private func quiet<Value: Sendable>(
        _ executor: Executor, _ body: @Sendable (Executor) async -> Value
    ) async -> Value { await body(executor) }

    /// Lets the time pass while it is not so.
    private func pump(_ isOver: () async -> Bool) async {
        var idle = 0
        while await !isOver() {
            if theatre.clock.sleepersCount > 0 {
                theatre.clock.advance(by: .milliseconds(100))
                idle = 0
            }
            idle += 1
            await Task.yield()
        }
    }

    // MARK: - Recovering

    /// The next process finds it and concludes it; then somebody goes on, goes back, or leaves it.
    private func recover(_ id: String) async throws {
        pass(seconds: Double.random(in: 0...30, using: &dice))
        let (executor, _) = process(diesAt: .max)
        var found: OpenAction?
        for _ in 0..<300 {
            found = try await executor.open().first { $0.id == id }
            guard case .settling = found?.state else { break }
            pass(seconds: 2)
        }
        guard let found else {
            // It had its outcome already, or its intent was never kept.
            let entries = try await journal.audit(filter(id))
            let hasIntent = entries.contains { $0.record.phase == .intent }
            let hasEnd = entries.contains { $0.record.phase == .outcome || $0.record.phase == .refused }
            if hasIntent, !hasEnd { problems.append("\(id) was not found again") }
            return
        }
        tally.states[found.state.word, default: 0] += 1
        tell("\(found.plan.title) is \(found.state.word): \(found.state.text)")
        guard !found.state.isSettled else { return }
        if found.wayOn == nil { problems.append("\(found.plan.title): \(found.state.word) without a way on") }
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: if let on = found.wayOn { try await act(on, following: Followed(.resumes, id)) }
        case 1: if let back = found.wayBack { try await act(back, following: Followed(.undoes, id)) }
        default: break
        }
    }

    private func tell(_ text: String) {
        guard isTold else { return }
        let seconds = Int((theatre.clock.now() - SimulatedPlatform.startUsual).seconds)
        FileHandle.standardError.write(Data("\(seconds) s: \(text)\n".utf8))
    }

    private func filter(_ id: String) -> JournalFilter {
        var filter = JournalFilter(limit: JournalFilter.limitMax)
        filter.action = id
        return filter
    }

    // MARK: - The end

    /// Whatever is open is taken back, and whatever is held is given back.
    private func giveEverythingBack() async throws {
        for _ in 0..<3 {
            let (executor, _) = process(diesAt: .max)
            var calls: [(PlanCall, Followed?)] = []
            for open in try await executor.open() where !open.state.isSettled {
                if let back = open.wayBack, back.recipe == "undrain" {
                    calls.append((back, Followed(.undoes, open.id)))
                } else if let on = open.wayOn, on.recipe == "promote" {
                    calls.append((on, Followed(.resumes, open.id)))
                }
            }
            for hold in try await journal.holds() where hold.kind != "paused" {
                let name = hold.group.name
                let target: PlanTarget =
                    if let slash = name.firstIndex(of: "/") {
                        .member(MemberID(GroupID(String(name[..<slash])), String(name[name.index(after: slash)...])))
                    } else {
                        .node(NodeID(name))
                    }
                calls.append((PlanCall("undrain", target), nil))
            }
            if calls.isEmpty { break }
            for (call, following) in calls {
                let remembered = await executor.remembering(call)
                let made = PlanCatalogue.plan(remembered, theatre.snapshot, now: theatre.clock.now())
                guard case .success(let plan) = made else {
                    tell("back: \(call.recipe) \(call.target): \(made)")
                    continue
                }
                let typed: String? = if case .typed(let name) = plan.confirmation { name } else { nil }
                let begun = await executor.begin(
                    plan, Consent(reason: "back", typed: typed, acceptsWarnings: true), following: following)
                await pump { await !executor.isBusy }
                let outcome = await executor.wait(for: begun.id)?.outcome
                tell("back: \(plan.title) \(outcome?.word ?? "none"): \(outcome?.text ?? "")")
            }
            pass(seconds: 5)
        }
    }

    private func examine() async throws {
        guard case .whole = try await journal.verify() else {
            problems.append("the journal's chain is broken")
            return
        }
        let entries = try await journal.audit(JournalFilter(limit: JournalFilter.limitMax))
        var requested: [String: Int] = [:]
        for (action, records) in Dictionary(grouping: entries.map(\.record), by: \.action) {
            let phases = records.map(\.phase)
            if phases.contains(.request), phases.first != .intent {
                problems.append("\(action): request before intent")
            }
            if phases.contains(.intent), !phases.contains(.outcome) { problems.append("\(action): no outcome") }
            for record in records where record.phase == .request {
                for detail in record.details where detail.name == "request" { requested[detail.value, default: 0] += 1 }
            }
        }
        for (lines, count) in Dictionary(grouping: theatre.sent, by: \.lines).mapValues(\.count)
        where count > requested[lines, default: 0] {
            problems.append("sent \(count) times, kept \(requested[lines, default: 0]) times: \(lines)")
        }
        let truth = theatre.truth
        if !truth.takenOut.isEmpty { problems.append("not given back: \(truth.takenOut)") }
        if !truth.reranked.isEmpty { problems.append("rank not given back: \(truth.reranked)") }
    }
}

/// What goes wrong meanwhile, and is mended later.
enum Faults {
    static let overSeconds = 400.0

    static func text(_ dice: inout Dice) -> String {
        let victims = [
            "bet-api/bet-ams-1", "bet-api/bet-lon-2", "odds-api/odds-fra-1", "wallet-db/db-fra-1", "wallet-db/db-ams-1",
            "ledger-db/db-lon-2", "session-cache/cache-lon-1", "session-cache/cache-ams-1", "consensus/etcd-lon-1",
            "consensus/etcd-ams-2", "balancers/lb-fra-1",
        ]
        var steps: [(Int, String)] = []
        for _ in 0..<Int.random(in: 0...3, using: &dice) {
            let at = Int.random(in: 5...300, using: &dice)
            let lasts = Int.random(in: 5...90, using: &dice)
            if Int.random(in: 0..<5, using: &dice) == 0 {
                let site = ["ams", "lon", "fra"].randomElement(using: &dice) ?? "fra"
                steps += [(at, "partition: \(site)"), (at + lasts, "heal: \(site)")]
            } else {
                let victim = victims.randomElement(using: &dice) ?? victims[0]
                let how = Bool.random(using: &dice) ? "kill" : "stop"
                steps += [(at, "\(how): \(victim)"), (at + lasts, "start: \(victim)")]
            }
        }
        let list = steps.sorted { $0.0 < $1.0 }.map { "{ at: \($0.0)s, \($0.1) }" }
        return "name: season\nsummary: random faults\nsteps: [ \(list.joined(separator: ", ")) ]"
    }
}
