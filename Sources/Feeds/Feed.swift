public import Estate

/// A live subscription to one source. Whatever happens becomes an `Update`, failures too.
public protocol Feed: Sendable {
    /// Who observes: the same in every update it sends.
    var source: SourceID { get }
    /// Runs until the task is cancelled, and returns only then. Never throws; waits on `clock` only. When it has
    /// returned it holds no socket and no task.
    func run(into sink: any UpdateSink, clock: any Timekeeper) async
}
