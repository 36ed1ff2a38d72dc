import Control
import Doctor
import Estate
import Feeds
import Foundation
import Insight
import Lab
import PitbossTestKit
import Plans
import Settings
import Testing
import Watch

/// The same servers over TLS, through the whole cockpit: every certificate is proved, and pitboss shows its own.
extension LiveTests {
    @Test(.timeLimit(.minutes(5))) func everythingOverTLS() async throws {
        try await Cluster.with(block: 203, isSecured: true) { cluster in
            try await SecuredLive.isLive(cluster)
            try await SecuredLive.switchesOver(cluster)
            try await SecuredLive.startsFromPatronictl(cluster)
            try await SecuredLive.believesNoStranger(cluster)
        }
    }
}

/// Called by the suite that has the lab.
private enum SecuredLive {
    static func isLive(_ cluster: Cluster) async throws {
        try await cluster.settled()
        try await cluster.until("every source is live", seconds: 30) {
            let sources = cluster.snapshot.sources
            return sources.count >= 14 && sources.allSatisfy { $0.status.state == .live && $0.status.problem == nil }
        }
        try await cluster.until("all of it is protected", seconds: 30) {
            cluster.assessment.groups.allSatisfy { $0.verdict == .protected }
        }
        let wallet = try #require(cluster.assessment.group(cluster.group))
        #expect(Set(wallet.members.map(\.id.name)) == ["pg-ams-1", "pg-lon-1", "pg-dub-1"])
        #expect(wallet.members.filter(\.isPrimary).map(\.id) == [wallet.leader])
        #expect(cluster.assessment.group(GroupID("etcd"))?.quorum?.votersHealthy == 3)
    }

    static func switchesOver(_ cluster: Cluster) async throws {
        let candidate = try cluster.candidate()
        let plan = try await cluster.clearPlan("promote", .member(candidate))
        let status = await cluster.executor().execute(plan, cluster.consent(plan))
        #expect(status.outcome?.word == "done", "\(String(describing: status.outcome))")
        #expect(cluster.leader == candidate)
    }

    static func startsFromPatronictl(_ cluster: Cluster) async throws {
        let settings = try PatronictlReader.read(path: cluster.lab.directory + "/patronictl.yaml")
        try await watching(settings, cluster) { snapshot in
            try await cluster.until("patronictl.yaml alone leads to every member", seconds: 30) {
                snapshot().members(of: cluster.group).count == 3
                    && snapshot().sources.count >= 5 && snapshot().sources.allSatisfy { $0.status.state == .live }
            }
        }
    }

    /// Another CA in the place of the lab's: nobody is believed, and what is said names whom, why and what mends it.
    static func believesNoStranger(_ cluster: Cluster) async throws {
        let folder = cluster.lab.directory
        try RealProgram.run(
            "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=stranger", "-keyout", "\(folder)/stranger.key", "-out", "\(folder)/stranger.pem")
        let text = try String(contentsOfFile: cluster.lab.configuration, encoding: .utf8)
        let blind = try misled(cluster, text.replacing("ca: tls/ca.pem", with: "ca: stranger.pem"))
        try await watching(blind, cluster) { snapshot in
            let id = SourceID("etcd", cluster.group.name)
            try await cluster.until("etcd is not believed", seconds: 30) {
                snapshot().source(id)?.status.state == .untrusted
            }
            expect(snapshot().source(id)?.status.problem, names: "https://127.203.", and: "`tls: {ca: FILE}`")
            #expect(snapshot().members(of: cluster.group).isEmpty, "nothing came in")
        }
        for fault in await faults(blind, cluster, of: "etcd ") {
            expect(fault, names: "https://127.203.", and: "`tls: {ca: FILE}`")
        }

        // etcd is believed, and tells of members: neither their REST API nor their server is.
        let rest = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let login = try #require(rest.firstIndex { $0.hasSuffix("rest:") })
        let wrong = rest.enumerated().map { index, line in
            (login...login + 3).contains(index) || line.contains("sslrootcert")
                ? line.replacing("tls/ca.pem", with: "stranger.pem") : line
        }
        let doors = try misled(cluster, wrong.joined(separator: "\n"))
        for fault in await faults(doors, cluster, of: "REST ") {
            expect(fault, names: "https://127.203.", and: "`tls: {ca: FILE}`")
        }
        for fault in await faults(doors, cluster, of: "PostgreSQL ") {
            expect(fault, names: "postgres://127.203.", and: "`sslrootcert: FILE`")
        }
    }

    /// What the doctor finds of the three servers of a kind, each with its remedy.
    private static func faults(_ settings: PitbossSettings, _ cluster: Cluster, of kind: String) async -> [String] {
        let all = await Doctor(settings, clock: cluster.clock).examine()
        let found = all.filter { $0.grade == .fault && $0.subject.hasPrefix(kind) }
        #expect(found.count == 3, "\(kind): \(all.flatMap(\.lines))")
        return found.map { $0.lines.joined(separator: " ") }
    }

    private static func expect(_ said: String?, names endpoint: String, and remedy: String) {
        let said = said ?? ""
        #expect(
            said.contains("its certificate is not of our CA") && said.contains(endpoint) && said.contains(remedy),
            "\(said)")
    }

    /// The lab's configuration with something else in it, in the lab's own folder.
    private static func misled(_ cluster: Cluster, _ text: String) throws -> PitbossSettings {
        let file = cluster.lab.directory + "/misled.yaml"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return try SettingsReader.read(path: file)
    }

    /// Watches by other settings while it looks at the work.
    private static func watching(
        _ settings: PitbossSettings, _ cluster: Cluster, _ work: (_ snapshot: () -> Snapshot) async throws -> Void
    ) async throws {
        let watcher = Watcher(settings, clock: cluster.clock)
        let watching = Task { await watcher.run() }
        do { try await work { watcher.state.snapshot } } catch {
            watching.cancel()
            await watching.value
            throw error
        }
        watching.cancel()
        await watching.value
    }
}
