import Foundation
import Synchronization

/// A server on a real loopback socket (TCP or unix) that a test scripts. One thread a connection.
public final class FakeServer: Sendable {
    /// Where to reach it.
    public enum Place: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    public enum Failure: Error { case cannotListen(String) }

    /// One accepted connection.
    public struct Connection: Sendable {
        public let id: Int
        fileprivate let descriptor: Int32

        /// Sends everything; a peer that has gone is ignored.
        public func send(_ bytes: some Collection<UInt8>) {
            let all = Array(bytes)
            var from = 0
            while from < all.count {
                let sent = all[from...].withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return }
                from += sent
            }
        }

        public func send(_ text: String) { send(Array(text.utf8)) }

        /// Ends the connection after what was sent.
        public func close() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// Called with all bytes received and not yet taken; takes what it understands off the front.
    public typealias Responder = @Sendable (_ input: inout [UInt8], _ connection: Connection) -> Void
    /// Called when a connection has been accepted, for services that speak first.
    public typealias Greeter = @Sendable (_ connection: Connection) -> Void

    private struct State: Sendable {
        var listener: Int32 = -1
        var place: Place
        var open: [Int: Connection] = [:]
        var accepted = 0
        var bytesReceived = 0
    }

    private let state: Observed<State>
    private let greeter: Greeter
    private let responder: Responder

    /// Port 0 takes any free one, and keeps it when the server listens again after `stop`.
    public init(
        _ place: Place = .tcp(host: "127.0.0.1", port: 0), greeter: @escaping Greeter = { _ in },
        responder: @escaping Responder
    ) {
        state = Observed(State(place: place))
        self.greeter = greeter
        self.responder = responder
    }

    deinit { stop() }

    public var place: Place { state.value.place }
    public var port: Int {
        if case .tcp(_, let port) = place { return port }
        return 0
    }
    public var connectionsAccepted: Int { state.value.accepted }
    public var connectionsOpen: [Connection] { Array(state.value.open.values) }

    /// Waits until so many connections have been accepted since the start.
    public func waitForAccepted(_ count: Int) async throws {
        _ = try await state.wait { $0.accepted >= count ? true : nil }
    }

    /// Waits until no connection is open.
    public func waitForNoConnection() async throws {
        _ = try await state.wait { $0.open.isEmpty ? true : nil }
    }

    /// Waits until bytes have come in beyond `count`.
    public func waitForBytes(beyond count: Int) async throws {
        _ = try await state.wait { $0.bytesReceived > count ? true : nil }
    }

    public var bytesReceived: Int { state.value.bytesReceived }

    /// Listens; connections are answered on threads of their own.
    public func start() throws {
        let place = state.value.place
        let descriptor: Int32
        switch place {
        case .tcp(let host, let port): descriptor = try FakeServer.listenTCP(host, port)
        case .unix(let path): descriptor = try FakeServer.listenUnix(path)
        }
        let actual = FakeServer.actualPort(descriptor)
        state.update { state in
            state.listener = descriptor
            if case .tcp(let host, _) = state.place { state.place = .tcp(host: host, port: actual) }
        }
        Thread.detachNewThread { [weak self] in
            // Closed here and nowhere else: closed under this thread's feet, its number would soon belong to another
            // test's listener, whose clients this thread would then take away.
            defer { Foundation.close(descriptor) }
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else { return }
                guard let self, self.serve(accepted) else {
                    Foundation.close(accepted)
                    return
                }
            }
        }
    }

    /// Stops listening and cuts every connection.
    public func stop() {
        state.update { state in
            // Within the lock, before which nobody closes a descriptor that is in these lists.
            if state.listener >= 0 { _ = shutdown(state.listener, Int32(SHUT_RDWR)) }
            state.listener = -1
            for connection in state.open.values { connection.close() }
        }
        if case .unix(let path) = place { unlink(path) }
    }

    /// Cuts every connection and goes on listening.
    public func cutConnections() {
        state.update { state in
            for connection in state.open.values { connection.close() }
        }
    }

    private func serve(_ descriptor: Int32) -> Bool {
        let connection = state.update { state -> Connection? in
            guard state.listener >= 0 else { return nil }
            state.accepted += 1
            let connection = Connection(id: state.accepted, descriptor: descriptor)
            state.open[connection.id] = connection
            return connection
        }
        guard let connection else { return false }
        var quick: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), Int32(TCP_NODELAY), &quick, socklen_t(MemoryLayout<Int32>.size))
        let (state, greeter, responder) = (state, greeter, responder)
        Thread.detachNewThread {
            greeter(connection)
            var input: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                input.append(contentsOf: buffer[..<count])
                state.update { $0.bytesReceived += count }
                responder(&input, connection)
            }
            // Closed only after it has left the list, so that nobody writes to a descriptor that was reused.
            state.update { _ = $0.open.removeValue(forKey: connection.id) }
            Foundation.close(descriptor)
        }
        return true
    }

    private static func listenTCP(_ host: String, _ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else {
            Foundation.close(descriptor)
            throw Failure.cannotListen("\(host):\(port): errno \(errno)")
        }
        return descriptor
    }

    private static func listenUnix(_ path: String) throws -> Int32 {
        unlink(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            Foundation.close(descriptor)
            throw Failure.cannotListen("\(path) is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else {
            Foundation.close(descriptor)
            throw Failure.cannotListen("\(path): errno \(errno)")
        }
        return descriptor
    }

    private static func actualPort(_ descriptor: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
