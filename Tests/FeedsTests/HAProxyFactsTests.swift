import Estate
import Testing
import Wire

@testable import Feeds

@Suite struct HAProxyFactsTests {
    private let at = Timestamp(seconds: 1_795_239_100)
    private let balancer = MemberID(GroupID("balancers"), "lb-1")

    private struct Answers {
        var info: String
        var states: String
        var stat: String

        init() throws {
            info = try Recorded.text("haproxy/show-info-2.6.txt")
            states = try Recorded.text("haproxy/show-servers-state-2.6.txt")
            stat = try Recorded.text("haproxy/show-stat-2.6.csv")
        }
    }

    private func facts(_ pools: [String: GroupID] = [:]) -> HAProxyFacts {
        HAProxyFacts(balancer: balancer, node: NodeID("edge"), pools: pools)
    }

    private func take(
        _ facts: inout HAProxyFacts, _ answers: Answers, after seconds: Double = 0, withStates: Bool = true
    ) throws -> HAProxyFacts.Output {
        facts.take(
            try HAProxyInfo(Array(answers.info.utf8)[...]),
            withStates ? try HAProxyServerState.page(Array(answers.states.utf8)[...]) : nil,
            try HAProxyStatPage(Array(answers.stat.utf8)[...]), at: at + .seconds(seconds))
    }

    private func member(_ output: HAProxyFacts.Output, _ group: String, _ name: String) throws -> MemberFacts {
        try #require(output.members.first { $0.id == MemberID(GroupID(group), name) }?.facts)
    }

    @Test func aRealBalancer() throws {
        var facts = facts()
        let output = try take(&facts, try Answers())
        #expect(
            output.members.map(\.id.description) == [
                "pg_write/pg-ams-01", "pg_write/pg-dub_03", "pg_write/noaddr", "bet_api/bet-1", "bet_api/bet-2",
                "balancers/lb-1",
            ])
        let up = try member(output, "pg_write", "pg-ams-01")
        #expect(up.role == .server)
        #expect(up.address == "127.0.0.1:19911")
        #expect(up.traffic?.admin == .ready)
        #expect(up.traffic?.adminForcedHere == nil)
        #expect(up.traffic?.check == .up)
        #expect(up.traffic?.checkDetail?.hasPrefix("L7OK/200 in ") == true)
        #expect(up.traffic?.handle == "pg_write/pg-ams-01")
        #expect(up.traffic?.sessions == 0)
        #expect(up.traffic?.bytesInRate == nil)
        let down = try member(output, "pg_write", "pg-dub_03")
        #expect(down.traffic?.check == .down)
        #expect(
            down.traffic?.checkDetail?.contains("Layer4 connection problem") == true
                || down.traffic?.checkDetail?.contains("Connection refused") == true)
        let off = try member(output, "pg_write", "noaddr")
        #expect(off.traffic?.admin == .maintenance)
        #expect(off.traffic?.check == .unchecked)
        #expect(off.address == "nosuch.invalid:80" || off.address != nil)
        let tracked = try member(output, "bet_api", "bet-1")
        #expect(tracked.traffic?.trackedBy == ["bet_api/bet-2"])
        #expect(output.groups.map(\.id.name) == ["pg_write", "bet_api", "balancers"])
        let pool = output.groups[1].facts
        #expect(pool.poolServing == true)
        #expect(pool.roster == ["bet-1", "bet-2"])
        #expect(pool.balancing == "roundrobin")
        #expect(pool.manager == "haproxy")
        let itself = try member(output, "balancers", "lb-1")
        #expect(itself.role == .balancer)
        #expect(itself.version == "2.6.12-1+deb12u4")
        #expect(itself.node == NodeID("edge"))
        #expect(itself.startedAt == Timestamp(seconds: 1_795_239_035))
        #expect(itself.traffic?.check == .up)
        #expect(itself.traffic?.handle == nil)
        #expect(output.event == nil)
    }

    @Test(
        arguments: [
            (0, "UP", AdminState.ready, Bool?.none, CheckState.up),
            (8, "DRAIN", .drain, true, .up),
            (16, "DRAIN", .drain, false, .up),
            (1, "MAINT", .maintenance, true, .unchecked),
            (2, "MAINT (via bet_api/bet-1)", .maintenance, false, .unchecked),
            (5, "MAINT", .maintenance, false, .unchecked),
            (0, "DRAIN", .drain, false, .up),
            (0, "DRAIN (agent)", .drain, false, .up),
            (0, "UP 1/2", .ready, nil, .goingDown),
            (0, "DOWN 1/2", .ready, nil, .goingUp),
            (0, "NOLB", .ready, nil, .up),
            (0, "no check", .ready, nil, .unchecked),
            (4, "UP", .ready, nil, .up),
        ] as [(Int, String, AdminState, Bool?, CheckState)])
    func whatWasMadeOfAServer(
        bits: Int, status: String, admin: AdminState, forced: Bool?, check: CheckState
    ) throws {
        var answers = try Answers()
        answers.states = answers.states.replacing(" bet-1 127.0.0.1 2 0 ", with: " bet-1 127.0.0.1 2 \(bits) ")
        answers.stat = answers.stat.replacing(
            "bet_api,bet-1,0,0,0,0,,0,0,0,,0,,0,0,0,0,UP,", with: "bet_api,bet-1,0,0,0,0,,0,0,0,,0,,0,0,0,0,\(status),")
        var facts = facts()
        let traffic = try member(try take(&facts, answers), "bet_api", "bet-1").traffic
        #expect(traffic?.admin == admin)
        #expect(traffic?.adminForcedHere == forced)
        #expect(traffic?.check == check)
    }

    @Test func withoutStatesTheWordHasToDo() throws {
        var answers = try Answers()
        answers.stat = answers.stat.replacing(
            "bet_api,bet-1,0,0,0,0,,0,0,0,,0,,0,0,0,0,UP,", with: "bet_api,bet-1,0,0,0,0,,0,0,0,,0,,0,0,0,0,DRAIN,")
        var facts = facts()
        let output = try take(&facts, answers, withStates: false)
        let drained = try member(output, "bet_api", "bet-1").traffic
        #expect(drained?.admin == .drain)
        #expect(drained?.adminForcedHere == nil)
        #expect(drained?.check == .up)
        #expect(try member(output, "pg_write", "noaddr").traffic?.admin == .maintenance)
    }

    @Test func ratesAreOfTheIntervalAndEndWithTheProcess() throws {
        var answers = try Answers()
        let line = "bet_api,bet-1,0,0,0,0,,0,0,0,"
        var facts = facts()
        _ = try take(&facts, answers)
        answers.stat = answers.stat.replacing(line, with: "bet_api,bet-1,0,0,0,0,,0,2000,6000,")
        let moved = try member(try take(&facts, answers, after: 2), "bet_api", "bet-1").traffic
        #expect(moved?.bytesInRate == 1000)
        #expect(moved?.bytesOutRate == 3000)
        answers.info = answers.info.replacing("Pid: 12823", with: "Pid: 99")
        answers.stat = answers.stat.replacing("2000,6000", with: "3000,7000")
        let other = try member(try take(&facts, answers, after: 3), "bet_api", "bet-1").traffic
        #expect(other?.bytesInRate == nil)
    }

    @Test func aReloadNamesTheDrainsThatAreForgotten() throws {
        var answers = try Answers()
        var facts = facts()
        #expect(try take(&facts, answers).event == nil)
        let ready = answers.states
        answers.states = ready.replacing(" bet-1 127.0.0.1 2 0 ", with: " bet-1 127.0.0.1 2 8 ")
        #expect(try take(&facts, answers, after: 1).event == nil)
        answers.states = ready
        answers.info = answers.info.replacing("Pid: 12823", with: "Pid: 12900")
        let event = try #require(try take(&facts, answers, after: 2).event)
        #expect(event.kind == .balancerReloaded)
        #expect(event.severity == .warning)
        #expect(event.text.contains("bet_api/bet-1"))
        #expect(event.member == balancer)
        #expect(try take(&facts, answers, after: 3).event == nil)
        // In a container the number stays the same and the uptime goes back.
        answers.info = answers.info.replacing("Uptime_sec: 1132", with: "Uptime_sec: 3")
        let again = try #require(try take(&facts, answers, after: 4).event)
        #expect(again.severity == .notice)
    }

    @Test func changesAreEdgesAndServersThatLeaveAreTakenBack() throws {
        var answers = try Answers()
        var facts = facts()
        #expect(try take(&facts, answers).members.filter { $0.id != balancer }.allSatisfy { $0.isEdge })
        #expect(try take(&facts, answers, after: 1).members.allSatisfy { !$0.isEdge })
        answers.states = answers.states.replacing(" bet-1 127.0.0.1 2 0 ", with: " bet-1 127.0.0.1 2 8 ")
        let drained = try take(&facts, answers, after: 2)
        #expect(drained.members.filter(\.isEdge).map(\.id.name) == ["bet-1"])
        let whole = answers.stat
        answers.stat = whole.split(separator: "\n").filter { !$0.contains(",bet-2,") }.joined(separator: "\n") + "\n"
        let gone = try take(&facts, answers, after: 3)
        #expect(gone.gone == [MemberID(GroupID("bet_api"), "bet-2")])
        #expect(try take(&facts, answers, after: 4).gone.isEmpty)
        // An answer that was cut off takes nobody back.
        answers.stat = String(whole.prefix(2000))
        #expect(try take(&facts, answers, after: 5).gone.isEmpty)
    }

    @Test func backendsAreMappedToGroupsAndTwoOfOneGroupStayApart() throws {
        var answers = try Answers()
        answers.stat = answers.stat.replacing("pg_write,noaddr,", with: "pg_write,bet-1,")
        let group = GroupID("everything")
        var facts = facts(["pg_write": group, "bet_api": group])
        let output = try take(&facts, answers)
        #expect(output.groups.map(\.id.name) == ["everything", "balancers"])
        #expect(output.groups[0].facts.roster?.count == 5)
        #expect(output.groups[0].facts.notes["backend"] == "pg_write, bet_api")
        #expect(Set(output.members.map(\.id)).count == output.members.count)
        #expect(try member(output, "everything", "bet_api/bet-1").traffic?.handle == "bet_api/bet-1")
        var single = self.facts(["bet_api": GroupID("bet-api")])
        let mapped = try take(&single, try Answers())
        #expect(try member(mapped, "bet-api", "bet-1").traffic?.handle == "bet_api/bet-1")
    }
}
