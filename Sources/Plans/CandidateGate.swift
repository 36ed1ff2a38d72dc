import Estate
import Insight

/// Whether a member may be promoted, with the inputs that Patroni's own gate uses.
struct CandidateGate {
    let view: GroupView
    let candidate: Member

    /// - Parameter forced: a failover, where the gate skips some of its conditions.
    func checks(forced: Bool) -> [Check] {
        var list = [reachable, tags, watchdog, lag(forced: forced), timeline(forced: forced)].compactMap { $0 }
        if let sync = synchronous(forced: forced) { list.append(sync) }
        return list
    }

    private var name: String { candidate.id.name }

    var reachable: Check {
        let what = "candidate answers at its REST door"
        guard let own = view.ownREST(candidate.id) else {
            if view.answersREST(candidate.id) == false {
                return .block(what, "it does not", remedy: "bring \(name) back; Patroni asks it before promoting")
            }
            return .warn(what, "not asked from here", remedy: "Patroni asks it itself; name its door in rest endpoints")
        }
        let source = view.snapshot.source(own.by)
        guard view.isFresh(own.by, own.at) else {
            let problem = source?.status.problem ?? "last answer \(Say.span(view.now - own.at)) ago"
            return .block(what, problem, remedy: "bring \(name) back; Patroni asks it before promoting")
        }
        let state = own.facts.state
        if let state, state != .running {
            return .block(
                what, "\(name) is \(own.facts.stateDetail ?? state.rawValue)", remedy: "wait until \(name) runs")
        }
        return .pass(what, source?.status.latencySeconds.map { "in \(Int($0 * 1000)) ms" } ?? "fresh")
    }

    var tags: Check {
        let what = "candidate may be promoted"
        let noFailover = candidate.newest(\.tags?.noFailover)?.value
        let priority = candidate.newest(\.tags?.failoverPriority)?.value
        if noFailover == true {
            return .block(what, "nofailover is set", remedy: "who cordoned \(name) lifts it in its Patroni")
        }
        if let priority, priority <= 0 {
            return .block(
                what, "failover_priority \(priority)", remedy: "raise tags.failover_priority in \(name)'s Patroni")
        }
        return .pass(what, priority.map { "failover_priority \($0)" } ?? "not cordoned")
    }

    private var watchdog: Check? {
        guard let ok = candidate.newest(\.tags?.watchdogOK)?.value else { return nil }
        return ok
            ? .pass("watchdog", "active")
            : .block("watchdog", "required and not there", remedy: "mend the watchdog device on \(name)'s node")
    }

    /// Bytes that the candidate has not received, and how that is known. nil: unknown.
    var missing: (bytes: Int64, how: String)? {
        let received = candidate.sightings.compactMap { seen -> (LSN, Timestamp)? in
            guard let r = seen.facts.replication, let lsn = [r.receivedLSN, r.replayedLSN].compactMap({ $0 }).max()
            else { return nil }
            return (lsn, seen.at)
        }.max { $0.1 < $1.1 }
        if let writer = view.lastWriter, writer.member.id != candidate.id, let received {
            return (
                writer.written.distance(from: received.0),
                "\(writer.member.id.name) at \(writer.written), \(name) has \(received.0)"
            )
        }
        guard let lag = candidate.newest(\.replication?.receiveLagBytes) else { return nil }
        return (lag.value, "as \(lag.sighting.by) says")
    }

    /// The figure on the screens, where it is fresh; what was last heard otherwise.
    private var behind: (bytes: Int64, how: String)? {
        let lag = Assessment.of(view.snapshot, now: view.now).member(candidate.id)?.lag
        if let lag, let bytes = lag.receiveBytes, !lag.isStale {
            return (bytes, lag.by.map { lag.isComputed ? "measured by \($0)" : "as \($0) says" } ?? "measured")
        }
        return missing
    }

    private func lag(forced: Bool) -> Check {
        let what = "lag within maximum_lag_on_failover"
        if forced, view.leader == nil {
            return .warn(
                what, "waived without a leader: \(missing.map { Say.bytes($0.bytes) } ?? "unknown") behind",
                remedy: "choose the member that has received most")
        }
        guard let missing = behind else {
            return .warn(what, "not known", remedy: "Patroni decides by its own figure; watch SQL to see it")
        }
        guard let limit = view.limits?.maximumLagOnFailoverBytes else {
            return .warn(
                what, "\(Say.bytes(missing.bytes)) behind, limit not known", remedy: "Patroni decides by its own")
        }
        let figure = "\(Say.bytes(missing.bytes)) of \(Say.bytes(limit)) allowed; \(missing.how)"
        return missing.bytes <= limit
            ? .pass(what, figure) : .block(what, figure, remedy: "wait until \(name) has caught up, or choose another")
    }

    private func timeline(forced: Bool) -> Check? {
        guard let wanted = view.timeline else { return nil }
        let what = "candidate on the current timeline"
        guard let own = candidate.newest(\.replication?.timeline)?.value else {
            return .warn(what, "not known", remedy: "Patroni compares it itself if check_timeline is on")
        }
        if own == wanted { return .pass(what, "\(own)") }
        let figure = "\(name) is on \(own), the group on \(wanted)"
        let remedy = "rewind or reinitialize \(name) first"
        if own > wanted { return .warn(what, figure, remedy: "look at both histories before going on") }
        return view.limits?.checksTimeline == false && !forced
            ? .warn(what, figure, remedy: remedy) : .block(what, figure, remedy: remedy)
    }

    private func synchronous(forced: Bool) -> Check? {
        guard let sync = view.synchronous, sync.isOn else { return nil }
        let what = "candidate is a synchronous standby"
        if sync.standbys.contains(name) { return .pass(what, "sync: \(Figures.list(sync.standbys))") }
        let figure = "sync: \(Figures.list(sync.standbys)), not \(name)"
        if forced {
            return .warn(
                what, "\(figure); commits that only those confirmed are lost",
                remedy: "choose \(sync.standbys.first ?? "a synchronous standby")")
        }
        return .block(
            what, figure,
            remedy: sync.standbys.isEmpty
                ? "wait until Patroni names one"
                : "choose \(Figures.list(sync.standbys)), or wait until Patroni names \(name)")
    }
}
