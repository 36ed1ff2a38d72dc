/// The one that everything of the screen runs on: the model, drawing, the terminal. Its executor is a thread of its
/// own which otherwise waits for keys, so that a key press needs no hop to be answered.
@globalActor
public actor ScreenActor {
    public static let shared = ScreenActor()

    let loop = ScreenLoop()

    nonisolated public var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Runs `body` at once, on the actor; the caller knows that it is on the loop's thread.
    static func assumeIsolated<T>(_ body: @ScreenActor () throws -> T) rethrows -> T {
        typealias Isolated = @ScreenActor () throws -> T
        typealias Plain = () throws -> T
        shared.preconditionIsolated()
        return try withoutActuallyEscaping(body) { (escaping: @escaping Isolated) throws -> T in
            try unsafeBitCast(escaping, to: Plain.self)()
        }
    }
}
