import Estate

/// What a part of the platform feels of the rest during one tick.
struct Surroundings: Sendable {
    let now: Timestamp
    /// Since the tick before, seconds.
    let seconds: Double
    let net: Network
    let isHostUp: [Bool]
    /// By site: the consensus store can be written from there.
    let storeAnswers: [Bool]
    /// By host: how much slower than usual its disk answers; 1 is as usual.
    let diskSlowness: [Double]
    let load: Load
}

/// How a process lives.
enum Phase: Sendable, Equatable {
    case running
    case starting(until: Timestamp)
    /// Its log is ahead of a fork and is taken back to it.
    case rewinding(until: Timestamp)
    /// Fell over by itself; whoever looks after it starts it again.
    case crashed(until: Timestamp)
    case stopping
    case stopped
    /// Killed: it said goodbye to nobody.
    case dead

    /// There is something that could answer.
    var isThere: Bool {
        switch self {
        case .stopped, .dead: false
        default: true
        }
    }
}
