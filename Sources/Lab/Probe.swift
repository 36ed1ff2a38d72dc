import Dispatch
import Foundation

/// Asks members how they are.
struct Probe: Sendable {
    static let answerDeadlineSeconds = 1.0

    let state: LabState
    let paths: LabPaths
    /// How servers with TLS are proved; nil for a lab in the clear.
    let trust: LabTrust?

    struct Finding: Sendable {
        var isHealthy = false
        var detail = "no answer"
        var isLeader = false
        var isSynchronous = false
    }

    /// Asks all at once: one that hangs delays none of the others.
    func status() -> LabStatus {
        let table = ProcessTable.members(ofLab: paths.folder)
        let members = state.plan.members
        let findings = Findings(count: members.count)
        DispatchQueue.concurrentPerform(iterations: members.count) { index in
            let alive = table[members[index].name]?.isEmpty == false
            findings.set(index, alive ? ask(members[index]) : Finding(detail: "no process"))
        }
        return LabStatus(
            directory: paths.folder, plan: state.plan, isUp: state.phase == .ready,
            members: zip(members, findings.all).map { entry($0, $1, table[$0.name] ?? []) },
            configuration: paths.configuration, patronictl: paths.patronictl)
    }

    private func entry(_ member: LabMember, _ finding: Finding, _ processes: [ProcessEntry]) -> LabMemberStatus {
        let condition: LabCondition =
            processes.isEmpty
            ? .dead
            : state.partitioned.contains(member.name)
                ? .partitioned : processes.allSatisfy(\.isStopped) ? .frozen : .running
        return LabMemberStatus(
            member: member, condition: condition, isHealthy: finding.isHealthy, detail: finding.detail,
            processes: processes.map(\.identity.pid).sorted(), delaySeconds: state.lags[member.name] ?? 0,
            isLeader: finding.isLeader, isSynchronous: finding.isSynchronous)
    }

    func ask(_ member: LabMember) -> Finding {
        switch member.kind {
        case .etcd: etcd(member)
        case .patroni: patroni(member)
        case .haproxy: haproxy(member)
        case .bet: page(member, .http, "/health")
        case .exporter: page(member, .metrics, "/metrics")
        default: LabExtras.of(member.kind)?.ask(member, self) ?? Finding()
        }
    }

    private func etcd(_ member: LabMember) -> Finding {
        let answer = try? LoopbackHTTP.request(
            "POST", member.address, member.port(.etcdClient), "/v3/maintenance/status", json: "{}",
            timeoutSeconds: Self.answerDeadlineSeconds, trust: trust)
        guard let object = answer?.object, let header = object["header"] as? [String: Any],
            let me = header["member_id"] as? String
        else { return Finding() }
        // Without a leader the field is absent.
        guard let leader = object["leader"] as? String else {
            return Finding(detail: "no etcd leader")
        }
        return Finding(
            isHealthy: true,
            detail: (leader == me ? "leader" : "follower") + ", raft term "
                + (object["raftTerm"] as? String ?? "?"), isLeader: leader == me)
    }

    private func patroni(_ member: LabMember) -> Finding {
        guard
            let object = LoopbackHTTP.answer(
                member, .patroniREST, "/patroni", timeoutSeconds: Self.answerDeadlineSeconds, trust: trust)?.object,
            let state = object["state"] as? String
        else { return Finding() }
        let role = object["role"] as? String ?? "?"
        let isLeader = ["master", "primary"].contains(role) && state == "running"
        let isSynchronous = object["sync_standby"] as? Bool == true
        let timeline = (object["timeline"] as? Int).map { ", timeline \($0)" } ?? ""
        return Finding(
            isHealthy: ["running", "streaming", "in archive recovery"].contains(state),
            detail: "\(isSynchronous ? "synchronous standby" : isLeader ? "leader" : role), \(state)\(timeline)",
            isLeader: isLeader, isSynchronous: isSynchronous)
    }

    func haproxy(_ member: LabMember) -> Finding {
        guard let lines = haproxyLines(member, "show stat -1 4 -1") else { return Finding() }
        let counts = Self.serversUp(lines)
        let text = ["pg_write", "pg_read", "bet_api"].map { name in
            counts[name].map { "\(name) \($0.up)/\($0.all)" } ?? "\(name) absent"
        }
        let write = counts["pg_write"]?.up ?? 0
        let read = counts["pg_read"]?.up ?? 0
        let bet = counts["bet_api"] ?? (0, 1)
        return Finding(
            isHealthy: write == 1 && read == state.plan.kind(.patroni).count - 1 && bet.up == bet.all,
            detail: text.joined(separator: ", "))
    }

    /// Counts servers by backend in the CSV of `show stat`; its first line names the columns.
    static func serversUp(_ lines: [String]) -> [String: (up: Int, all: Int)] {
        guard let head = lines.first?.split(separator: ",", omittingEmptySubsequences: false),
            let status = head.firstIndex(of: "status")
        else { return [:] }
        var counts: [String: (up: Int, all: Int)] = [:]
        for line in lines.dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count > status, fields[1] != "FRONTEND", fields[1] != "BACKEND" else { continue }
            let old = counts[String(fields[0])] ?? (0, 0)
            counts[String(fields[0])] = (old.up + (fields[status] == "UP" ? 1 : 0), old.all + 1)
        }
        return counts
    }

    /// What HAProxy answers to one command on its unix socket.
    func haproxyLines(_ member: LabMember, _ command: String) -> [String]? {
        guard
            let socket = try? LoopbackSocket(
                path: paths.adminSocket(member), timeoutSeconds: Self.answerDeadlineSeconds),
            (try? socket.send(command + "\n")) != nil, let bytes = try? socket.receiveAll()
        else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Well if the page answers 200.
    func page(_ member: LabMember, _ port: LabPort, _ path: String) -> Finding {
        guard let answer = LoopbackHTTP.answer(member, port, path, timeoutSeconds: Self.answerDeadlineSeconds) else {
            return Finding()
        }
        return Finding(isHealthy: answer.status == 200, detail: "answers \(answer.status)")
    }

    /// Findings filled in from several threads.
    private final class Findings: @unchecked Sendable {
        private let lock = NSLock()
        private var values: [Finding]

        init(count: Int) { values = Array(repeating: Finding(), count: count) }

        func set(_ index: Int, _ value: Finding) { lock.withLock { values[index] = value } }
        var all: [Finding] { lock.withLock { values } }
    }
}
