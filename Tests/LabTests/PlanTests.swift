import Testing

@testable import Lab

@Suite struct PlanTests {
    private func places(_ plan: LabPlan) -> [String] {
        plan.members.flatMap { member in member.ports.values.map { "\(member.address):\($0)" } }
    }

    @Test func noTwoMembersShareAPlace() throws {
        let all = places(try LabPlan())
        #expect(Set(all).count == all.count)
        #expect(all.count == 3 * 2 + 3 * 2 + 2 * 5 + 6 + 3)
    }

    @Test func labsOfDifferentBlocksOrOffsetsShareNothing() throws {
        let standard = Set(places(try LabPlan()))
        #expect(standard.isDisjoint(with: places(try LabPlan(block: 7))))
        #expect(standard.isDisjoint(with: places(try LabPlan(portOffset: 10_000))))
        #expect(try LabPlan(block: 7).member("pg-lon-1").address == "127.7.2.1")
        #expect(try LabPlan(portOffset: 100).member("pg-lon-1").port(.sql) == 5532)
    }

    @Test func highestPortStaysBelowEphemeralOnes() throws {
        let plan = try LabPlan(portOffset: LabPlan.portOffsets.upperBound)
        #expect(plan.members.flatMap(\.ports.values).allSatisfy { $0 < 32_768 })
    }

    @Test func everySiteHasOneOfEachOfTheDatabasesParts() throws {
        let plan = try LabPlan()
        for kind in [LabKind.etcd, .patroni, .exporter] {
            #expect(plan.kind(kind).map(\.site) == LabPlan.siteNames)
        }
        #expect(Dictionary(grouping: plan.kind(.bet), by: \.site).mapValues(\.count) == ["ams": 2, "lon": 2, "dub": 2])
        #expect(plan.kind(.haproxy).map(\.node) == ["node-ams", "node-lon"])
    }

    @Test(arguments: [(-1, 0), (255, 0), (0, -1), (0, 20_001)])
    func placesOutOfRangeAreRefused(_ pair: (Int, Int)) {
        #expect(throws: LabError.self) { try LabPlan(block: pair.0, portOffset: pair.1) }
    }

    @Test func relativeVenvIsRefused() {
        #expect(throws: LabError.self) { try LabPlan(patroni: .venv("venv")) }
    }

    @Test func unknownMemberIsToldWhoThereIs() throws {
        let plan = try LabPlan()
        let error = #expect(throws: LabError.self) { try plan.member("pg-paris-1") }
        #expect(error?.description.contains("pg-ams-1, pg-lon-1, pg-dub-1") == true)
    }
}
