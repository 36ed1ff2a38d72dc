/// How much may be on its way to the terminal. What is sent piles up in buffers that cannot be looked into (the
/// kernel's, SSH's, those of the line): at 9,600 baud a minute of pictures fits in them, and a key is answered behind
/// all of it. So the terminal is asked to answer (`ESC [ 5 n`, to which all but the dumbest say `ESC [ 0 n`) after what
/// was sent, and until it has, only a little more is.
///
/// A pure machine: bytes and times go in. A terminal that never answers is asked once, and sent everything.
struct SendWindow: Equatable {
    /// The question, and how often it is worth asking.
    static let question: [UInt8] = [0x1b, 0x5b, 0x35, 0x6e]
    static let bytesPerQuestion = 512
    /// Bytes that may follow a question before it is answered.
    static let bytesUnansweredMax = 1_024
    /// An answer that has not come by then is lost.
    static let answerSecondsMax = 30.0

    private(set) var isAnswering = false
    private var hasAsked = false
    private var askedAt: Double?
    private var bytesSinceAnswer = 0
    private var bytesSinceQuestion = 0

    /// Whether a question is to be sent behind so many bytes, at a time in seconds.
    mutating func isWorthAsking(after bytes: Int, at now: Double) -> Bool {
        bytesSinceQuestion += bytes
        bytesSinceAnswer += bytes
        forgetLost(now)
        // Whether it answers at all is found out with the first picture.
        guard askedAt == nil, isAnswering || !hasAsked, !hasAsked || bytesSinceAnswer >= Self.bytesPerQuestion else {
            return false
        }
        hasAsked = true
        askedAt = now
        bytesSinceQuestion = 0
        return true
    }

    mutating func answered() {
        isAnswering = true
        askedAt = nil
        bytesSinceAnswer = bytesSinceQuestion
    }

    /// True while a further picture may be sent.
    func isOpen(at now: Double) -> Bool {
        guard isAnswering, let askedAt, now - askedAt <= Self.answerSecondsMax else { return true }
        return bytesSinceQuestion < Self.bytesUnansweredMax
    }

    /// A question is on its way to a terminal that answers, or may.
    func isExpecting(at now: Double) -> Bool {
        guard let askedAt else { return false }
        return isAnswering || now - askedAt < 1
    }

    private mutating func forgetLost(_ now: Double) {
        guard isAnswering, let at = askedAt, now - at > Self.answerSecondsMax else { return }
        askedAt = nil
        bytesSinceAnswer = 0
    }
}
