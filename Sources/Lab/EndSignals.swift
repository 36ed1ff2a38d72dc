import Dispatch
import Foundation

/// SIGTERM and SIGINT as something to read, so that no handler runs in the middle of an answer: a descriptor that
/// can be read from once one of them has come.
final class EndSignals {
    let descriptor: Int32
    private let sources: [any DispatchSourceSignal]

    /// From here on the two signals no longer end the process.
    init() throws(LabError) {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system(call: "pipe", subject: "SIGTERM", code: errno) }
        descriptor = ends[0]
        let writing = ends[1]
        let queue = DispatchQueue(label: "lab-serve.signals")
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { _ = write(writing, "x", 1) }
            source.resume()
            return source
        }
    }

    deinit {
        sources.forEach { $0.cancel() }
        close(descriptor)
    }
}
