import ArgumentParser
import Doctor
import Estate
import Feeds
import Report

/// `pitboss doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check every endpoint, credential, permission and clock, and say how to mend each.",
        discussion: "Exit 0: all is well, 1: warnings, 2: faults. Changes nothing.")

    @OptionGroup var options: SettingsOptions
    @Flag(help: "Answer in JSON.") var json = false

    private struct Answer: Encodable {
        let schema = "pitboss.doctor/1"
        let at: String
        let worst: Finding.Grade
        let findings: [Finding]
    }

    func run() async throws {
        let clock = SystemTimekeeper()
        let settings = try await options.load(clock: clock)
        let findings = await Doctor(settings, clock: clock).examine()
        let worst = findings.map(\.grade).max() ?? .ok
        if json {
            print(JSONText.of(Answer(at: RFC3339.text(clock.now()), worst: worst, findings: findings)))
        } else {
            findings.flatMap(\.lines).forEach { print(SafeText.line($0)) }
            let faults = findings.count { $0.grade == .fault }
            let warnings = findings.count { $0.grade == .warning }
            print("\n\(findings.count) checks, \(faults) faults, \(warnings) warnings")
        }
        switch worst {
        case .ok: break
        case .warning: throw ExitCode(1)
        case .fault: throw ExitCode(2)
        }
    }
}
