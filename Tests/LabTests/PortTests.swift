import Foundation
import Testing

@testable import Lab

@Suite struct PortTests {
    @Test func takenPortIsNamedWithItsHolder() async throws {
        let plan = try LabPlan(block: 253)
        let member = try plan.member("pg-dub-1")
        let door = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(door) }
        var place = try #require(LoopbackSocket.internet(member.address, member.port(.sql)))
        let code = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(door, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(code == 0)
        #expect(listen(door, 1) == 0)

        let lab = Lab(directory: "/tmp/lab-port-\(getpid())")
        let error = await #expect(throws: LabError.self) { try await lab.up(plan) }
        guard case .portTaken(let address, let port, let name, let holder) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(address == "127.253.3.1")
        #expect(port == 5432)
        #expect(name == "pg-dub-1")
        #expect(holder?.contains("(pid \(getpid()))") == true)
        #expect(!Files.exists(lab.directory), "an up that cannot be leaves nothing")
    }

    @Test func listenersAreReadFromTheKernelsTable() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0101007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 4711 1 0 100
               1: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 4712 1 0 100
               2: 0101007F:1538 0100007F:9999 01 00000000:00000000 00:00000000 00000000   101        0 4713 1 0 100
               3: 0102007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 4714 1 0 100
               4: 0000000000000000FFFF00000101007F:1538 0:0 0A 0:0 0:0 0 101 0 4715 1 0 100
               5: broken
            """
        #expect(Ports.listeners(table, address: "127.0.1.1", port: 5432) == [4711, 4712, 4715])
        #expect(Ports.listeners(table, address: "127.0.1.1", port: 5433).isEmpty)
        #expect(Ports.listeners("", address: "nonsense", port: 1).isEmpty)
    }
}
