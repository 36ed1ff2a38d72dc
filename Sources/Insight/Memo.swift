import Synchronization

/// What is worked out of an assessment at most once, and only if somebody asks. Copies of the assessment share it.
final class Memo: Sendable, Equatable {
    private let points = Mutex<[SinglePoint]?>(nil)

    func singlePoints(_ find: () -> [SinglePoint]) -> [SinglePoint] {
        if let known = points.withLock({ $0 }) { return known }
        let found = find()
        points.withLock { $0 = found }
        return found
    }

    /// It says nothing that the assessment itself does not.
    static func == (a: Memo, b: Memo) -> Bool { true }
}
