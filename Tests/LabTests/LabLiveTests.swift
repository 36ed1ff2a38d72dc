import Foundation
import Testing

@testable import Lab

extension Tag {
    /// Boots real servers.
    @Tag static var live: Self
}

/// Run as a service, this very test program is one of the lab's HTTP servers.
@Suite struct ServeEntry {
    static let command = [
        "/usr/bin/env", "LAB_TESTS_SERVE=1", Files.link("/proc/self/exe") ?? CommandLine.arguments[0],
        "--testing-library", "swift-testing", "--filter", "ServeEntry", "lab-serve",
    ]

    @Test(.enabled(if: getenv("LAB_TESTS_SERVE") != nil)) func serve() throws {
        let arguments = CommandLine.arguments.drop { $0 != "lab-serve" }.dropFirst()
        try LabHTTPServer(arguments: Array(arguments)).run()
    }
}

@Suite(.serialized, .tags(.live), .enabled(if: getenv("LAB_TESTS_SERVE") == nil))
struct LabLiveTests {
    @Test(.timeLimit(.minutes(5))) func wholeLife() async throws {
        let lab = Lab(directory: "/tmp/lab-live-\(getpid())")
        let plan = try LabPlan(block: 100 + Int(getpid()) % 100)
        do {
            try await boots(lab, plan)
            try await failsOver(lab, plan)
            try await breaksAndMends(lab)
            try await finishesRequestsInHand(lab, plan)
        } catch {
            _ = try await lab.down()
            throw error
        }
        try await leavesNothing(lab)
    }

    private func boots(_ lab: Lab, _ plan: LabPlan) async throws {
        let first = try await lab.up(plan, serve: ServeEntry.command)
        #expect(!first.wasRunning)
        #expect(first.status.isHealthy, "\(first.status.unwell)")
        #expect(first.status.leader == "pg-ams-1")
        #expect(first.seconds < 60)
        let second = try await lab.up(plan, serve: ServeEntry.command)
        #expect(second.wasRunning)
        #expect(second.status.members.map(\.processes) == first.status.members.map(\.processes))

        var status = stat()
        #expect(stat(lab.directory + "/secrets/pitboss-sql", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(Files.exists(lab.configuration))
        let user = try ServiceUser.current()
        for status in first.status.members {
            for process in status.processes {
                #expect(try accounts(process, status.member) == ["\(user.uid)"])
            }
        }
    }

    /// The user numbers that the threads of a process have. Of the servers that are this very program the first thread
    /// does not count: Dispatch has laid it to rest, and glibc then no longer changes its account.
    private func accounts(_ process: Int32, _ member: LabMember) throws -> Set<String> {
        var found: Set<String> = []
        for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task") {
            if member.kind == .bet, thread == "\(process)" { continue }
            let lines = (Files.text("/proc/\(process)/task/\(thread)/status") ?? "").split(separator: "\n")
            let numbers = lines.first { $0.hasPrefix("Uid:") }?.split(separator: "\t").dropFirst() ?? []
            found.formUnion(numbers.map(String.init))
        }
        return found
    }

    private func failsOver(_ lab: Lab, _ plan: LabPlan) async throws {
        async let load = lab.load(LabLoad(seconds: 8))
        let before = try #require(try await lab.status().leader)
        try await lab.failFast(before)
        let after = try await lab.wait(seconds: 15, for: "another leader") {
            $0.leader != nil && $0.leader != before
        }
        #expect(after[before]?.condition == .dead)
        let report = try await load
        #expect(report.acknowledged > 0)
        #expect(report.lost == 0, "synchronous replication keeps what it acknowledged")
        #expect(report.longestGapSeconds < 8)
        #expect(report.calls.count == 2)
        #expect(report.calls.values.allSatisfy { $0.failed == 0 && $0.answered > 0 })
        try await lab.resume(before)
        _ = try await lab.wait(seconds: 60, for: "a healthy lab") { $0.isHealthy }
        #expect(try await lab.status().leader != before)
    }

    private func breaksAndMends(_ lab: Lab) async throws {
        let status = try await lab.status()
        let leader = try #require(status.leader)
        let standby = try #require(status.synchronousStandby)

        try await lab.pause("etcd-dub")
        #expect(try await lab.status()["etcd-dub"]?.condition == .frozen)
        try await lab.resume("etcd-dub")
        try await lab.kill("bet-3")
        #expect(try await lab.status()["bet-3"]?.condition == .dead)

        try await lab.lag(standby, seconds: 30)
        #expect(try await lab.status()[standby]?.delaySeconds == 30)
        await #expect(throws: LabError.self) { try await lab.lag(leader, seconds: 5) }
        await #expect(throws: LabError.self) { try await lab.lag("lb-1", seconds: 5) }

        if getuid() == 0 {
            try await lab.partition("node-dub")
            let cut = try await lab.status()["node-dub"]
            #expect(cut?.condition == .partitioned)
            #expect(cut?.isHealthy == false)
            try await lab.heal("node-dub")
        } else {
            await #expect(throws: LabError.needsRoot(verb: "partition")) { try await lab.partition("node-dub") }
        }
        try await lab.heal(standby)
        try await lab.heal("bet-3")
        _ = try await lab.wait(seconds: 60, for: "a healthy lab") { $0.isHealthy }
        #expect(try await lab.status()[standby]?.delaySeconds == 0)
    }

    private func finishesRequestsInHand(_ lab: Lab, _ plan: LabPlan) async throws {
        let member = try plan.member("bet-6")
        let process = try #require(try await lab.status()["bet-6"]?.processes.first)
        let socket = try LoopbackSocket(address: member.address, port: member.port(.http), timeoutSeconds: 5)
        try socket.send("GET /bet HTTP/1.1\r\nHost: x\r\n\r\n")
        pauseMilliseconds(3)
        Glibc.kill(process, SIGTERM)
        let answer = String(decoding: try socket.receiveAll(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        #expect(answer.contains(#""server":"bet-6""#))
    }

    private func leavesNothing(_ lab: Lab) async throws {
        let status = try await lab.status()
        let processes = status.members.flatMap(\.processes)
        let report = try await lab.down()
        #expect(report.wasThere)
        #expect(report.processesEnded >= status.members.count { $0.condition != .dead })
        #expect(ProcessTable.members(ofLab: lab.directory).isEmpty)
        #expect(processes.allSatisfy { ProcessTable.entry($0) == nil })
        #expect(!Files.exists(lab.directory))
        #expect(try await !lab.down().wasThere)
    }
}
