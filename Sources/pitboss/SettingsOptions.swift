import ArgumentParser
import Cockpit
import Control
import Estate
import Feeds
import Foundation
import Plans
import Settings

/// What to watch, and whether acting is allowed. Shared by every command that looks at a platform.
struct SettingsOptions: ParsableArguments {
    @Option(help: "The configuration. (default: $PITBOSS_CONFIG, ~/.config/pitboss/, /etc/pitboss/)")
    var config: String?

    @Option(help: "Start from an existing patronictl.yaml or patroni.yml alone.")
    var patronictl: String?

    @Option(help: "Discover the scopes that an etcd holds; repeat for its other members.")
    var etcd: [String] = []

    @Option(help: "Patroni's namespace, with --etcd.")
    var namespace: String = PatroniSettings.namespaceDefault

    @Flag(help: "Allow commands that change something.")
    var operate = false

    @Flag(help: "Never allow them, whatever the configuration says.")
    var readOnly = false

    func validate() throws {
        let given = [config != nil, patronictl != nil, !etcd.isEmpty].count { $0 }
        if given > 1 { throw ValidationError("Give one of --config, --patronictl and --etcd.") }
        if operate && readOnly { throw ValidationError("--operate and --read-only contradict each other.") }
    }

    /// Longest wait for the etcd of --etcd.
    static let discoveryDeadline = Span.seconds(5)

    func load(clock: any Timekeeper) async throws -> PitbossSettings {
        var settings = try await read(clock: clock)
        if operate { settings.operate = true }
        if readOnly { settings.operate = false }
        return settings
    }

    private func read(clock: any Timekeeper) async throws -> PitbossSettings {
        if let patronictl { return try PatronictlReader.read(path: patronictl) }
        if !etcd.isEmpty { return try await discover(clock: clock) }
        let locator = SettingsLocator(environment: ProcessInfo.processInfo.environment)
        let path = try locator.find(named: config) { FileManager.default.fileExists(atPath: $0) }
        return try SettingsReader.read(
            path: path, commands: PlanCatalogue.all.map(\.id), zones: Zones.known, keys: KeyMap.known)
    }

    private func discover(clock: any Timekeeper) async throws -> PitbossSettings {
        let endpoints = etcd.map { Endpoint(url: $0.contains("://") ? $0 : "http://" + $0) }
        let scopes = try await EtcdDiscovery.scopes(
            namespace: namespace, endpoints: endpoints, clock: clock, within: Self.discoveryDeadline)
        guard !scopes.isEmpty else {
            throw ValidationError(
                "There is no Patroni scope below \(namespace) in \(etcd.joined(separator: ", ")). Give its --namespace."
            )
        }
        return .discovered(
            etcd: endpoints, scopes: scopes.map { DiscoveredScope(namespace: namespace, scope: $0) })
    }
}

/// How the glass looks.
struct GlassOptions: ParsableArguments {
    @Option(help: "A theme by name, or a theme file.")
    var theme: String?

    @Flag(help: "No colours; $NO_COLOR does the same.")
    var noColor = false

    @Flag(help: "ASCII alone: no lines, no symbols.")
    var ascii = false

    @Flag(help: "Take the mouse: click, double click and wheel.")
    var mouse = false
}
