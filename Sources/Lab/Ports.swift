import Foundation

/// Finds out whether the lab's ports are free, and who has those that are not.
enum Ports {
    /// - Throws: `LabError.portTaken` for the first that cannot be bound.
    static func check(_ plan: LabPlan) throws(LabError) {
        for member in plan.members {
            for number in member.ports.values.sorted() {
                try check(member, number)
            }
        }
    }

    private static func check(_ member: LabMember, _ number: Int) throws(LabError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, var place = LoopbackSocket.internet(member.address, number) else {
            throw .system(call: "socket", subject: member.address, code: errno)
        }
        defer { close(descriptor) }
        // As servers do: ports of connections that are only lingering do not count as taken.
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let code = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
            }
        }
        if code == 0 { return }
        guard code == EADDRINUSE else {
            throw .system(call: "bind", subject: "\(member.address):\(number)", code: code)
        }
        throw .portTaken(
            address: member.address, port: number, member: member.name,
            holder: holder(address: member.address, port: number))
    }

    /// Who listens there: `nginx (pid 71)`; nil if it cannot be seen.
    static func holder(address: String, port: Int) -> String? {
        let inodes = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap(Files.text).flatMap {
            listeners($0, address: address, port: port)
        }
        guard !inodes.isEmpty else { return nil }
        let wanted = Set(inodes.map { "socket:[\($0)]" })
        for pid in ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap({ Int32($0) }) {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
            for name in names {
                if let link = Files.link("/proc/\(pid)/fd/\(name)"), wanted.contains(link) {
                    return "\(ProcessTable.entry(pid)?.command ?? "a process") (pid \(pid))"
                }
            }
        }
        return nil
    }

    /// The inodes of sockets that listen on the address or on all, out of /proc/net/tcp or tcp6.
    static func listeners(_ table: String, address: String, port: Int) -> [UInt64] {
        let octets = address.split(separator: ".").compactMap { UInt8($0) }
        guard octets.count == 4 else { return [] }
        // The kernel prints the address as a number in the machine's order.
        let own = octets.reversed().map { hex($0, digits: 2) }.joined()
        let anywhere = [String(repeating: "0", count: 8), String(repeating: "0", count: 32)]
        let mapped = "0000000000000000FFFF0000" + own
        return table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A" else { return nil }
            let place = fields[1].split(separator: ":")
            guard place.count == 2, place[1] == hex(port, digits: 4) else { return nil }
            let host = String(place[0])
            return host == own || host == mapped || anywhere.contains(host) ? UInt64(fields[9]) : nil
        }
    }

    private static func hex(_ value: some BinaryInteger, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
