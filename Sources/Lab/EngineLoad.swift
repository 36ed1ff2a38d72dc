import Dispatch
import Foundation

extension Engine {
    static let connectSecondsMax = 2.0
    static let retryMilliseconds = 50
    static let callSecondsMax = 6.0
    static let recountSecondsMax = 10

    func load(_ load: LabLoad, progress: @Sendable (LabLoadReport) -> Void) throws(LabError) -> LabLoadReport {
        let state = try running()
        let secrets = try LabSecrets.read(from: paths)
        let trust = try LabTrust.read(state.plan, paths)
        let tally = Tally(balancers: state.plan.kind(.haproxy).map(\.name))
        let run = "\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let balancers = state.plan.kind(.haproxy)
        let group = DispatchGroup()
        func start(_ body: @escaping @Sendable () -> Void) {
            group.enter()
            Thread.detachNewThread {
                body()
                group.leave()
            }
        }
        for number in 0..<load.writers {
            let writer = Writer(
                balancer: balancers[number % balancers.count], secrets: secrets, trust: trust, run: run,
                number: number, of: load.writers)
            start { writer.work(load, tally, stop) }
        }
        for balancer in balancers {
            for _ in 0..<load.callersPerBalancer { start { Caller(balancer: balancer).work(load, tally, stop) } }
        }
        while group.wait(timeout: .now() + 1) == .timedOut { progress(tally.report()) }
        tally.end()
        var report = tally.report()
        if load.writers > 0 { report.lost = recount(balancers, secrets, trust, run, tally.acknowledged) }
        return report
    }

    /// Asks the database which rows of this run it has, and counts the acknowledged that are missing.
    private func recount(
        _ balancers: [LabMember], _ secrets: LabSecrets, _ trust: LabTrust?, _ run: String, _ acknowledged: Set<Int>
    ) -> Int? {
        let end = monotonicSeconds() + Double(Self.recountSecondsMax)
        repeat {
            for balancer in balancers {
                let writer = Writer(
                    balancer: balancer, secrets: secrets, trust: trust, run: run, number: 0, of: 1)
                let rows = try? writer.connect().run("SELECT stake FROM bet WHERE run = '\(run)'").rows
                if let rows { return acknowledged.subtracting(rows.compactMap { Int($0) }).count }
            }
            pauseMilliseconds(200)
        } while monotonicSeconds() < end
        return nil
    }
}

/// One connection that inserts rows, numbered so that each can be found again.
private struct Writer: Sendable {
    let balancer: LabMember
    let secrets: LabSecrets
    let trust: LabTrust?
    let run: String
    let number: Int
    let of: Int

    func connect() throws(SQLConnection.Failure) -> SQLConnection {
        try SQLConnection(
            address: balancer.address, port: balancer.port(.pgWrite), user: PatroniRecipe.appRole,
            database: PatroniRecipe.appDatabase, password: secrets.app, timeoutSeconds: Engine.connectSecondsMax,
            trust: trust)
    }

    func work(_ load: LabLoad, _ tally: Tally, _ stop: StopFlag) {
        var connection: SQLConnection?
        var pace = Pace(perSecond: load.writesPerSecond, seconds: load.seconds)
        var row = number
        while pace.next(), !stop.raised {
            do throws(SQLConnection.Failure) {
                let open: SQLConnection
                if let connection { open = connection } else { open = try connect() }
                connection = open
                let answer = try open.run("INSERT INTO bet (run, stake) VALUES ('\(run)', \(row))")
                if answer.tag == "INSERT 0 1" { tally.acknowledge(row) }
            } catch {
                connection = nil
                tally.fail(error)
                pauseMilliseconds(Engine.retryMilliseconds)
            }
            row += of
        }
    }
}

/// One client of `bet_api` that keeps its connection.
private struct Caller: Sendable {
    let balancer: LabMember

    func work(_ load: LabLoad, _ tally: Tally, _ stop: StopFlag) {
        var socket: LoopbackSocket?
        var pace = Pace(perSecond: load.callsPerSecond, seconds: load.seconds)
        while pace.next(), !stop.raised {
            let began = monotonicSeconds()
            var isRepeated = false
            do throws(SocketFailure) {
                do throws(SocketFailure) {
                    try call(&socket)
                } catch {
                    // Closed while it lay idle, before any of the answer: a client sends it again.
                    guard socket == nil, error.code == ECONNRESET || error.code == EPIPE else { throw error }
                    isRepeated = true
                    try call(&socket)
                }
                tally.answer(balancer.name, seconds: monotonicSeconds() - began, repeated: isRepeated)
            } catch {
                socket = nil
                let reason = error.status.map { "answered \($0)" } ?? "\(error)"
                tally.miss(balancer.name, reason)
                pauseMilliseconds(Engine.retryMilliseconds)
            }
        }
    }

    /// Sends one request. Leaves `socket` nil, and throws ECONNRESET or EPIPE, if a kept connection turned out closed.
    private func call(_ socket: inout LoopbackSocket?) throws(SocketFailure) {
        let wasOpen = socket != nil
        let open: LoopbackSocket
        if let socket {
            open = socket
        } else {
            open = try LoopbackSocket(
                address: balancer.address, port: balancer.port(.betAPI), timeoutSeconds: Engine.connectSecondsMax)
        }
        socket = open
        open.deadlineSeconds = monotonicSeconds() + Engine.callSecondsMax
        var first: String?
        do throws(SocketFailure) {
            try open.send("GET /bet HTTP/1.1\r\nHost: bet-api\r\n\r\n")
            first = try open.receiveLine()
        } catch {
            if wasOpen { socket = nil }
            throw error
        }
        guard let first else {
            if wasOpen { socket = nil }
            throw SocketFailure(code: ECONNRESET)
        }
        let status = first.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var length = 0
        var closes = false
        while let line = try open.receiveLine(), !line.isEmpty {
            let lower = line.lowercased()
            if lower.hasPrefix("content-length:") {
                length = Int(lower.dropFirst(15).filter(\.isNumber)) ?? 0
            }
            if lower.hasPrefix("connection:"), lower.contains("close") { closes = true }
        }
        _ = try open.receive(count: length)
        if closes { socket = nil }
        guard status == 200 else { throw SocketFailure(code: EBADMSG, status: status) }
    }
}

/// When the next piece of work is due.
private struct Pace {
    private let interval: Double
    private let end: Double
    private var due: Double

    init(perSecond: Double, seconds: Double) {
        interval = 1 / perSecond
        due = monotonicSeconds()
        end = due + seconds
    }

    /// Waits for it. What a fault held up is not made up for afterwards.
    /// - Returns: false when the time is over.
    mutating func next() -> Bool {
        let now = monotonicSeconds()
        if due < now - interval { due = now }
        guard due < end, now < end else { return false }
        if due > now { pauseMilliseconds(Int((due - now) * 1000)) }
        due += interval
        return true
    }
}

/// Counts, from several threads.
private final class Tally: @unchecked Sendable {
    private let lock = NSLock()
    private let began = monotonicSeconds()
    private var counts = LabLoadReport()
    private var rows: Set<Int> = []
    private var lastAcknowledged = monotonicSeconds()

    init(balancers: [String]) {
        for name in balancers { counts.calls[name] = LabLoadReport.Calls() }
    }

    var acknowledged: Set<Int> { lock.withLock { rows } }

    func acknowledge(_ row: Int) {
        lock.withLock {
            rows.insert(row)
            counts.acknowledged += 1
            noteGap()
            lastAcknowledged = monotonicSeconds()
        }
    }

    func fail(_ failure: SQLConnection.Failure) {
        lock.withLock {
            switch failure {
            case .refused(let reason):
                counts.refused += 1
                counts.lastRefusal = reason
            case .inDoubt(let reason):
                counts.inDoubt += 1
                counts.lastRefusal = reason
            }
        }
    }

    func answer(_ balancer: String, seconds: Double, repeated: Bool) {
        lock.withLock {
            counts.calls[balancer, default: .init()].answered += 1
            if repeated { counts.calls[balancer, default: .init()].repeated += 1 }
            let slowest = counts.calls[balancer]?.slowestSeconds ?? 0
            counts.calls[balancer, default: .init()].slowestSeconds = max(slowest, seconds)
        }
    }

    func miss(_ balancer: String, _ reason: String) {
        lock.withLock {
            counts.calls[balancer, default: .init()].failed += 1
            counts.calls[balancer, default: .init()].lastFailure = reason
        }
    }

    /// A gap that still lasts at the end counts as well.
    func end() { lock.withLock { noteGap() } }

    func report() -> LabLoadReport {
        lock.withLock {
            counts.seconds = monotonicSeconds() - began
            return counts
        }
    }

    private func noteGap() {
        let gap = monotonicSeconds() - lastAcknowledged
        guard gap > counts.longestGapSeconds else { return }
        counts.longestGapSeconds = gap
        counts.longestGapBeganAtSeconds = lastAcknowledged - began
    }
}
