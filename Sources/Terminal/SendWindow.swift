/// How much may be on its way to the terminal. What is sent piles up in buffers that cannot be looked into (the
/// kernel's, SSH's, those of the line): at 9,600 baud a minute of pictures fits in them, and a key is answered behind
/// all of it. So the terminal is asked to answer (`ESC [ 5 n`, to which all but the dumbest say `ESC [ 0 n`) after what
/// was sent, and until it has, only a little more is.
///
/// A pure machine: bytes and times go in. The first question goes before the first picture; until it is answered nothing
/// is held back, for most of the few terminals that never answer are quick.
struct SendWindow: Equatable {
    /// The question, and how often it is worth asking.
    static let question: [UInt8] = [0x1b, 0x5b, 0x35, 0x6e]
    static let bytesPerQuestion = 512
    /// Bytes that may follow a question before it is answered.
    static let bytesUnansweredMax = 1_024
    /// How long the first answer is waited for; it is not known yet whether one comes at all.
    static let firstAnswerSecondsMax = 0.5
    /// A later answer that has not come by then is lost.
    static let answerSecondsMax = 30.0

    private(set) var isAnswering = false
    private var askedAt: Double?
    private var bytesSinceAnswer = 0
    private var bytesSinceQuestion = 0

    /// The first question is sent.
    mutating func begin(at now: Double) { askedAt = now }

    /// Whether a question is to be sent behind so many bytes, at a time in seconds.
    mutating func isWorthAsking(after bytes: Int, at now: Double) -> Bool {
        bytesSinceQuestion += bytes
        bytesSinceAnswer += bytes
        guard isAnswering, askedAt == nil || isLost(now), bytesSinceAnswer >= Self.bytesPerQuestion else {
            return false
        }
        askedAt = now
        bytesSinceQuestion = 0
        return true
    }

    mutating func answered() {
        isAnswering = true
        askedAt = nil
        bytesSinceAnswer = bytesSinceQuestion
    }

    /// What was asked may never have been sent, or its answer went elsewhere: it is not waited for.
    mutating func forget() {
        askedAt = nil
        bytesSinceAnswer = 0
        bytesSinceQuestion = 0
    }

    /// True while a further picture may be sent.
    func isOpen(at now: Double) -> Bool {
        !isAnswering || askedAt == nil || isLost(now) || bytesSinceQuestion < Self.bytesUnansweredMax
    }

    /// How long an answer that may be on its way is still worth waiting for, in seconds; 0: none is.
    func expects(at now: Double) -> Double {
        guard let askedAt, !isLost(now) else { return 0 }
        return isAnswering ? Self.firstAnswerSecondsMax : Self.firstAnswerSecondsMax - (now - askedAt)
    }

    /// No answer comes any more.
    private func isLost(_ now: Double) -> Bool {
        guard let askedAt else { return false }
        return now - askedAt > (isAnswering ? Self.answerSecondsMax : Self.firstAnswerSecondsMax)
    }
}
