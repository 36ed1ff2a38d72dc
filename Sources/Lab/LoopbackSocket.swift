import Foundation

/// A blocking stream socket with a deadline over everything that is done with it.
final class LoopbackSocket {
    private let descriptor: Int32
    private var waiting: [UInt8] = []
    private var session: TLSSession?
    /// On the monotonic clock.
    var deadlineSeconds: Double

    /// Connects to an IPv4 address.
    init(address: String, port: Int, timeoutSeconds: Double) throws(SocketFailure) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        deadlineSeconds = monotonicSeconds() + timeoutSeconds
        guard descriptor >= 0, var target = Self.internet(address, port) else { throw SocketFailure(code: errno) }
        let code = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                begin($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try finish(code)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Connects to a unix socket.
    init(path: String, timeoutSeconds: Double) throws(SocketFailure) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        deadlineSeconds = monotonicSeconds() + timeoutSeconds
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: target.sun_path)
        guard descriptor >= 0, path.utf8.count < room else { throw SocketFailure(code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                begin($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try finish(code)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    static func internet(_ address: String, _ port: Int) -> sockaddr_in? {
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        return inet_pton(AF_INET, address, &target.sin_addr) == 1 ? target : nil
    }

    /// From here on all goes over TLS. What is sent is kept back until the peer is proved; a peer that is not shows in
    /// what is received.
    func secure(_ trust: LabTrust, address: String, port: Int) throws(SocketFailure) {
        session = try TLSSession(trust, address: address, port: port)
    }

    func send(_ bytes: [UInt8]) throws(SocketFailure) {
        try transmit(try session?.seal(bytes) ?? bytes)
    }

    private func transmit(_ bytes: [UInt8]) throws(SocketFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            try wait(POLLOUT)
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EAGAIN || errno == EINTR { continue }
                throw SocketFailure(code: errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws(SocketFailure) { try send(Array(text.utf8)) }

    /// Exactly `count` bytes.
    func receive(count: Int) throws(SocketFailure) -> [UInt8] {
        while waiting.count < count { guard try more() else { throw SocketFailure(code: ECONNRESET) } }
        defer { waiting.removeFirst(count) }
        return Array(waiting[..<count])
    }

    /// One line without its end, nil when the peer has closed.
    func receiveLine(limitBytes: Int = 64 << 10) throws(SocketFailure) -> String? {
        while true {
            if let end = waiting.firstIndex(of: UInt8(ascii: "\n")) {
                defer { waiting.removeFirst(end + 1) }
                let line = waiting[..<end]
                return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            }
            guard waiting.count < limitBytes else { throw SocketFailure(code: EMSGSIZE) }
            guard try more() else { return nil }
        }
    }

    /// Everything until the peer closes.
    func receiveAll(limitBytes: Int = 16 << 20) throws(SocketFailure) -> [UInt8] {
        while try more() { guard waiting.count < limitBytes else { throw SocketFailure(code: EMSGSIZE) } }
        defer { waiting = [] }
        return waiting
    }

    private func more() throws(SocketFailure) -> Bool {
        if session?.isOver == true { return false }
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            try wait(POLLIN)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0 {
                if errno == EAGAIN || errno == EINTR { continue }
                throw SocketFailure(code: errno)
            }
            try take(chunk[..<count])
            return count > 0
        }
    }

    private func take(_ bytes: ArraySlice<UInt8>) throws(SocketFailure) {
        guard let session, !bytes.isEmpty else {
            waiting += bytes
            return
        }
        let (told, reply) = try session.open(bytes)
        waiting += told
        // Who has said goodbye takes none, and may reset what it has sent when one comes.
        if !session.isOver { try transmit(reply) }
    }

    private func begin(_ target: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return connect(descriptor, target, length) == 0 ? 0 : errno
    }

    private func finish(_ code: Int32) throws(SocketFailure) {
        if code == 0 { return }
        guard code == EINPROGRESS else { throw SocketFailure(code: code) }
        try wait(POLLOUT)
        var outcome: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &outcome, &length)
        if outcome != 0 { throw SocketFailure(code: outcome) }
    }

    private func wait(_ events: Int32) throws(SocketFailure) {
        while true {
            let left = deadlineSeconds - monotonicSeconds()
            guard left > 0 else { throw SocketFailure(code: ETIMEDOUT) }
            var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = poll(&request, 1, Int32(left * 1000) + 1)
            if count > 0 { return }
            if count < 0, errno != EINTR { throw SocketFailure(code: errno) }
        }
    }
}

/// Why a socket did not do it.
struct SocketFailure: Error, Equatable, CustomStringConvertible {
    let code: Int32
    /// The HTTP status, where that was what failed.
    var status: Int?

    init(code: Int32, status: Int? = nil) {
        self.code = code
        self.status = status
    }

    var description: String { systemMessage(code) }
    static let malformed = SocketFailure(code: EBADMSG)
    /// TLS came to nothing: one side does not believe the other, or does not speak it.
    static let unproved = SocketFailure(code: EPROTO)
}
