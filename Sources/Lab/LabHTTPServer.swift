import Foundation

/// One of the small HTTP servers behind `bet_api`: answers after a fixed time, keeps connections open, and finishes
/// what it has begun when it is told to end.
///
/// `GET /health` answers at once; every other path takes the server's time. SIGTERM closes the door and lets
/// requests in hand finish.
public struct LabHTTPServer: Sendable {
    static let connectionsMax = 512
    static let requestBytesMax = 64 << 10
    static let idleSecondsMax: Double = 60
    static let takeUpMilliseconds = 50
    static let drainSecondsMax: Double = 10

    public let name: String
    public let address: String
    public let port: Int
    /// How long an answer takes.
    public let milliseconds: Int
    /// Who it is to be once it listens, if root started it.
    let account: ServiceUser?

    static let options = ["--name", "--address", "--port", "--milliseconds", "--uid", "--gid"]

    /// Reads `--name N --address A --port P --milliseconds M`, and `--uid U --gid G` to give up root for.
    /// - Throws: `LabError.badParameter` for a missing, unknown or impossible one.
    public init(arguments: [String]) throws(LabError) {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard Self.options.contains(option), let value = rest.popFirst()
            else {
                throw .badParameter(
                    name: "lab-serve", value: option,
                    expected: Self.options.joined(separator: ", ") + ", each with a value")
            }
            values[option] = value
        }
        guard let port = Int(values["--port"] ?? ""), (1...65_535).contains(port) else {
            throw .badParameter(name: "--port", value: values["--port"] ?? "", expected: "1 to 65535")
        }
        let address = values["--address"] ?? "127.0.0.1"
        guard LoopbackSocket.internet(address, port) != nil else {
            throw .badParameter(name: "--address", value: address, expected: "an IPv4 address")
        }
        guard let milliseconds = Int(values["--milliseconds"] ?? "5"), (0...10_000).contains(milliseconds) else {
            throw .badParameter(
                name: "--milliseconds", value: values["--milliseconds"] ?? "", expected: "0 to 10000")
        }
        self.name = values["--name"] ?? "bet"
        self.address = address
        self.port = port
        self.milliseconds = milliseconds
        if let uid = uid_t(values["--uid"] ?? ""), let gid = gid_t(values["--gid"] ?? "") {
            account = ServiceUser(name: "\(uid)", uid: uid, gid: gid)
        } else {
            account = nil
        }
    }

    /// Serves until SIGTERM or SIGINT, then returns with no request left unfinished.
    /// - Throws: `LabError.portTaken` or `.system` if it cannot listen.
    public func run() throws(LabError) {
        let door = try listen()
        defer { close(door) }
        if let account, getuid() == 0 {
            guard setgroups(0, nil) == 0, setgid(account.gid) == 0, setuid(account.uid) == 0 else {
                throw .system(call: "setuid", subject: account.name, code: errno)
            }
        }
        let signals = try EndSignals()
        let visitors = Visitors()
        while true {
            var wanted = [
                pollfd(fd: door, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&wanted, 2, -1) >= 0 || errno == EINTR else {
                throw .system(call: "poll", subject: "\(address):\(port)", code: errno)
            }
            if wanted[1].revents != 0 { break }
            guard wanted[0].revents != 0 else { continue }
            let connection = accept(door, nil, nil)
            guard connection >= 0 else { continue }
            guard visitors.enter() else {
                close(connection)
                continue
            }
            Thread.detachNewThread {
                serve(connection, visitors)
                close(connection)
                visitors.leave()
            }
        }
        // Connections that wait for a further request are told at their next answer; those that are busy finish.
        // A request that has come but is not yet read counts as in hand too: it gets a moment to be taken up.
        visitors.close()
        pauseMilliseconds(Self.takeUpMilliseconds)
        let end = monotonicSeconds() + Self.drainSecondsMax
        while visitors.busy > 0, monotonicSeconds() < end { pauseMilliseconds(2) }
    }

    private func listen() throws(LabError) -> Int32 {
        let door = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard door >= 0, var place = LoopbackSocket.internet(address, port) else {
            throw .system(call: "socket", subject: address, code: errno)
        }
        var on: Int32 = 1
        setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let code = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(door, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && Glibc.listen(door, 128) == 0
                    ? 0 : errno
            }
        }
        if code == 0 { return door }
        close(door)
        guard code == EADDRINUSE else { throw .system(call: "bind", subject: "\(address):\(port)", code: code) }
        throw .portTaken(
            address: address, port: port, member: name, holder: Ports.holder(address: address, port: port))
    }

    private func serve(_ connection: Int32, _ visitors: Visitors) {
        var on: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var buffer: [UInt8] = []
        while let request = Self.next(&buffer, connection) {
            visitors.begin()
            defer { visitors.end() }
            if request.path != "/health" { pauseMilliseconds(milliseconds) }
            let isLast = !request.keepsAlive || visitors.isClosed
            let body = #"{"server":"\#(name)","path":"\#(request.path)"}"# + "\n"
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                + "Connection: \(isLast ? "close" : "keep-alive")\r\n\r\n"
            guard Self.send(connection, head + (request.method == "HEAD" ? "" : body)), !isLast else { return }
        }
    }

    private static func send(_ connection: Int32, _ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The next request on a connection, nil when there will be none.
    private static func next(_ buffer: inout [UInt8], _ connection: Int32) -> HTTPRequestHead? {
        var chunk = [UInt8](repeating: 0, count: 8 << 10)
        while true {
            if let (request, length) = HTTPRequestHead.parse(buffer) {
                buffer.removeFirst(length)
                return request
            }
            var wanted = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            guard buffer.count < requestBytesMax, poll(&wanted, 1, Int32(idleSecondsMax * 1000)) > 0 else { return nil }
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }
}

/// Who is being served.
private final class Visitors: @unchecked Sendable {
    private let lock = NSLock()
    private var connections = 0
    private var requests = 0
    private var closed = false

    func enter() -> Bool {
        lock.withLock {
            guard connections < LabHTTPServer.connectionsMax else { return false }
            connections += 1
            return true
        }
    }
    func leave() { lock.withLock { connections -= 1 } }
    func begin() { lock.withLock { requests += 1 } }
    func end() { lock.withLock { requests -= 1 } }
    func close() { lock.withLock { closed = true } }
    var isClosed: Bool { lock.withLock { closed } }
    var busy: Int { lock.withLock { requests } }
}
