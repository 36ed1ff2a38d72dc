import Settings
import Testing

@Suite struct KeySettingsTests {
    private func read(_ keys: String) throws(SettingsError) -> PitbossSettings {
        try SettingsReader.read(
            "platform: p\netcd: [{name: e, endpoints: [\"http://127.0.0.1:2379\"]}]\nkeys:\n" + keys, file: "p.yaml",
            folder: "/etc",
            keys: KnownKeys(commands: ["act.promote", "look.open", "look.help"]) { keys in
                keys["look.open"] == ["Hyper-x"] ? ("look.open", "“Hyper-x” is no key") : nil
            })
    }

    @Test func oneKeyOrManyOrNone() throws {
        let settings = try read("  act.promote: F5\n  look.open: [Enter, o]\n  look.help: []\n")
        #expect(settings.keys == ["act.promote": ["F5"], "look.open": ["Enter", "o"], "look.help": []])
    }

    @Test(
        arguments: [
            ("  act.promot: F5\n", 4, "act.promote"), ("  look.open: Hyper-x\n", 4, nil),
            ("  look.open: {a: b}\n", 4, nil),
            ("  act.promote: F5\n  look.open: [[x]]\n", 5, nil),
        ] as [(String, Int, String?)])
    func whatIsWrongIsToldWithItsPlace(_ keys: String, _ line: Int, _ nearest: String?) throws {
        let error = #expect(throws: SettingsError.self) { try read(keys) }
        guard case .mistakes(let list)? = error else { return }
        #expect(list.map(\.line) == [line])
        #expect(list.first?.nearest == nearest)
        #expect(list.first?.subject.hasPrefix("keys") == true)
    }
}
