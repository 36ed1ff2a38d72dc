import Foundation

/// The code that only the start ran: options, configuration, first connections.
enum StartPages {
    /// Seconds after which the dashboard has done once what it goes on to do.
    static let seconds = 20

    /// Unmaps what is code. It is clean and stays in the page cache; what runs on is mapped again at its next call, and
    /// what only the start ran is not.
    static func giveBack() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        for line in maps.split(separator: "\n") {
            // 5576a6e89000-5576a8fc4000 r-xp 0087b000 fe:00 5818679 /usr/bin/pitboss
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/"), bounds.count == 2,
                let start = UnsafeMutableRawPointer(bitPattern: bounds[0])
            else { continue }
            // Where it fails nothing is lost but the memory.
            _ = madvise(start, Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
