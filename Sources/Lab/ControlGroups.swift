import Foundation

/// A control group (v2) for each member, where the machine has them and lets us.
///
/// What the kernel is to do with a member's packets hangs on its group. Without groups the lab works, but cannot
/// make partitions.
enum ControlGroups {
    /// Makes one group for each member.
    /// - Returns: the folder of the groups, nil if there can be none.
    static func make(_ plan: LabPlan, folder: String) -> String? {
        guard getuid() == 0, let root = mountPoint(Files.text("/proc/self/mounts") ?? "") else { return nil }
        let top = root + "/" + name(folder)
        guard mkdir(top, 0o755) == 0 || errno == EEXIST else { return nil }
        for member in plan.members where mkdir("\(top)/\(member.name)", 0o755) != 0 && errno != EEXIST {
            remove(folder: folder)
            return nil
        }
        return top
    }

    /// Removes the groups, which must be empty; what is attached to them goes with them.
    static func remove(folder: String) {
        guard getuid() == 0, let root = mountPoint(Files.text("/proc/self/mounts") ?? "") else { return }
        let top = root + "/" + name(folder)
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: top)) ?? []
        // What has a dot in its name is one of the kernel's own files.
        for entry in entries where !entry.contains(".") { rmdir("\(top)/\(entry)") }
        rmdir(top)
    }

    /// Where version 2 is mounted, out of /proc/self/mounts.
    static func mountPoint(_ mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 2, fields[2] == "cgroup2" { return String(fields[1]) }
        }
        return nil
    }

    /// The group's name for a lab's folder: readable, and different for each.
    static func name(_ folder: String) -> String {
        "pitboss-lab" + folder.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }.joined()
    }
}
