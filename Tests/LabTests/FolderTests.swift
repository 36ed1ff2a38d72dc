import Foundation
import Testing

@testable import Lab

@Suite struct FolderTests {
    private func fresh(_ name: String) -> String { "/tmp/lab-\(name)-\(getpid())" }

    private func state(_ phase: LabState.Phase) throws -> LabState {
        LabState(plan: try LabPlan(), phase: phase, bootID: ProcessTable.bootID(), serve: ["/opt/pitboss"])
    }

    @Test func downWithoutALabDoesNothing() async throws {
        let report = try await Lab(directory: fresh("none")).down()
        #expect(report == LabDownReport(wasThere: false, processesEnded: 0))
    }

    @Test func otherVerbsWithoutALabSayHowToStartOne() async throws {
        let lab = Lab(directory: fresh("absent"))
        let error = await #expect(throws: LabError.self) { try await lab.kill("pg-ams-1") }
        #expect(error == .notRunning(directory: lab.directory))
        #expect(error?.description.contains("pitboss lab up") == true)
    }

    @Test func downClearsUpAfterAnUpThatBrokeOff() async throws {
        let folder = fresh("crashed")
        mkdir(folder, 0o755)
        let store = LabStore(paths: LabPaths(folder: folder))
        try store.write(try state(.starting))
        // Started, but not yet written down when the crash came.
        let launcher = Launcher(lab: folder, user: try .current(), cgroups: nil)
        let orphan = try launcher.start(
            LaunchOrder(member: "etcd-ams", command: ["/bin/sleep", "1000"], folder: "/", log: folder + "/log"))
        let report = try await Lab(directory: folder).down()
        #expect(report == LabDownReport(wasThere: true, processesEnded: 1))
        #expect(!ProcessTable.isAlive(orphan))
        #expect(!Files.exists(folder))
    }

    @Test func downNeverEndsAProcessThatGotAnOldNumber() async throws {
        let folder = fresh("reused")
        mkdir(folder, 0o755)
        var state = try state(.ready)
        let own = try #require(ProcessTable.entry(getpid())).identity
        state.processes["etcd-ams"] = ProcessIdentity(pid: own.pid, startTicks: own.startTicks - 1)
        try LabStore(paths: LabPaths(folder: folder)).write(state)
        let report = try await Lab(directory: folder).down()
        #expect(report == LabDownReport(wasThere: true, processesEnded: 0))
    }

    @Test func numbersOfAnotherBootMeanNothing() async throws {
        let folder = fresh("rebooted")
        mkdir(folder, 0o755)
        var state = try state(.ready)
        state.bootID = "of another boot"
        state.processes["etcd-ams"] = try #require(ProcessTable.entry(getpid())).identity
        try LabStore(paths: LabPaths(folder: folder)).write(state)
        let lab = Lab(directory: folder)
        await #expect(throws: LabError.notRunning(directory: folder)) { try await lab.status() }
        #expect(try await lab.down() == LabDownReport(wasThere: true, processesEnded: 0))
    }

    @Test func twoCommandsDoNotWorkOnOneLab() throws {
        let folder = fresh("locked")
        mkdir(folder, 0o755)
        defer { rmdir(folder) }
        let store = LabStore(paths: LabPaths(folder: folder))
        try store.locked { () throws(LabError) -> Void in
            #expect(throws: LabError.busy(directory: folder)) { try store.locked { () throws(LabError) -> Void in } }
        }
        try store.locked { () throws(LabError) -> Void in }
    }

    @Test func strangersFilesAreNeitherFilledNorRemoved() async throws {
        let folder = fresh("foreign")
        mkdir(folder, 0o755)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "x".write(toFile: folder + "/thesis.txt", atomically: true, encoding: .utf8)
        let lab = Lab(directory: folder)
        let plan = try LabPlan()
        await #expect(throws: LabError.self) { try await lab.up(plan) }
        await #expect(throws: LabError.self) { try await lab.down() }
        #expect(Files.exists(folder + "/thesis.txt"))
    }

    @Test func folderTooLongForSocketsIsRefused() async throws {
        let lab = Lab(directory: "/tmp/" + String(repeating: "x", count: 70))
        let plan = try LabPlan()
        let error = await #expect(throws: LabError.self) { try await lab.up(plan) }
        #expect(error?.description.contains("too long") == true)
        #expect(!Files.exists(lab.directory))
    }

    @Test func folderTheServicesCannotReachIsRefused() throws {
        let closed = fresh("closed")
        mkdir(closed, 0o700)
        defer { rmdir(closed) }
        let stranger = ServiceUser(name: "someone", uid: 54_321, gid: 54_321)
        let error = #expect(throws: LabError.self) { try LabPaths(folder: closed + "/lab").check(user: stranger) }
        #expect(error?.description.contains(closed) == true)
    }

    @Test func longestSocketPathFits() throws {
        let paths = LabPaths(folder: "/" + String(repeating: "x", count: LabPaths.folderBytesMax - 1))
        for member in try LabPlan(portOffset: LabPlan.portOffsets.upperBound).members {
            #expect((paths.sqlSockets(member) + "/.s.PGSQL.\(member.port(.sql))").utf8.count < 107)
            // HAProxy binds under a temporary name first: the path, a dot and the process number.
            #expect((paths.adminSocket(member) + ".4194304.tmp").utf8.count < 107)
        }
    }

    @Test func stateThatIsNotOursIsReported() throws {
        let folder = fresh("broken")
        mkdir(folder, 0o755)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = LabStore(paths: LabPaths(folder: folder))
        try Files.write("{", to: store.paths.state, mode: 0o644, owner: nil)
        #expect(throws: LabError.self) { try store.read() }
        let good = try state(.ready)
        try store.write(good)
        #expect(try store.read() == good)
    }
}
