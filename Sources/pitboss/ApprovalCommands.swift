import ArgumentParser
import Control
import Estate
import Feeds
import Plans
import Report
import Settings

/// `pitboss leases`.
struct LeasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leases", abstract: "Who acts on what now, among all operators, and what waits for approval.")
    @OptionGroup var options: SettingsOptions
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        let register = try await options.register()
        let report = ActionsReport(try await register.leases(), try await register.offers())
        await register.close()
        if json { print(JSONText.of(report)) } else { report.lines.forEach { print($0) } }
    }
}

/// `pitboss approvals`.
struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "Plans that wait for a second operator.")
    @OptionGroup var options: SettingsOptions
    @Flag(help: "Answer in JSON.") var json = false

    func run() async throws {
        let register = try await options.register()
        let report = OffersReport(try await register.offers())
        await register.close()
        if json { print(JSONText.of(report)) } else { report.lines.forEach { print($0) } }
    }
}

/// `pitboss approve`.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve a plan that waits for a second operator.",
        discussion: "Never one's own. Shows the whole plan first; without a terminal --yes and --reason approve it.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var answer: AnswerOptions
    func run() async throws { try await answer.give(isApproved: true, options) }
}

/// `pitboss deny`.
struct DenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Deny a plan that waits for a second operator.")
    @OptionGroup var options: SettingsOptions
    @OptionGroup var answer: AnswerOptions
    func run() async throws { try await answer.give(isApproved: false, options) }
}

struct AnswerOptions: ParsableArguments {
    @Argument(help: "The plan's id, or its beginning, as `pitboss approvals` lists it.") var id: String
    @Option(help: "Why; kept in the audit of both.") var reason: String?
    @Flag(help: "Confirmed: do not ask.") var yes = false
    @Flag(help: "Answer in JSON.") var json = false

    private struct Answered: Encodable {
        let schema = "pitboss.answer/1"
        let offer: String
        let isApproved: Bool
        let isDelivered: Bool
        let text: String
    }

    func give(isApproved: Bool, _ options: SettingsOptions) async throws {
        let code = try await Session.with(options) { session in
            let executor = session.executor(try Session.journal(), session.courier())
            do throws(ControlError) {
                guard let reason = try await agreed(executor, isApproved) else {
                    return tell(id, isApproved, nil, "not confirmed: --yes and --reason confirm without a terminal")
                }
                let offer = try await executor.answer(id, isApproved: isApproved, reason: reason)
                let word = isApproved ? "approved" : "denied"
                return tell(offer.id, isApproved, offer, "\(word): \(offer.facts.title), asked by \(offer.facts.who)")
            } catch {
                return tell(id, isApproved, nil, error.description)
            }
        }
        if code != 0 { throw ExitCode(code) }
    }

    private func tell(_ id: String, _ isApproved: Bool, _ offer: ApprovalOffer?, _ text: String) -> Int32 {
        let text = SafeText.line(text)
        let answered = Answered(offer: id, isApproved: isApproved, isDelivered: offer != nil, text: text)
        print(json ? JSONText.of(answered) : offer == nil ? "refused: \(text)" : text)
        return offer == nil ? ActionReport.refusedExitCode : 0
    }

    /// The reason, once the whole plan was shown.
    private func agreed(_ executor: Executor, _ isApproved: Bool) async throws(ControlError) -> String? {
        if yes { return reason ?? "" }
        guard Output.isTerminal, !json else { return nil }
        let found = try await executor.pendingOffers().filter { $0.id.hasPrefix(id) }
        guard let offer = found.first, found.count == 1 else { throw .noOffer(id, count: found.count) }
        Output.note(OfferReport(offer.facts).line)
        Output.note("")
        PlanReport(offer.plan).lines.forEach { Output.note($0) }
        Output.note("")
        guard let why = reason ?? Output.ask("reason: "), !why.isEmpty else { return nil }
        let word = isApproved ? "approve" : "deny"
        return Output.ask("type \(word) to go on: ") == word ? why : nil
    }
}

extension SettingsOptions {
    /// The operators' register that the configuration names.
    func register() async throws -> EtcdRegister {
        let clock = SystemTimekeeper()
        guard let register = EtcdRegister(try await load(clock: clock), clock: clock) else {
            throw ValidationError("The configuration names no etcd in which operators see each other.")
        }
        return register
    }
}
