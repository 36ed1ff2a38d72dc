import Estate
import PitbossTestKit
import Plans
import Settings
import Testing
import Wire

@testable import Control

@Suite struct FreezeCalendarTests {
    static func at(_ text: String) -> Timestamp { ISOTime.parse(text) ?? .zero }

    static let kickOffs: FreezeSettings = {
        var freeze = FreezeSettings("kick-offs", zone: "Europe/London")
        freeze.reason = "bets in play"
        freeze.weekly = ["sat 14:30-17:30", "fri 22:00-02:00", "sun 18:00-mon 06:00"].compactMap(WindowText.weekly)
        freeze.tiers = [.critical]
        freeze.allows = ["undrain"]
        return freeze
    }()

    /// Winter is UTC in London, summer an hour ahead.
    @Test(arguments: [
        ("2026-11-21T14:29:59Z", nil), ("2026-11-21T14:30:00Z", "2026-11-21T17:30:00Z"),
        ("2026-11-21T17:29:59Z", "2026-11-21T17:30:00Z"), ("2026-11-21T17:30:00Z", nil),
        ("2026-07-04T13:29:59Z", nil), ("2026-07-04T13:30:00Z", "2026-07-04T16:30:00Z"),
        ("2026-11-20T23:00:00Z", "2026-11-21T02:00:00Z"), ("2026-11-21T01:59:59Z", "2026-11-21T02:00:00Z"),
        ("2026-11-21T02:00:00Z", nil), ("2026-11-22T18:00:00Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23T05:59:59Z", "2026-11-23T06:00:00Z"), ("2026-11-23T06:00:00Z", nil),
        // The clocks go back in the night to this Sunday, and forward in the night to that one.
        ("2026-10-25T19:00:00Z", "2026-10-26T06:00:00Z"), ("2026-03-29T17:30:00Z", "2026-03-30T05:00:00Z"),
    ])
    func weeklyWindowsHoldByTheZonesClock(_ now: String, _ end: String?) {
        let calendar = FreezeCalendar([Self.kickOffs], offset: Zones.offsetSeconds)
        let found = calendar.active(for: GroupID("db"), tier: .critical, verb: "promote", at: Self.at(now))
        #expect(found?.endsAt == end.map(Self.at))
    }

    @Test func itHoldsForItsGroupsAndCommandsAlone() {
        let calendar = FreezeCalendar([Self.kickOffs], offset: Zones.offsetSeconds)
        let now = Self.at("2026-11-21T15:00:00Z")
        let found = calendar.active(for: GroupID("db"), tier: .critical, verb: "drain", at: now)
        #expect(found?.endsText == "17:30 Europe/London" && found?.reason == "bets in play")
        #expect(calendar.active(for: GroupID("db"), tier: .standard, verb: "drain", at: now) == nil)
        #expect(calendar.active(for: GroupID("db"), tier: nil, verb: "drain", at: now) == nil)
        #expect(calendar.active(for: GroupID("db"), tier: .critical, verb: "undrain", at: now) == nil)
    }

    @Test func datesHoldAndOfSeveralTheLastEndCounts() throws {
        var derby = FreezeSettings("derby", zone: "UTC")
        derby.dates = [try #require(WindowText.dates("2026-11-21 12:00 - 2026-11-21 20:00"))]
        let calendar = FreezeCalendar([Self.kickOffs, derby], offset: Zones.offsetSeconds)
        let found = calendar.active(
            for: GroupID("db"), tier: .critical, verb: "drain", at: Self.at("2026-11-21T15:00:00Z"))
        #expect(found?.name == "derby")
        #expect(calendar.active(at: Self.at("2026-11-21T20:00:00Z")).isEmpty)
    }
}

@Suite struct RoleTests {
    let table = RoleTable(
        RoleSettings(
            operators: SubjectSettings(users: ["ana"], groups: ["dba"]), approvers: SubjectSettings(users: ["bea"])),
        people: [PersonSettings("Ana", users: ["ana", "ana-adm"])])

    @Test(
        arguments: [
            ("ana", [], [.viewer, .operate]), ("ana-adm", [], [.viewer, .operate]),
            ("cid", ["dba"], [.viewer, .operate]),
            ("bea", [], [.viewer, .approve]), ("dan", ["users"], [.viewer]),
        ] as [(String, [String], Set<RoleTable.Role>)])
    func rolesComeFromUsersAndGroups(_ user: String, _ groups: [String], _ roles: Set<RoleTable.Role>) {
        #expect(table.roles(of: user, groups: groups) == roles)
    }

    @Test func onePersonIsOnePersonUnderTwoNames() {
        #expect(table.isSame("ana", "ana-adm") && table.isSame("dan", "dan") && !table.isSame("ana", "bea"))
        #expect(RoleTable().roles(of: "anybody", groups: []) == [.viewer, .operate, .approve])
    }

    @Test func whoSitsHereIsWhatTheSystemSays() {
        let here = Operator.current(environment: ["USER": "somebody-else", "LOGNAME": "mallory"], host: "desk")
        #expect(here.user != "somebody-else" && here.user != "mallory" && here.name.hasSuffix("@desk"))
    }
}

@Suite struct TenureMachineTests {
    let start = Timestamp(seconds: 1_000)

    @Test func itIsTrustedFromWhenItWasAskedForAndLessAMargin() {
        var machine = TenureMachine(askedAt: start)
        #expect(machine.askAt == start + .seconds(5))
        #expect(machine.lost(at: start + .seconds(13.9)) == nil)
        #expect(machine.lost(at: start + .seconds(14)) != nil)
        // Asked at 5, answered at 9: good for 15 seconds from 5.
        machine.renewed(askedAt: start + .seconds(5))
        #expect(machine.lost(at: start + .seconds(18.9)) == nil)
        #expect(machine.lost(at: start + .seconds(19)) != nil)
    }

    @Test func aFailureIsAskedAgainSoonAndAnEndIsAnEnd() {
        var machine = TenureMachine(askedAt: start)
        machine.failed("no answer", at: start + .seconds(7))
        #expect(machine.askAt == start + .seconds(8))
        #expect(machine.lost(at: start + .seconds(8)) == nil)
        #expect(machine.lost(at: start + .seconds(14))?.contains("no answer") == true)
        machine.renewed(askedAt: start + .seconds(8))
        #expect(machine.lost(at: start + .seconds(14)) == nil)
        machine.gone("the lease is not there any more")
        #expect(machine.lost(at: start + .seconds(9))?.contains("not there any more") == true)
    }
}
