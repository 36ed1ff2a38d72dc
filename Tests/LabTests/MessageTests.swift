import Testing

@testable import Lab

@Suite struct MessageTests {
    static let all: [LabError] = [
        .badParameter(name: "port offset", value: "-1", expected: "more"),
        .notRunning(directory: "/tmp/l"), .notYours(directory: "/tmp/l", owner: 5), .busy(directory: "/tmp/l"),
        .missingProgram(path: "/usr/bin/etcd", package: "etcd-server"), .noServiceUser(name: "postgres"),
        .directoryUnsuitable(path: "/tmp/l", reason: "it is full", remedy: "Empty it"),
        .portTaken(address: "127.0.1.1", port: 5432, member: "pg-ams-1", holder: "nginx (pid 7)"),
        .unknownMember(name: "x", known: ["a"]), .wrongKind(member: "lb-1", verb: "lag", kinds: ["pg-ams-1"]),
        .memberDied(member: "lb-1", log: "/tmp/l/log", lastLines: "no"),
        .notReady(what: "a primary is not there", waitedSeconds: 5, look: "/tmp/l/log"),
        .needsRoot(verb: "partition"), .cannotPartition(reason: "no groups", remedy: "Mount them"),
        .notPossible(verb: "lag", member: "pg-ams-1", reason: "it leads", remedy: "Name another"),
        .stateUnreadable(path: "/tmp/l/state.json", reason: "cut off"), .noLeader(scope: "wallet-db"),
        .stillRunning(processes: [7]), .system(call: "bind", subject: "127.0.1.1:1", code: 13),
        .interrupted(verb: "up"),
    ]

    @Test(arguments: all) func everyErrorIsASentence(_ error: LabError) {
        #expect(error.description.count > 20)
        #expect(error.description.first?.isUppercase == true || error.description.contains(":"))
    }

    @Test func takenPortNamesPlaceHolderAndRemedy() {
        let text = LabError.portTaken(address: "127.0.1.1", port: 5432, member: "pg-ams-1", holder: "nginx (pid 7)")
            .description
        for part in ["127.0.1.1:5432", "pg-ams-1", "nginx (pid 7)", "port offset"] { #expect(text.contains(part)) }
    }

    @Test func requestHeadsAreReadWhole() throws {
        let text = "GET /bet HTTP/1.1\r\nHost: x\r\n\r\nGET"
        let (request, length) = try #require(HTTPRequestHead.parse(Array(text.utf8)))
        #expect(request == HTTPRequestHead(method: "GET", path: "/bet", keepsAlive: true))
        #expect(length == text.utf8.count - 3)
        #expect(HTTPRequestHead.parse(Array("GET / HTTP/1.1\r\nHost: x\r\n".utf8)) == nil)
    }

    @Test func bodiesAreWaitedForAndSkipped() throws {
        let head = "POST /bet HTTP/1.1\r\ncontent-length: 5\r\n\r\n"
        #expect(HTTPRequestHead.parse(Array((head + "1234").utf8)) == nil)
        #expect(HTTPRequestHead.parse(Array((head + "12345").utf8))?.1 == head.utf8.count + 5)
    }

    @Test(arguments: [
        ("GET / HTTP/1.0\r\n\r\n", false), ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false), ("GET / HTTP/1.1\r\n\r\n", true), ("\r\n\r\n", false),
    ])
    func connectionIsKeptAsAsked(_ sample: (String, Bool)) {
        #expect(HTTPRequestHead.parse(Array(sample.0.utf8))?.0.keepsAlive == sample.1)
    }

    @Test func answersAreParsedAndNonsenseRefused() throws {
        let answer = try LoopbackHTTP.parse(Array("HTTP/1.0 503 No\r\nA: b\r\n\r\n{\"a\":1}".utf8))
        #expect(answer.status == 503)
        #expect(answer.object?["a"] as? Int == 1)
        for text in ["", "HTTP/1.0 200", "nonsense\r\n\r\n", "HTTP/1.0 abc\r\n\r\n"] {
            #expect(throws: SocketFailure.self) { try LoopbackHTTP.parse(Array(text.utf8)) }
        }
    }

    @Test func firstColumnsAreReadAndShortRowsAreNot() {
        #expect(SQLConnection.firstColumn([0, 1, 0, 0, 0, 2, 52, 50]) == "42")
        #expect(SQLConnection.firstColumn([0, 1, 255, 255, 255, 255]) == nil)
        #expect(SQLConnection.firstColumn([0, 1, 0, 0, 0, 9, 52]) == nil)
        #expect(SQLConnection.firstColumn([]) == nil)
    }

    @Test func serversUpAreCountedByTheColumnsName() {
        let lines = [
            "# pxname,svname,status,x", "pg_write,a,UP,1", "pg_write,b,DOWN,1", "pg_write,BACKEND,UP,1",
            "pg_read,a,UP 1/2,", "short",
        ]
        let counts = Probe.serversUp(lines)
        #expect(counts["pg_write"]?.up == 1)
        #expect(counts["pg_write"]?.all == 2)
        #expect(counts["pg_read"]?.up == 0)
        #expect(Probe.serversUp([]).isEmpty)
    }

    @Test func controlGroupsAreFoundByTheirType() {
        let mounts = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\nx /sys/fs/cgroup/unified cgroup2 rw 0 0\n"
        #expect(ControlGroups.mountPoint(mounts) == "/sys/fs/cgroup/unified")
        #expect(ControlGroups.mountPoint("proc /proc proc rw 0 0") == nil)
        #expect(ControlGroups.name("/tmp/a b/c") == "pitboss-lab-tmp-a-b-c")
    }

    @Test(arguments: [
        ["--port"], ["--port", "0"], ["--port", "80", "--address", "x"], ["--port", "80", "--colour", "red"], [],
        ["--port", "80", "--milliseconds", "-1"],
    ])
    func serverRefusesWhatItCannotDo(_ arguments: [String]) {
        #expect(throws: LabError.self) { try LabHTTPServer(arguments: arguments) }
    }
}
