import CStart
import Glibc

/// Memory that is held for nothing: code that ran once (options, configuration and first connections at the start, later
/// what seldom happens), and heap that is free.
enum IdlePages {
    /// True at the seconds in which they are given back: when the dashboard has done once what it goes on to do, and
    /// every ten minutes.
    static func areDue(at second: Int) -> Bool { second % 600 == 20 }

    /// Unmaps what is code, and what is free of the heap. Code is clean and stays in the page cache; what runs on is
    /// mapped again at its next call, by fewer than a hundred page faults, and what does not is not.
    static func giveBack() {
        // All is read before anything is unmapped: what reads would come back.
        for (start, count) in codes() {
            // Where it fails nothing is lost but the memory.
            _ = madvise(UnsafeMutableRawPointer(bitPattern: start), count, MADV_DONTNEED)
        }
        give_back_free_heap()
    }

    private static func codes() -> [(start: UInt, count: Int)] {
        // Line by line: the kernel gives a page of it at a time, and Foundation takes the first for the whole.
        guard let maps = fopen("/proc/self/maps", "r") else { return [] }
        defer { fclose(maps) }
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        var found: [(start: UInt, count: Int)] = []
        while getline(&buffer, &capacity, maps) > 0, let buffer {
            if let code = code(String(cString: buffer)) { found.append(code) }
        }
        return found
    }

    /// The addresses of a line, where it is code of a file:
    /// `5576a6e89000-5576a8fc4000 r-xp 0087b000 fe:00 5818679 /usr/bin/pitboss`.
    private static func code(_ line: String) -> (start: UInt, count: Int)? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2 else { return nil }
        return (bounds[0], Int(bounds[1] - bounds[0]))
    }
}
