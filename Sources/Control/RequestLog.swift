public import Estate
import Synchronization

/// One request as it was sent, without credentials, and what came back.
public struct SentRequest: Sendable, Equatable {
    public let at: Timestamp
    public let action: String
    /// As the preview shows it.
    public let lines: [String]
    /// nil: no answer yet.
    public internal(set) var answer: String?
    public internal(set) var took: Span?
}

/// The newest requests sent, oldest first: a ring.
public final class RequestLog: Sendable {
    /// Requests kept; the oldest beyond are forgotten (the journal keeps them all).
    public static let requestsMax = 256

    private struct State {
        var requests: [SentRequest] = []
        var forgotten = 0
    }
    private let state = Mutex(State())

    public init() {}

    public var requests: [SentRequest] { state.withLock { $0.requests } }

    /// Returns a mark by which the answer is put to it.
    func sent(_ lines: [String], action: String, at: Timestamp) -> Int {
        state.withLock { state in
            state.requests.append(SentRequest(at: at, action: action, lines: lines, answer: nil, took: nil))
            if state.requests.count > Self.requestsMax {
                state.requests.removeFirst()
                state.forgotten += 1
            }
            return state.forgotten + state.requests.count - 1
        }
    }

    func answered(_ mark: Int, _ answer: String, took: Span) {
        state.withLock { state in
            let i = mark - state.forgotten
            guard state.requests.indices.contains(i) else { return }
            state.requests[i].answer = answer
            state.requests[i].took = took
        }
    }
}
