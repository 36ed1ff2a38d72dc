import Foundation

extension Engine {
    static let immediateStopSecondsMax = 4.0
    static let killSecondsMax = 10.0

    /// Ends every process of the lab and removes its folder.
    func down() throws(LabError) -> LabDownReport {
        guard Files.exists(paths.folder) else {
            // Someone may have removed the folder under a running lab.
            let ended = try endProcesses()
            ControlGroups.remove(folder: paths.folder)
            return LabDownReport(wasThere: ended > 0, processesEnded: ended)
        }
        guard Files.exists(paths.state) || LabPaths.isEmpty(paths.folder) else {
            throw .directoryUnsuitable(
                path: paths.folder, reason: "it holds files but no lab", remedy: "Look whether it is the right one")
        }
        try checkOwner()
        return try store.locked { () throws(LabError) -> LabDownReport in
            let ended = try clear()
            guard rmdir(paths.folder) == 0 || errno == ENOENT else {
                throw .system(call: "rmdir", subject: paths.folder, code: errno)
            }
            return LabDownReport(wasThere: true, processesEnded: ended)
        }
    }

    /// Ends every process and empties the folder, the state file last: whoever finds it knows that there is work left.
    @discardableResult
    func clear() throws(LabError) -> Int {
        let ended = try endProcesses()
        removeSharedMemory()
        ControlGroups.remove(folder: paths.folder)
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: paths.folder)) ?? []
        for name in names.filter({ $0 != "state.json" }) + ["state.json"] {
            let path = paths.folder + "/" + name
            do { try manager.removeItem(atPath: path) } catch {
                guard !Files.exists(path) else {
                    throw .system(call: "remove", subject: path, code: errno)
                }
            }
        }
        return ended
    }

    /// Ends every process of the lab: those of its record and those that carry its mark.
    @discardableResult
    func endProcesses() throws(LabError) -> Int {
        var ended: Set<ProcessIdentity> = []
        var asked: Set<ProcessIdentity> = []
        let began = monotonicSeconds()
        while true {
            let all = everyProcess()
            if all.isEmpty { return ended.count }
            let seconds = monotonicSeconds() - began
            guard seconds < Self.killSecondsMax else { throw .stillRunning(processes: all.map(\.identity.pid)) }
            ended.formUnion(all.map(\.identity))
            // Patroni goes first, or it would start PostgreSQL again. PostgreSQL is told to stop at once (SIGQUIT)
            // and given a moment, because it then frees its shared memory.
            for entry in all where entry.command != "postgres" { ProcessTable.signal(entry.identity, SIGKILL) }
            for entry in all where entry.command == "postgres" {
                if seconds > Self.immediateStopSecondsMax {
                    ProcessTable.signal(entry.identity, SIGKILL)
                } else if asked.insert(entry.identity).inserted {
                    ProcessTable.signal(entry.identity, SIGQUIT)
                    ProcessTable.signal(entry.identity, SIGCONT)
                }
            }
            pauseMilliseconds(20)
        }
    }

    private func everyProcess() -> [ProcessEntry] {
        var found = ProcessTable.members(ofLab: paths.folder).values.flatMap { $0 }
        if let state = try? store.read(), state.bootID == ProcessTable.bootID() {
            let known = Set(found.map(\.identity))
            for identity in state.processes.values where !known.contains(identity) {
                if let entry = ProcessTable.entry(identity.pid), entry.identity == identity { found.append(entry) }
            }
        }
        return found
    }

    /// A killed PostgreSQL leaves a System V segment, whose number is in the seventh line of `postmaster.pid`.
    private func removeSharedMemory() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: paths.members)) ?? [] {
            guard let text = Files.text("\(paths.members)/\(name)/data/postmaster.pid") else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.count > 6, let segment = lines[6].split(separator: " ").last.flatMap({ Int32($0) }) else {
                continue
            }
            var status = shmid_ds()
            guard shmctl(segment, IPC_STAT, &status) == 0, status.shm_nattch == 0,
                let owner = try? ServiceUser.current(), status.shm_perm.uid == owner.uid
            else { continue }
            shmctl(segment, IPC_RMID, nil)
        }
    }
}

extension LabPaths {
    static func isEmpty(_ folder: String) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty ?? true
    }
}
