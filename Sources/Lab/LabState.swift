import Foundation

/// What the lab writes down about itself, in `state.json`.
struct LabState: Sendable, Codable, Equatable {
    enum Phase: String, Codable { case starting, ready }

    static let formatVersion = 1

    var format = LabState.formatVersion
    var plan: LabPlan
    var phase: Phase
    var bootID: String
    /// How this executable is called to be one of the HTTP servers.
    var serve: [String]
    /// The process that was started for each member.
    var processes: [String: ProcessIdentity] = [:]
    /// Replay delay in seconds, of members that have one.
    var lags: [String: Double] = [:]
    var partitioned: [String] = []
    var cgroups: String?
}

/// The lab's folder, held under a lock while something is changed.
///
/// The lock is on the folder itself, so that nothing is left when the folder goes.
struct LabStore: Sendable {
    let paths: LabPaths

    /// The recorded state, nil if no lab is there.
    func read() throws(LabError) -> LabState? {
        guard Files.exists(paths.state) else { return nil }
        guard let bytes = Files.bytes(paths.state) else {
            throw .stateUnreadable(path: paths.state, reason: systemMessage(errno))
        }
        do {
            let state = try JSONDecoder().decode(LabState.self, from: Data(bytes))
            guard state.format == LabState.formatVersion else {
                throw LabError.stateUnreadable(
                    path: paths.state, reason: "format \(state.format), expected \(LabState.formatVersion)")
            }
            return state
        } catch let error as LabError {
            throw error
        } catch {
            throw .stateUnreadable(path: paths.state, reason: "\(error)")
        }
    }

    func write(_ state: LabState) throws(LabError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(state) else {
            throw .stateUnreadable(path: paths.state, reason: "it cannot be encoded")
        }
        try Files.write(String(decoding: data, as: UTF8.self) + "\n", to: paths.state, mode: 0o644, owner: nil)
    }

    /// Runs `body` while no other command changes this lab.
    /// - Throws: `.busy` at once if one does.
    func locked<Result>(_ body: () throws(LabError) -> Result) throws(LabError) -> Result {
        let descriptor = open(paths.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .notRunning(directory: paths.folder) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .busy(directory: paths.folder) }
        // Whoever held the lock before may have been a `down` that removed the folder.
        var held = stat()
        var there = stat()
        guard fstat(descriptor, &held) == 0, lstat(paths.folder, &there) == 0, held.st_ino == there.st_ino else {
            throw .notRunning(directory: paths.folder)
        }
        return try body()
    }
}
