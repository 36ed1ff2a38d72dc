/// Cuts a stream of bytes into lines at `\n`, without it and without a `\r` before it. Pure.
public struct LineSplitter: Sendable {
    /// The line that grew past the limit; nothing more comes out of this splitter.
    public struct TooLong: Error, Equatable { public let limitBytes: Int }

    private let lineBytesMax: Int
    private var rest: [UInt8] = []

    public init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

    /// Bytes of an unfinished line.
    public var pendingBytes: Int { rest.count }

    /// The lines that `bytes` complete, in order.
    public mutating func feed(_ bytes: some Collection<UInt8>) throws(TooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var from = bytes.startIndex
        while let end = bytes[from...].firstIndex(of: UInt8(ascii: "\n")) {
            rest.append(contentsOf: bytes[from..<end])
            guard rest.count <= lineBytesMax else { throw TooLong(limitBytes: lineBytesMax) }
            if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
            lines.append(rest)
            rest.removeAll(keepingCapacity: rest.capacity <= 65_536)
            from = bytes.index(after: end)
        }
        rest.append(contentsOf: bytes[from...])
        guard rest.count <= lineBytesMax else { throw TooLong(limitBytes: lineBytesMax) }
        return lines
    }

    /// What stands after the last newline, once the stream has ended; `nil` when nothing does.
    public mutating func finish() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
