import Estate
import Insight
import Panels

/// What is known of the platform at one moment.
struct Scene: Sendable {
    var snapshot: Snapshot
    var assessment: Assessment
    /// Oldest first.
    var events: [Event]
}

/// A look back: which moment is asked for, and what the answer was.
struct Rewind: Sendable {
    /// The moment asked for last; a step counts from here, for answers may be late.
    var wanted: Timestamp
    /// What was answered last; until then what was shown before stays.
    var shown: (at: Timestamp, scene: Scene)?
    /// The oldest moment that is kept, as far as answers told.
    var oldest: Timestamp?
    var pace = Pace()

    /// How far one press goes: the longer a key is held, the further.
    struct Pace: Sendable, Equatable {
        private var direction = 0
        private var presses = 0
        private var pressedAt: Timestamp?

        /// Presses closer together than this are one run.
        static let repeatedWithin = Span.milliseconds(700)
        /// Presses of one run that have the same step.
        static let pressesPerStep = 6
        static let steps: [Span] = [.seconds(1), .seconds(5), .seconds(30), .seconds(300)]

        /// The step of a press in a direction (-1 or 1) at a time.
        mutating func step(_ direction: Int, at now: Timestamp) -> Span {
            let isRepeated = pressedAt.map { now - $0 <= Self.repeatedWithin } ?? false
            presses = isRepeated && direction == self.direction ? presses + 1 : 0
            self.direction = direction
            pressedAt = now
            return Self.steps[min(presses / Self.pressesPerStep, Self.steps.count - 1)]
        }
    }
}
