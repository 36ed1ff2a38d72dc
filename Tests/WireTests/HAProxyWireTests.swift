import Testing

@testable import Wire

@Suite struct HAProxyWireTests {
    private func stat() throws -> HAProxyStatPage {
        try HAProxyStatPage(try Fixture.bytes("haproxy/show-stat-2.6.csv")[...])
    }

    @Test func showStatOfARealBalancer() throws {
        let page = try stat()
        #expect(
            page.lines.map { "\($0.proxy)/\($0.name)" } == [
                "pg_write/FRONTEND", "pg_write/pg-ams-01", "pg_write/pg-dub_03", "pg_write/noaddr", "pg_write/BACKEND",
                "fe_bet/FRONTEND", "bet_api/bet-1", "bet_api/bet-2", "bet_api/BACKEND",
            ])
        #expect(page.unreadable == 0)
        #expect(!page.isTruncated)
        let server = page.lines[1]
        #expect(server.kind == .server)
        #expect(server.status == .up(checks: nil))
        #expect(server.address == "127.0.0.1:19911")
        #expect(server.checkResult == "L7OK")
        #expect(server.checkCode == 200)
        #expect(server.weight == 1)
        #expect(server.sessions == 0)
        #expect(server.sessionsLimit == nil)
        #expect(server.requestRate == nil)
        #expect(page.lines[2].status == .down(checks: nil))
        #expect(page.lines[2].checkText == "Connection refused" || page.lines[2].checkText != nil)
        #expect(page.lines[2].timesDown == 1)
        #expect(page.lines[3].status == .maintenance(.resolution) || page.lines[3].status == .maintenance(.own))
        #expect(page.lines[7].tracks == "bet_api/bet-1")
        #expect(page.lines[8].algorithm == "roundrobin")
        #expect(page.lines[8].cookie == "SRV")
        #expect(page.lines[0].sessionsLimit == 9983)
    }

    @Test(
        arguments: [
            ("UP", .up(checks: nil)), ("UP 1/2", .up(checks: .init(passed: 1, needed: 2))),
            ("DOWN", .down(checks: nil)), ("DOWN 1/3", .down(checks: .init(passed: 1, needed: 3))),
            ("DOWN (agent)", .down(checks: nil)), ("NOLB", .stopping(checks: nil)),
            ("NOLB 1/2", .stopping(checks: .init(passed: 1, needed: 2))), ("DRAIN", .drain(byAgent: false)),
            ("DRAIN (agent)", .drain(byAgent: true)), ("MAINT", .maintenance(.own)),
            ("MAINT (via bet_api/bet-1)", .maintenance(.tracked("bet_api/bet-1"))),
            ("MAINT (resolution)", .maintenance(.resolution)), ("no check", .unchecked), ("OPEN", .open),
            ("STOP", .stopped), ("", .other("")), ("WARP\u{1B}[2J", .other("WARP\\x1b[2J")),
        ] as [(String, HAProxyStatus)])
    func statusWords(text: String, status: HAProxyStatus) {
        #expect(HAProxyStatus(text) == status)
    }

    @Test func columnsAreFoundByNameInAnyOrderAndNumber() throws {
        // An old version has fewer columns; a new one has more and no promise about their places.
        let old = "# pxname,svname,qcur,scur,status,weight,type,\nweb,s1,0,3,UP,5,2,\n\n"
        let new = "# type,new_thing,svname,status,pxname,scur,\n2,x,s1,UP,web,3,\r\n\n"
        for text in [old, new] {
            let line = try #require(try HAProxyStatPage(Array(text.utf8)[...]).lines.first)
            #expect(line.proxy == "web")
            #expect(line.name == "s1")
            #expect(line.sessions == 3)
            #expect(line.status == .up(checks: nil))
            #expect(line.address == nil)
        }
    }

    @Test func theStarOfARunningCheckIsNoPartOfItsResult() throws {
        let text = "# pxname,svname,type,check_status,agent_status\nweb,s1,2,* L7OK,* L7STS\nweb,s2,2,L4CON,\n"
        let lines = try HAProxyStatPage(Array(text.utf8)[...]).lines
        #expect(lines.map(\.checkResult) == ["L7OK", "L4CON"])
        #expect(lines.map(\.agentResult) == ["L7STS", nil])
    }

    @Test func quotedFields() throws {
        let text = "# pxname,svname,last_chk,type,scur\nweb,s1,\"a, \"\"b\"\"\nc\",2,7\nweb,s2,\"\",2,\n"
        let page = try HAProxyStatPage(Array(text.utf8)[...])
        #expect(page.lines.map(\.checkText) == ["a, \"b\"\nc", nil])
        #expect(page.lines.map(\.sessions) == [7, nil])
    }

    @Test func anAnswerCutAnywhereNeverGivesHalfALine() throws {
        let whole = try Fixture.bytes("haproxy/show-stat-2.6.csv")
        let lines = try stat().lines
        for length in stride(from: 1, to: whole.count, by: 7) {
            guard let page = try? HAProxyStatPage(whole[..<length]) else { continue }
            #expect(page.lines == Array(lines.prefix(page.lines.count)))
            #expect(page.lines.count == lines.count || page.isTruncated || whole[length - 1] == 0x0A)
        }
    }

    @Test func linesWithoutNameOrKindAreCounted() throws {
        let page = try HAProxyStatPage(Array("# pxname,svname,type\n,s1,2\nweb,,2\nweb,s1,9\nweb,s2,2\n".utf8)[...])
        #expect(page.lines.map(\.name) == ["s2"])
        #expect(page.unreadable == 3)
    }

    @Test func hugeAndOddNumbersAreUnknown() throws {
        let text = "# pxname,svname,type,scur,stot,qcur,bin\nweb,s1,2,99999999999999999999999,1x,-,-1\n"
        let line = try #require(try HAProxyStatPage(Array(text.utf8)[...]).lines.first)
        #expect(line.sessions == nil)
        #expect(line.sessionsTotal == nil)
        #expect(line.queued == nil)
        #expect(line.bytesIn == -1)
    }

    @Test func whatIsNoAnswerIsSaid() throws {
        #expect(throws: HAProxyRefusal.permissionDenied) {
            try HAProxyStatPage(Array("Permission denied\n\n".utf8)[...])
        }
        #expect(throws: WireError.self) { try HAProxyStatPage(Array("# pxname,svname,type".utf8)[...]) }
        #expect(throws: WireError.self) { try HAProxyStatPage(Array("# a,b\n1,2\n".utf8)[...]) }
        #expect(throws: HAProxyRefusal.other("HTTP/1.1 400 Bad request")) {
            try HAProxyStatPage(Array("HTTP/1.1 400 Bad request\r\n\r\n".utf8)[...])
        }
        #expect(throws: HAProxyRefusal.self) { try HAProxyStatPage([]) }
        #expect(throws: WireError.self) { try HAProxyInfo(Array("Name: HAProxy\n".utf8)[...]) }
        #expect(throws: WireError.self) { try HAProxyServerState.page(Array("1\n# a b\n".utf8)[...]) }
        #expect(throws: WireError.self) { try HAProxyServerState.page(Array("1\n".utf8)[...]) }
    }

    @Test func showInfoOfARealBalancer() throws {
        let info = try HAProxyInfo(try Fixture.bytes("haproxy/show-info-2.6.txt")[...])
        #expect(info.version == "2.6.12-1+deb12u4")
        #expect(info.pid == 12823)
        #expect(info.connectionsMax == 9983)
        #expect(info.startedAtSeconds == 1_795_239_035)
        #expect(info.idlePercent == 100)
        #expect(info.host == "vm")
        #expect(!info.isStopping)
    }

    @Test func serverStatesOfARealBalancer() throws {
        let states = try HAProxyServerState.page(try Fixture.bytes("haproxy/show-servers-state-2.6.txt")[...])
        #expect(states.map(\.server) == ["pg-ams-01", "pg-dub_03", "noaddr", "bet-1", "bet-2"])
        #expect(states[0].operation == .running)
        #expect(states[0].admin == [])
        #expect(states[0].port == 19911)
        #expect(states[0].hostname == nil)
        #expect(states[1].operation == .stopped)
        #expect(states[2].admin.contains(.configMaintenance))
        #expect(states[2].admin.isMaintenance)
        #expect(states[2].hostname == "nosuch.invalid")
    }

    @Test(arguments: [
        (0, false, false, false), (8, false, true, true), (16, false, true, false), (1, true, false, true),
        (2, true, false, false), (5, true, false, false), (32, true, false, false), (4, false, false, false),
        (9, true, false, true), (37, true, false, false), (12, false, true, true),
    ])
    func adminBits(bits: Int, maintenance: Bool, drain: Bool, forced: Bool) {
        let state = HAProxyAdminState(rawValue: bits)
        #expect(state.isMaintenance == maintenance)
        #expect(state.isDrain == drain)
        #expect(state.isForcedAtRunTime == forced)
    }

    @Test func repliesToCommands() throws {
        func refusal(_ name: String) throws -> HAProxyRefusal? {
            HAProxyReply.refusal(try Fixture.bytes("haproxy/\(name)-2.6.txt"))
        }
        #expect(try refusal("set-server-taken") == nil)
        #expect(HAProxyReply.refusal([]) == nil)
        #expect(try refusal("no-such-server") == .noSuchServer)
        #expect(try refusal("no-such-backend") == .noSuchBackend)
        #expect(try refusal("malformed-target") == .targetMalformed)
        #expect(try refusal("unknown-command") == .unknownCommand)
        #expect(HAProxyReply.refusal(Array("Permission denied\n\n".utf8)) == .permissionDenied)
        #expect(HAProxyReply.refusal(Array("\u{1B}[2Jha\n".utf8)) == .other("\\x1b[2Jha"))
    }

    @Test func joinedAnswersComeApart() throws {
        let joined = try Fixture.bytes("haproxy/joined-2.6.txt")
        let parts = HAProxyReply.split(joined, count: 3)
        #expect(parts.count == 3)
        #expect(try HAProxyInfo(parts[0]).pid == 12823)
        #expect(try HAProxyServerState.page(parts[1]).count == 5)
        #expect(try HAProxyStatPage(parts[2]).lines.count == 9)
        #expect(!(try HAProxyStatPage(parts[2]).isTruncated))
        // Cut off: the last answer did not arrive whole, and is not there.
        #expect(HAProxyReply.split(Array(joined.dropLast(2)), count: 3).count == 2)
        #expect(HAProxyReply.split(Array("\nPermission denied\n\n".utf8), count: 2).count == 2)
    }

    @Test func randomBytesNeverTrap() {
        var seed: UInt64 = 11
        let alphabet = Array("# pxname,svname,type\n1\"-: \r\u{0}\u{ff}".utf8)
        for _ in 0..<3_000 {
            var bytes = Array("# pxname,svname,type,scur\n".utf8)
            for _ in 0..<Int(seed >> 33 % 60) {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(seed >> 33) % alphabet.count])
            }
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            if let page = try? HAProxyStatPage(bytes[...]) { #expect(page.lines.count <= bytes.count) }
            #expect(HAProxyReply.split(bytes, count: 3).count <= 3)
            _ = try? HAProxyServerState.page((Array("1\n".utf8) + bytes)[...])
            _ = try? HAProxyInfo((Array("Name:".utf8) + bytes)[...])
        }
    }
}
