public import Estate
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import Synchronization

/// Turns a host's name into addresses without holding up anybody else: the system's resolver blocks, for half a
/// minute when no name server answers, so every question has a thread of its own, and a question that is already
/// being asked is not asked twice.
public enum NameResolver {
    /// Names that may be asked for at one time; beyond that a question fails at once.
    public static let lookupsMax = 64
    /// Addresses that are taken of one name.
    public static let addressesMax = 4

    typealias Answer = Result<[String], TransportError>

    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Answer?, Never>
    }

    private struct State {
        var lastID: UInt64 = 0
        var lookups: [String: [Waiter]] = [:]
        var cancelled: Set<UInt64> = []
    }

    private static let state = Mutex(State())

    /// The addresses of a host as text, IPv4 and IPv6, in the system's order. An address comes back as it is.
    ///
    /// - Throws: `TransportError`, or `CancellationError`.
    public static func addresses(
        of host: String, within deadline: Span, clock: any Timekeeper
    ) async throws -> [String] {
        if isAddress(host) { return [host] }
        return try await withDeadline(
            deadline, clock: clock,
            orThrow: .unreachable(endpoint: host, reason: "its name was not resolved in time; check the name server")
        ) {
            guard let answer = await wait(for: host) else { throw CancellationError() }
            return try answer.get()
        }
    }

    /// Whether the text is an address, for which nobody has to be asked.
    public static func isAddress(_ host: String) -> Bool {
        var room = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, host, &room) == 1 || inet_pton(AF_INET6, host, &room) == 1
    }

    private static func wait(for host: String) async -> Answer? {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                join(host, Waiter(id: id, continuation: continuation))
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.lookups[host]?.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                // The thread goes on by itself; its answer then has one reader less.
                return state.lookups[host]?.remove(at: index)
            }
            waiter?.continuation.resume(returning: nil)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        return answer
    }

    private enum Joined {
        case waits, starts, wasCancelled, isTooMany
    }

    private static func join(_ host: String, _ waiter: Waiter) {
        let joined: Joined = state.withLock { state in
            if state.cancelled.contains(waiter.id) { return .wasCancelled }
            if state.lookups[host] != nil {
                state.lookups[host]?.append(waiter)
                return .waits
            }
            if state.lookups.count >= lookupsMax { return .isTooMany }
            state.lookups[host] = [waiter]
            return .starts
        }
        switch joined {
        case .waits: break
        case .wasCancelled: waiter.continuation.resume(returning: nil)
        case .isTooMany:
            let problem = TransportError.unreachable(
                endpoint: host, reason: "\(lookupsMax) names are being resolved already; check the name server")
            waiter.continuation.resume(returning: .failure(problem))
        case .starts:
            if !startThread(host) {
                finish(host, .failure(.unreachable(endpoint: host, reason: "no thread to resolve its name")))
            }
        }
    }

    private final class Question {
        let host: String
        init(_ host: String) { self.host = host }
    }

    private static func startThread(_ host: String) -> Bool {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let question = Unmanaged.passRetained(Question(host))
        let made = pthread_create(
            &thread, nil,
            { argument in
                #if canImport(Darwin)
                    let question = Unmanaged<Question>.fromOpaque(argument).takeRetainedValue()
                #else
                    guard let argument else { return nil }
                    let question = Unmanaged<Question>.fromOpaque(argument).takeRetainedValue()
                #endif
                pthread_detach(pthread_self())
                NameResolver.finish(question.host, NameResolver.ask(question.host))
                return nil
            }, question.toOpaque())
        if made != 0 { question.release() }
        return made == 0
    }

    private static func finish(_ host: String, _ answer: Answer) {
        let waiters = state.withLock { $0.lookups.removeValue(forKey: host) ?? [] }
        for waiter in waiters { waiter.continuation.resume(returning: answer) }
    }

    /// Blocks.
    static func ask(_ host: String) -> Answer {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            return .failure(.unreachable(endpoint: host, reason: "its name is not known: \(words(status))"))
        }
        defer { freeaddrinfo(list) }
        var found: [String] = []
        var entry = list
        while let current = entry, found.count < addressesMax {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let named = getnameinfo(
                current.pointee.ai_addr, current.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            if named == 0 {
                let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                let address = String(decoding: bytes, as: UTF8.self)
                if !found.contains(address) { found.append(address) }
            }
            entry = current.pointee.ai_next
        }
        return found.isEmpty
            ? .failure(.unreachable(endpoint: host, reason: "its name has no address")) : .success(found)
    }

    private static func words(_ status: CInt) -> String { String(cString: gai_strerror(status)) }
}
