import Crypto
import Estate

/// The arithmetic of the audit chain: each entry's hash covers the one before, so that none can be changed, taken
/// out or moved without its successors showing it. Pure.
enum Chain {
    static let start = String(repeating: "0", count: 64)

    static func hash(_ record: AuditRecord, details: String, sequence: Int64, previous: String) -> String {
        var sha = SHA256()
        // The length before each field keeps two neighbours from being told apart differently.
        func add(_ text: String) {
            let bytes = Array(text.utf8)
            var length = UInt64(bytes.count).bigEndian
            withUnsafeBytes(of: &length) { sha.update(bufferPointer: $0) }
            sha.update(data: bytes)
        }
        // What is absent is another thing than what is empty.
        func add(_ text: String?) {
            guard let text else { return withUnsafeBytes(of: UInt64.max) { sha.update(bufferPointer: $0) } }
            add(text)
        }
        add("pitboss audit 1")
        add(previous)
        add("\(sequence)")
        add(record.action)
        add(record.phase.rawValue)
        add("\(record.at.nanoseconds)")
        add(record.who)
        add(record.group?.name as String?)
        add(record.target as String?)
        add(record.verb as String?)
        add(record.text)
        add(details)
        return HashText.hex(sha.finalize())
    }

    /// Goes over the entries in order, one at a time.
    struct Walk {
        private var sequence: Int64 = 0
        private var head = Chain.start

        mutating func step(_ entry: AuditEntry, details: String) -> ChainVerdict? {
            let wanted = sequence + 1
            if entry.sequence != wanted {
                return .broken(sequence: wanted, reason: "it is missing; the next one there is \(entry.sequence)")
            }
            if entry.previous != head {
                return .broken(sequence: wanted, reason: "it does not follow the one before")
            }
            let hash = Chain.hash(entry.record, details: details, sequence: wanted, previous: entry.previous)
            if entry.hash != hash { return .broken(sequence: wanted, reason: "it was changed after it was written") }
            sequence = wanted
            head = hash
            return nil
        }

        /// - Parameter kept: what the journal says the last entry is.
        func end(kept: (sequence: Int64, hash: String)?) -> ChainVerdict {
            guard let kept else {
                return sequence == 0
                    ? .whole(entries: 0, head: head)
                    : .broken(sequence: sequence, reason: "the journal does not know its last entry")
            }
            if kept.sequence != sequence || kept.hash != head {
                return .broken(
                    sequence: sequence + 1, reason: "it is missing; the journal's last entry was \(kept.sequence)")
            }
            return .whole(entries: sequence, head: head)
        }
    }
}
