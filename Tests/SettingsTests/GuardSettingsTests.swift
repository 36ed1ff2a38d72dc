import Estate
import Settings
import Testing

@Suite struct GuardSettingsTests {
    static let base = """
        platform: lab-bets
        groups:
          - name: wallet-db
            tier: critical
            patroni: {scope: wallet-db, etcd: {endpoints: ["http://127.0.1.1:2379"]}}
          - {name: bet-api, haproxy: {backend: bet_api}}
        balancers: [{name: lb-1, socket: "unix:///run/lb-1.sock"}]

        """

    static let guards = """
        register: {prefix: /ops/pitboss}
        freezes:
          - name: kick-offs
            zone: Europe/London
            reason: bets in play
            weekly: [sat 14:30-17:30, "fri 22:00-02:00", sun 18:00-mon 06:00]
            tiers: [critical]
            allows: [undrain]
          - {name: derby, dates: ["2026-12-24 18:00 - 2026-12-26 08:00"], groups: [bet-api]}
        roles:
          operators: {users: [ana], groups: [dba]}
          approvers: {users: [bea]}
        people: [{name: Ana, users: [ana, ana-adm]}]
        four_eyes: {verbs: [failover], groups: [wallet-db], tiers: [critical], bytes_at_risk: 1MB, wait: 10m}
        audit: {syslog: "unix:///dev/log"}
        drills: [{scenario: leader-killed, every: 30d}]

        """

    func read(_ yaml: String) throws(SettingsError) -> PitbossSettings {
        try SettingsReader.read(
            yaml, file: "p.yaml", folder: "/etc", commands: ["promote", "failover", "drain", "undrain"],
            zones: KnownZones(names: { ["UTC", "Europe/London"] }, isKnown: { ["UTC", "Europe/London"].contains($0) }))
    }

    @Test func everyGuardArrivesAsAValue() throws {
        let guards = try read(Self.base + Self.guards).guards
        #expect(guards.register.prefix == "/ops/pitboss/")
        let freeze = try #require(guards.freezes.first)
        #expect(freeze.zone == "Europe/London" && freeze.reason == "bets in play" && freeze.tiers == [.critical])
        #expect(
            freeze.weekly == [
                WeeklyWindow(fromMinute: 5 * 1440 + 870, untilMinute: 5 * 1440 + 1050),
                WeeklyWindow(fromMinute: 4 * 1440 + 1320, untilMinute: 5 * 1440 + 120),
                WeeklyWindow(fromMinute: 6 * 1440 + 1080, untilMinute: 360),
            ])
        #expect(guards.freezes[1].dates.first?.fromLocalSeconds == 1_798_135_200)
        #expect(guards.freezes[1].groups == [GroupID("bet-api")])
        #expect(guards.roles?.operators == SubjectSettings(users: ["ana"], groups: ["dba"]))
        #expect(guards.roles?.approvers == SubjectSettings(users: ["bea"]))
        #expect(guards.people == [PersonSettings("Ana", users: ["ana", "ana-adm"])])
        #expect(
            guards.fourEyes
                == FourEyesSettings(
                    verbs: ["failover"], groups: [GroupID("wallet-db")], tiers: [.critical], bytesAtRisk: 1_048_576,
                    wait: .seconds(600)))
        #expect(guards.drills == [DrillSettings("leader-killed", every: .seconds(30 * 86_400))])
        #expect(guards.syslog == Endpoint(url: "unix:///dev/log"))
    }

    @Test func whatIsWrittenReadsBack() throws {
        let settings = try read(Self.base + Self.guards)
        #expect(try read(SettingsWriter.yaml(settings)) == settings)
        let plain = try read(Self.base)
        #expect(try read(SettingsWriter.yaml(plain)) == plain)
    }

    @Test func allMistakesAtOnceWithTheNearest() throws {
        let wrong = """
            register: {prefix: /service/}
            freezes:
              - {name: a, zone: Europe/Londn, weekly: [sam 14:30-17:30, sat 25:00-26:00]}
              - {name: a, dates: [2026-02-30 08:00 - 2026-03-01 08:00], groups: [wallet_db]}
              - {name: b}
            roles: {approvers: {users: []}}
            people: [{name: x, users: [ana]}, {name: y, users: [ana]}]
            four_eyes: {verbs: [failovr], wait: soon}
            four-eyes: {}
            audit: {syslog: "http://host"}

            """
        do {
            _ = try read(Self.base + wrong)
            Issue.record("it was read")
        } catch SettingsError.mistakes(let list) {
            let text = list.map(\.description).joined(separator: "\n")
            for part in [
                "p.yaml:8:20: register.prefix: /service/ holds what is Patroni's",
                "p.yaml:10:21: freezes[0].zone: Europe/Londn is no time zone that this machine knows; did you mean"
                    + " Europe/London?",
                "sam 14:30-17:30 is not understood", "sat 25:00-26:00 is not understood", "a is there twice",
                "freezes[2]: weekly or dates is missing", "roles: operators is missing",
                "roles.approvers: users or groups is missing", "people[1].users: ana is x already",
                "four_eyes.verbs: failovr is none of the commands; did you mean failover?",
                "four_eyes.wait: soon is not understood", "unknown key four-eyes; did you mean four_eyes?",
                "http:// does not fit here",
            ] { #expect(text.contains(part), "\(part)\n\n\(text)") }
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: [
        ("sat 14:30-17:30", "sat 14:30-17:30"), ("fri 22:00-02:00", "fri 22:00-sat 02:00"),
        ("Sunday 18:00-mon 06:00", "sun 18:00-mon 06:00"), ("mon 00:00-24:00", "mon 00:00-tue 00:00"),
        ("sun 20:00-24:00", "sun 20:00-mon 00:00"), ("sat 1:05 - 2:00", "sat 01:05-02:00"),
    ])
    func weeklyWindowsReadAndWriteBack(_ text: String, _ written: String) throws {
        let window = try #require(WindowText.weekly(text))
        #expect(WindowText.text(window) == written)
        #expect(WindowText.weekly(written) == window)
    }

    @Test(arguments: [
        "", "sat", "sat 10-12", "sat 10:00", "xyz 10:00-11:00", "sat 10:00-11:00-12:00", "sat 24:30-25:00",
    ])
    func whatIsNoWindowIsNone(_ text: String) { #expect(WindowText.weekly(text) == nil) }

    @Test func aGroupsPlaceIsWhatItIsInItsOwnEtcdWhateverItIsCalled() throws {
        let one = try read(Self.base)
        var other = one
        other.name = "another name"
        other.groups[0].plan.id = GroupID("the wallet")
        let place = try #require(one.registers.places[GroupID("wallet-db")])
        #expect(place.key == "/pitboss/scope/service/wallet-db")
        #expect(other.registers.places[GroupID("the wallet")] == place)
        // The pool has no etcd of its own: the operators of this platform meet in the one that there is.
        #expect(one.registers.places[GroupID("bet-api")]?.key == "/pitboss/platform/lab-bets/bet-api")
        #expect(one.registers.clusters.count == 1)
        var without = one
        without.guards.register.isUsed = false
        #expect(without.registers.places.isEmpty)
    }
}
