import Foundation
import Testing

@testable import Lab

@Suite struct ProcessTests {
    @Test func statIsReadFromTheLastBracket() throws {
        let fields = (4...52).map(String.init).joined(separator: " ")
        let entry = try #require(ProcessEntry.parse(stat: "71 (a) b (c)) T \(fields)"))
        #expect(entry.identity == ProcessIdentity(pid: 71, startTicks: 22))
        #expect(entry.parent == 4)
        #expect(entry.isStopped)
        #expect(entry.command == "a) b (c)")
    }

    @Test(arguments: ["", "71", "71 (x", "71 (x) S 1 2", "x (y) S 1", "71 )x( S 1"])
    func brokenStatIsNoProcess(_ text: String) {
        #expect(ProcessEntry.parse(stat: text) == nil)
    }

    @Test func reusedNumberIsNotTheSameProcess() throws {
        let own = try #require(ProcessTable.entry(getpid())).identity
        #expect(ProcessTable.isAlive(own))
        let other = ProcessIdentity(pid: own.pid, startTicks: own.startTicks + 1)
        #expect(!ProcessTable.isAlive(other))
        // SIGKILL would end these very tests.
        #expect(!ProcessTable.signal(other, SIGKILL))
    }

    @Test func markIsReadFromTheEnvironment() {
        let block = Array("A=1\0PITBOSS_LAB=/tmp/x\0PITBOSS_LAB_MEMBER=etcd-ams\0".utf8)
        #expect(ProcessTable.marked(environment: block, folder: "/tmp/x") == "etcd-ams")
        #expect(ProcessTable.marked(environment: block, folder: "/tmp/x2") == nil)
        #expect(ProcessTable.marked(environment: block, folder: "/tmp") == nil)
    }

    @Test func postgresIsKnownByItsPlaceAndNothingElseIs() {
        let program = "/usr/lib/postgresql/15/bin/postgres"
        func member(_ program: String, _ place: String) -> String? {
            ProcessTable.marked(program: program, place: place, folder: "/tmp/x")
        }
        #expect(member(program, "/tmp/x/members/pg-ams-1/data") == "pg-ams-1")
        #expect(member(program, "/tmp/x/members/pg-ams-1/data (deleted)") == "pg-ams-1")
        #expect(member(program + " (deleted)", "/tmp/x/members/pg-ams-1/data") == "pg-ams-1")
        #expect(member("/bin/bash", "/tmp/x/members/pg-ams-1/data") == nil)
        #expect(member(program, "/tmp/x2/members/pg-ams-1/data") == nil)
        #expect(member(program, "/tmp/x/members/pg-ams-1") == nil)
        #expect(member(program, "/var/lib/postgresql/15/main") == nil)
    }

    @Test func startedServiceIsFoundStoppedAndEnded() throws {
        let folder = "/tmp/lab-process-\(getpid())"
        mkdir(folder, 0o755)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let launcher = Launcher(lab: folder, user: try .current(), cgroups: nil)
        let order = LaunchOrder(
            member: "etcd-ams", command: ["/bin/sleep", "1000"], folder: "/", log: folder + "/log")
        let identity = try launcher.start(order)
        defer { ProcessTable.signal(identity, SIGKILL) }
        #expect(getsid(identity.pid) == identity.pid)

        // In the moment in which `setpriv` becomes `sleep` the kernel shows no environment, and so no mark.
        var found: [ProcessIdentity]?
        for _ in 0..<500 where found == nil {
            found = ProcessTable.members(ofLab: folder)["etcd-ams"]?.map(\.identity)
            if found == nil { usleep(10_000) }
        }
        #expect(found == [identity])
        #expect(ProcessTable.members(ofLab: folder + "x").isEmpty)
        let ended = try Engine(paths: LabPaths(folder: folder), stop: StopFlag()).endProcesses()
        #expect(ended == 1)
        #expect(!ProcessTable.isAlive(identity))
    }

    @Test func serviceInheritsNothingOfOurs() throws {
        let folder = "/tmp/lab-clean-\(getpid())"
        mkdir(folder, 0o777)
        chmod(folder, 0o777)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        setenv("PITBOSS_LAB_TEST_SECRET", "x", 1)
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let launcher = Launcher(lab: folder, user: try .current(), cgroups: nil)
        let order = LaunchOrder(
            member: "m", command: ["/bin/sh", "-c", "env; ls /proc/self/fd | tr '\\n' ' '; id -u"], folder: folder,
            log: folder + "/log")
        let identity = try launcher.start(order)
        var status: Int32 = 0
        waitpid(identity.pid, &status, 0)
        let text = Files.tail(folder + "/log", lines: 100)
        #expect(text.contains("LC_ALL=C.UTF-8"))
        #expect(text.contains("PATH=/usr/lib/postgresql/15/bin:"))
        #expect(!text.contains("PITBOSS_LAB_TEST_SECRET"))
        // 3 is the folder that `ls` itself reads.
        #expect(text.contains("\n0 1 2 3 \(try ServiceUser.current().uid)"))
    }
}
