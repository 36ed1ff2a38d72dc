import Foundation
import Testing

@testable import Simulator

@Suite struct BuiltinScenarioTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "scenarios")

    /// The usual one first, then in the order in which they are listed.
    private static let names = [
        "kick-off", "leader-killed", "replica-behind", "disk-failing", "site-cut-off", "login-flood", "bad-deploy",
        "backups-stop", "split-observers", "flapping", "provider-down", "quorum-lost", "cache-killed",
    ]

    /// With PITBOSS_WRITE_SCENARIOS set, writes Sources/Simulator/BuiltinScenarios.swift from the files instead.
    @Test func builtinScenariosAreTheFiles() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
        #expect(files.sorted() == Self.names.sorted())
        let texts = try Self.names.map { name in
            (name, try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8))
        }
        if ProcessInfo.processInfo.environment["PITBOSS_WRITE_SCENARIOS"] != nil {
            let target = Self.folder.appending(path: "../Sources/Simulator/BuiltinScenarios.swift")
            try Self.source(texts).write(to: target, atomically: true, encoding: .utf8)
            return
        }
        for (name, text) in texts {
            let built = BuiltinScenarios.all.first { $0.name == name }?.yaml
            #expect(
                built == text,
                "\(name).yaml was changed: PITBOSS_WRITE_SCENARIOS=1 swift test --filter BuiltinScenarioTests")
        }
        #expect(Scenario.names == Self.names)
    }

    private static func source(_ texts: [(String, String)]) -> String {
        var out =
            "// Written from scenarios/*.yaml by BuiltinScenarioTests with PITBOSS_WRITE_SCENARIOS=1: edit those.\n"
        out += "enum BuiltinScenarios {\n    static let all: [(name: String, yaml: String)] = [\n"
        for (name, text) in texts {
            let body = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .map { $0.isEmpty ? "" : "            \($0)" }.joined(separator: "\n")
            out +=
                "        (\n            \"\(name)\",\n            #\"\"\"\n\(body)\n\n            \"\"\"#\n        ),\n"
        }
        return out + "    ]\n}\n"
    }

    /// With PITBOSS_REWRITE_GOLDEN set, writes docs/scenarios.md first.
    @Test func theGuideIsWhatTheTablesSay() throws {
        let file = Self.folder.appending(path: "../docs/scenarios.md").standardized
        if ProcessInfo.processInfo.environment["PITBOSS_REWRITE_GOLDEN"] != nil {
            try Scenario.guide.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == Scenario.guide)
    }

    @Test func theyAreCalledLikeTheirFiles() throws {
        let all = Scenario.all
        #expect(all.map(\.name) == Self.names)
        #expect(all.allSatisfy { !$0.summary.isEmpty && !$0.expectations.isEmpty })
        #expect(all.first?.name == Scenario.usualName)
        #expect(try Scenario.named("flapping") == all.first { $0.name == "flapping" })
        #expect(throws: ScenarioError.unknownScenario("leader-kiled", nearest: "leader-killed", known: Self.names)) {
            try Scenario.named("leader-kiled")
        }
    }
}
