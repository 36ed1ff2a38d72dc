import ArgumentParser
import Control
import Estate
import Insight
import Plans
import Report
import Settings
import Watch

/// How a command that changes something is confirmed and told.
struct ActionOptions: ParsableArguments {
    @Flag(help: "Show the plan, send nothing.") var dryRun = false
    @Option(help: "Why; kept in the audit.") var reason: String?
    @Flag(help: "Confirmed: do not ask.") var yes = false
    @Flag(help: "Take on the checks that warn. Nothing takes on one that blocks.") var force = false
    @Option(help: "Act in a change freeze all the same, and why; kept in the audit.") var overrideFreeze: String?
    @Option(help: "Act where nobody can say whether another operator does, and why; kept in the audit.")
    var withoutLease: String?
    @Flag(help: "Answer in JSON.") var json = false

    /// Makes the plan, has it confirmed, carries it out and waits for its end. Throws the exit code.
    func perform(
        _ verb: String, named name: String, _ options: SettingsOptions,
        _ call: @escaping @Sendable (TargetFinder) throws -> PlanCall
    ) async throws {
        let code = try await Session.with(options) { session in
            let plan: Plan
            do {
                let journal = try? Session.journal()
                let made = await session.remembering(try call(TargetFinder(session.assessment())), journal)
                plan = try await planned(made, session)
            } catch let error as TargetFinder.Failure {
                return refuse(verb, name, error.description)
            } catch let error as PlanRefusal {
                return refuse(verb, name, error.description)
            }
            if dryRun {
                let report = PlanReport(
                    plan, after: Prospect.of(plan, in: session.state.snapshot, now: session.clock.now()))
                if json { print(JSONText.of(report)) } else { report.lines.forEach { print($0) } }
                return plan.status == .block ? ActionReport.refusedExitCode : 0
            }
            return try await carryOut(plan, session)
        }
        if code != 0 { throw ExitCode(code) }
    }

    /// Longest wait for checks that time alone lifts.
    static let liftSecondsMax = 15.0

    /// The plan, once what only time lifts has had that time: a command that has just begun to watch has seen nothing
    /// for long.
    private func planned(_ call: PlanCall, _ session: Session) async throws -> Plan {
        func make() throws -> Plan {
            try PlanCatalogue.plan(call, session.state.snapshot, now: session.clock.now()).get()
        }
        var plan = try make()
        let end = session.clock.now() + .seconds(Self.liftSecondsMax)
        while session.clock.now() < end, !plan.blocks.isEmpty, plan.blocks.allSatisfy({ $0.liftsIn != nil }) {
            if !json, let first = plan.blocks.first { Output.note("waiting: \(first.what): \(first.figure)") }
            try await session.clock.sleep(for: min(plan.blocks.compactMap(\.liftsIn).max() ?? .zero, .seconds(2)))
            plan = try make()
        }
        return plan
    }

    func refuse(_ verb: String, _ name: String, _ text: String) -> Int32 {
        let report = ActionReport(command: verb, target: name, refused: text)
        print(json ? JSONText.of(report) : report.line)
        return report.exitCode
    }

    func carryOut(_ plan: Plan, _ session: Session, following: Followed? = nil) async throws -> Int32 {
        let target = plan.target.description
        guard session.settings.operate else {
            return refuse(plan.verb, target, ControlError.readOnly.description)
        }
        guard let consent = consent(plan, session) else {
            return refuse(plan.verb, target, "not confirmed: --yes and --reason confirm without a terminal")
        }
        let courier = session.courier()
        let executor = session.executor(try Session.journal(), courier)
        let states = await executor.follow()
        let begun = await executor.begin(plan, consent, following: following)
        let quiet = json
        let telling = Task {
            var last = ""
            for await status in states where status.id == begun.id {
                let text = SafeText.line(status.text)
                if !quiet && text != last { Output.note("  " + text) }
                last = text
            }
        }
        let ended = await Interrupt.warned(
            "\(plan.verb) goes on unless it waits for approval; interrupt again to leave it in doubt",
            andThen: { Task { await executor.withdraw(begun.id) } }
        ) {
            await executor.wait(for: begun.id)
        }
        telling.cancel()
        await courier.close()
        let report = ActionReport(ended ?? begun)
        print(json ? JSONText.of(report) : report.line)
        if let problem = report.journalProblem { Output.note("audit: \(problem)") }
        return report.exitCode
    }

    /// What was given on the command line, or typed now.
    private func consent(_ plan: Plan, _ session: Session) -> Consent? {
        guard var consent = agreed(plan, session) else { return nil }
        consent.overridesFreeze = overrideFreeze
        consent.forgoesLease = withoutLease
        return consent
    }

    private func agreed(_ plan: Plan, _ session: Session) -> Consent? {
        if yes {
            return Consent(reason: reason ?? "", typed: typed(plan), acceptsWarnings: force)
        }
        guard Output.isTerminal, !json else { return nil }
        let prospect = Prospect.of(plan, in: session.state.snapshot, now: session.clock.now())
        PlanReport(plan, after: prospect).lines.forEach { Output.note($0) }
        Output.note("")
        guard let why = reason ?? Output.ask("reason: "), !why.isEmpty else { return nil }
        switch plan.confirmation {
        case .typed(let name):
            guard Output.ask("type \(SafeText.line(name)) to go on: ") == name else { return nil }
        case .yes:
            guard Output.ask("type yes to go on: ") == "yes" else { return nil }
        }
        // The warnings stood above the question.
        return Consent(reason: why, typed: typed(plan), acceptsWarnings: true)
    }

    private func typed(_ plan: Plan) -> String? {
        if case .typed(let name) = plan.confirmation { name } else { nil }
    }
}
