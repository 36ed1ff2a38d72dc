import ArgumentParser
import Estate
import Feeds
import Foundation
import Settings
import Watch

/// `pitboss init`.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented pitboss.yaml from what can be discovered.",
        discussion: "Start from --etcd URL or --patronictl FILE. Secrets are named, never copied.")

    @OptionGroup var options: SettingsOptions
    @Option(
        name: [.customShort("o"), .long], help: "Where to; - for stdout. (default: ~/.config/pitboss/pitboss.yaml)")
    var output: String?
    @Flag(help: "Overwrite a file that is there.") var force = false

    func validate() throws {
        if options.patronictl == nil && options.etcd.isEmpty && options.config == nil {
            throw ValidationError("Say where to begin: --etcd URL or --patronictl FILE.")
        }
    }

    func run() async throws {
        let clock = SystemTimekeeper()
        var settings = try await options.load(clock: clock)
        let found = try await Session.with(settings, clock: clock) { session in
            session.state.snapshot.members.compactMap { member -> (name: String, address: String?)? in
                guard session.settings.group(member.id.group)?.patroni != nil else { return nil }
                return (member.id.name, member.fact(\.address, from: "etcd", "patroni"))
            }
        }
        settings.addNodes(of: [DiscoveredScope(namespace: "", scope: "", members: found)])
        let text = SettingsWriter.yaml(settings)
        guard output != "-" else {
            print(text, terminator: "")
            return
        }
        let locator = SettingsLocator(environment: ProcessInfo.processInfo.environment)
        guard let path = output ?? locator.personal else { throw ValidationError("Say where to write: --output PATH.") }
        try write(text, to: path)
        print("Wrote \(path): \(settings.groups.count) groups, \(settings.nodes.count) nodes.")
        print("Look over it, then: pitboss doctor --config \(path)")
    }

    private func write(_ text: String, to path: String) throws {
        let files = FileManager.default
        if files.fileExists(atPath: path) && !force {
            throw ValidationError("\(path) is there already; --force overwrites it, --output - shows the new one.")
        }
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try files.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
