import Foundation

/// A process, told apart from a later one that has got the same number.
struct ProcessIdentity: Sendable, Hashable, Codable {
    let pid: Int32
    /// Clock ticks after boot at which it started (field 22 of /proc/PID/stat).
    let startTicks: UInt64
}

/// A live process as /proc shows it.
struct ProcessEntry: Sendable, Equatable {
    let identity: ProcessIdentity
    let parent: Int32
    /// `R`, `S`, `T` (stopped), `Z` (zombie) and so on.
    let state: Character
    let command: String

    var isStopped: Bool { state == "T" || state == "t" }

    /// Reads the line of /proc/PID/stat. The command name may hold blanks and brackets, so fields count from the
    /// last closing bracket.
    static func parse(stat: String) -> ProcessEntry? {
        guard let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")"), open < close,
            let pid = Int32(stat[..<open].trimmingCharacters(in: .whitespaces))
        else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]),
            let ticks = UInt64(fields[19])
        else { return nil }
        return ProcessEntry(
            identity: ProcessIdentity(pid: pid, startTicks: ticks), parent: parent, state: state,
            command: String(stat[stat.index(after: open)..<close]))
    }
}

/// What runs on this machine, and which of it belongs to a lab.
///
/// A service carries the lab's folder and its member's name in its environment. PostgreSQL does not (Patroni clears
/// the environment and PostgreSQL overwrites it with its title), but stands in its data folder all its life.
/// Both marks are inherited by what a service starts and cannot be met by chance, so that the lab finds
/// everything even if its own record was never written, and never takes a reused number for its own.
enum ProcessTable {
    static let folderVariable = "PITBOSS_LAB"
    static let memberVariable = "PITBOSS_LAB_MEMBER"

    /// The process of that number, nil if there is none or it is dead but not yet collected.
    static func entry(_ pid: Int32) -> ProcessEntry? {
        guard let text = Files.text("/proc/\(pid)/stat"), let entry = ProcessEntry.parse(stat: text) else {
            return nil
        }
        guard entry.state == "Z" || entry.state == "X" else { return entry }
        if entry.parent == getpid() { waitpid(pid, nil, WNOHANG) }
        return nil
    }

    static func isAlive(_ identity: ProcessIdentity) -> Bool {
        entry(identity.pid)?.identity == identity
    }

    /// Sends a signal, but only to the very process that was meant.
    @discardableResult
    static func signal(_ identity: ProcessIdentity, _ number: Int32) -> Bool {
        guard isAlive(identity) else { return false }
        return Glibc.kill(identity.pid, number) == 0
    }

    /// All processes that belong to the lab in a folder, by member.
    static func members(ofLab folder: String) -> [String: [ProcessEntry]] {
        var found: [String: [ProcessEntry]] = [:]
        for pid in pids() where pid != getpid() {
            guard let member = owner(of: pid, folder: folder), let entry = entry(pid) else { continue }
            found[member, default: []].append(entry)
        }
        return found
    }

    /// The member of the lab in `folder` to which a process belongs, nil for a stranger.
    static func owner(of pid: Int32, folder: String) -> String? {
        if let environment = Files.bytes("/proc/\(pid)/environ"), !environment.isEmpty,
            let member = marked(environment: environment, folder: folder)
        {
            return member
        }
        guard let program = Files.link("/proc/\(pid)/exe"), let place = Files.link("/proc/\(pid)/cwd") else {
            return nil
        }
        return marked(program: program, place: place, folder: folder)
    }

    /// Reads the mark out of an environment block (`NAME=VALUE`, each ended by a zero byte).
    static func marked(environment: [UInt8], folder: String) -> String? {
        var isOurs = false
        var member: String?
        for part in environment.split(separator: 0) {
            let text = String(decoding: part, as: UTF8.self)
            if text == "\(folderVariable)=\(folder)" { isOurs = true }
            if text.hasPrefix(memberVariable + "=") { member = String(text.dropFirst(memberVariable.count + 1)) }
        }
        return isOurs ? member : nil
    }

    /// Knows a PostgreSQL process by the data folder in which it stands.
    static func marked(program: String, place: String, folder: String) -> String? {
        let name = program.split(separator: "/").last.map { $0.split(separator: " ").first ?? "" }
        let prefix = folder + "/members/"
        guard name == "postgres", place.hasPrefix(prefix) else { return nil }
        let parts = place.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[1] == "data" || parts[1] == "data (deleted)" else { return nil }
        return String(parts[0])
    }

    private static func pids() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }
    }

    /// Which boot of the machine this is: numbers and ticks mean nothing in another one.
    static func bootID() -> String {
        (Files.text("/proc/sys/kernel/random/boot_id") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
