import Foundation

/// CPU time of this thread, and how it is told.
struct Stopwatch {
    private func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    func secondsOnce(_ work: () -> Void) -> Double {
        let start = cpuSeconds()
        work()
        return cpuSeconds() - start
    }

    /// Seconds of one run: the best of five times `runs`.
    func secondsEach(_ runs: Int, _ work: () -> Void) -> Double {
        (0..<5).map { _ in secondsOnce { for _ in 0..<runs { work() } } / Double(runs) }.min() ?? 0
    }

    /// A rate: `amount` of something in `seconds`.
    func tell(
        _ what: String, _ seconds: Double, _ amount: Double, _ unit: String, _ scale: Double, _ budget: String = ""
    ) {
        line(what, String(format: "%.0f %@", amount / seconds * scale, unit), budget)
    }

    /// A length of time.
    func tell(_ what: String, _ seconds: Double, _ scale: Double, _ unit: String, budget: String = "") {
        line(what, String(format: "%.2f %@", seconds * scale, unit), budget)
    }

    private func line(_ what: String, _ figure: String, _ budget: String) {
        let pad = String(repeating: " ", count: max(1, 60 - what.count))
        let left = String(repeating: " ", count: max(0, 28 - figure.count))
        print("\(what)\(pad)\(left)\(figure)   \(budget)")
    }
}
