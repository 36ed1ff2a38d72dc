#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The metric names that a reader wants from a page, each known by its position in the list it was made from.
///
/// A page of an exporter holds a thousand lines of which a dashboard wants fifty. Everything else is stepped over
/// without being read, which is where the speed of ``PrometheusScanner`` comes from. Made once, used for every page.
public struct PrometheusFamilies: Sendable {
    /// The names wanted; a sample's `family` is an index into this.
    public let names: [String]
    let wantsEverything: Bool
    /// Bytes of every name behind one another, so that a comparison is one `memcmp`.
    let text: [UInt8]
    let starts: [Int]
    /// Open addressing; -1 is empty. Twice as many slots as names, so that a miss ends quickly.
    let slots: [Int32]
    let mask: UInt64

    /// - Parameter names: metric names as written on the page, `_total`, `_sum` and `_bucket` included.
    public init(_ names: [String]) {
        self.init(names, everything: false)
    }

    /// Every line of a page is wanted; samples then carry `family` -1 and their name.
    public static let everything = PrometheusFamilies([], everything: true)

    private init(_ names: [String], everything: Bool) {
        var text: [UInt8] = []
        var starts: [Int] = [0]
        for name in names {
            text.append(contentsOf: name.utf8)
            starts.append(text.count)
        }
        var slotCount = 4
        while slotCount < names.count * 4 { slotCount *= 2 }
        var slots = [Int32](repeating: -1, count: slotCount)
        let mask = UInt64(slotCount - 1)
        text.withUnsafeBytes { bytes in
            for index in names.indices {
                let length = starts[index + 1] - starts[index]
                guard length > 0, let base = bytes.baseAddress else { continue }
                var slot = Self.hash(base + starts[index], length) & mask
                while slots[Int(slot)] >= 0 { slot = (slot + 1) & mask }
                slots[Int(slot)] = Int32(index)
            }
        }
        self.names = names
        self.wantsEverything = everything
        self.text = text
        self.starts = starts
        self.slots = slots
        self.mask = mask
    }

    /// Two eight-byte reads and a multiplication: exporters' names differ in their first or their last bytes.
    @inline(__always)
    static func hash(_ name: UnsafeRawPointer, _ length: Int) -> UInt64 {
        var head: UInt64 = 0
        var tail: UInt64 = 0
        if length >= 8 {
            head = name.loadUnaligned(as: UInt64.self)
            tail = (name + (length - 8)).loadUnaligned(as: UInt64.self)
        } else {
            for offset in 0..<length { head = head << 8 | UInt64(name.load(fromByteOffset: offset, as: UInt8.self)) }
        }
        var mixed = (head ^ (tail &* 0x9E37_79B9_7F4A_7C15)) &+ UInt64(truncatingIfNeeded: length)
        mixed = mixed &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ (mixed >> 32)
    }

    /// The position of a name in `names`, or -1.
    @inline(__always)
    func find(_ name: UnsafeRawPointer, _ length: Int) -> Int32 {
        var slot = Self.hash(name, length) & mask
        return slots.withUnsafeBufferPointer { slots in
            while true {
                let index = slots[Int(slot)]
                guard index >= 0 else { return -1 }
                let start = starts[Int(index)]
                if starts[Int(index) + 1] - start == length, matches(name, start, length) { return index }
                slot = (slot + 1) & mask
            }
        }
    }

    @inline(__always)
    private func matches(_ name: UnsafeRawPointer, _ start: Int, _ length: Int) -> Bool {
        text.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return memcmp(base + start, name, length) == 0
        }
    }
}
