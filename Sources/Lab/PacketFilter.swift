import Foundation

/// Has the kernel drop all packets of a control group's sockets, in and out: to everyone else the member is silent,
/// and everyone else to it, while it and its connections live on. That is what a cut network looks like.
///
/// The program is two instructions of BPF: the verdict 0, which means drop, and the end.
enum PacketFilter {
    private static let loadProgram = 5
    private static let attachProgram = 8
    private static let detachProgram = 9
    private static let controlGroupPackets: UInt32 = 8
    /// Incoming, outgoing.
    private static let directions: [UInt32] = [0, 1]
    private static let dropAll: [UInt64] = [0x0000_0000_0000_00b7, 0x0000_0000_0000_0095]

    static func cut(group: String) throws(LabError) {
        let program = try load()
        defer { close(program) }
        try each(group, attachProgram, program: program, ignoring: 0)
    }

    /// Not an error if there is no cut.
    static func mend(group: String) throws(LabError) {
        try each(group, detachProgram, program: 0, ignoring: ENOENT)
    }

    private static func each(
        _ group: String, _ command: Int, program: Int32, ignoring harmless: Int32
    ) throws(LabError) {
        let folder = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system(call: "open", subject: group, code: errno) }
        defer { close(folder) }
        for direction in directions {
            var request: [UInt32] = [UInt32(bitPattern: folder), UInt32(bitPattern: program), direction, 0]
            let code = request.withUnsafeMutableBytes { bytes -> Int32 in
                guard let start = bytes.baseAddress else { return EFAULT }
                return GNU.call(callNumber, command, start, bytes.count) < 0 ? errno : 0
            }
            guard code == 0 || code == harmless else { throw refused(code) }
        }
    }

    private static func load() throws(LabError) -> Int32 {
        var outcome = -1
        var code: Int32 = 0
        dropAll.withUnsafeBytes { instructions in
            "Apache-2.0".withCString { license in
                // Kind and number of instructions, where they are, where the licence is, three of logs and version.
                var request: [UInt64] = [
                    UInt64(controlGroupPackets) | UInt64(dropAll.count) << 32,
                    UInt64(UInt(bitPattern: instructions.baseAddress)), UInt64(UInt(bitPattern: license)), 0, 0, 0,
                ]
                request.withUnsafeMutableBytes { bytes in
                    guard let start = bytes.baseAddress else { return }
                    outcome = GNU.call(callNumber, loadProgram, start, bytes.count)
                    code = errno
                }
            }
        }
        guard outcome >= 0 else { throw refused(code) }
        return Int32(outcome)
    }

    private static func refused(_ code: Int32) -> LabError {
        .cannotPartition(
            reason: "the kernel refused a packet filter on a control group (\(systemMessage(code)))",
            remedy: "It needs Linux 4.10 with CONFIG_CGROUP_BPF and, in a container, the rights to use it")
    }

    #if arch(arm64)
        private static let callNumber = 280
    #else
        private static let callNumber = 321
    #endif
}

extension Engine {
    /// Cuts a member off from everyone.
    func partition(_ name: String) throws(LabError) {
        try store.locked { () throws(LabError) in
            var state = try running()
            let member = try state.plan.member(name)
            try PacketFilter.cut(group: try group(member, state, "partition"))
            if !state.partitioned.contains(name) { state.partitioned.append(name) }
            try store.write(state)
        }
    }

    /// Takes back whatever was done to a member: a cut, a stop, a delay, a kill.
    func heal(_ name: String) throws(LabError) {
        let state = try running()
        let member = try state.plan.member(name)
        if state.partitioned.contains(name) {
            try store.locked { () throws(LabError) in
                var state = try running()
                try PacketFilter.mend(group: try group(member, state, "heal"))
                state.partitioned.removeAll { $0 == name }
                try store.write(state)
            }
        }
        if needsResume(member, state) { try resume(name) }
        if state.lags[name] != nil { try lag(name, seconds: 0) }
    }

    private func needsResume(_ member: LabMember, _ state: LabState) -> Bool {
        guard let main = state.processes[member.name], ProcessTable.isAlive(main) else { return true }
        return processes(member).contains(where: \.isStopped)
    }

    private func group(_ member: LabMember, _ state: LabState, _ verb: String) throws(LabError) -> String {
        guard getuid() == 0 else { throw .needsRoot(verb: verb) }
        guard let groups = state.cgroups, Files.exists("\(groups)/\(member.name)") else {
            throw .cannotPartition(
                reason: "the lab's members have no control groups",
                remedy: "Start the lab as root where control groups version 2 are mounted writable")
        }
        return "\(groups)/\(member.name)"
    }
}
