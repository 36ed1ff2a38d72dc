import Estate

/// Takes bytes as they come and gives values as they are complete. What it holds is bounded; bytes that make no sense
/// end it: the connection they came on has lost its place and must be given up.
public struct RESPDecoder: Sendable {
    public struct Limits: Sendable, Equatable {
        /// Longest status, error or number line.
        public var lineBytesMax = 64 << 10
        /// All of one value, with everything in it.
        public var valueBytesMax = 8 << 20
        public var depthMax = 16
        /// Elements of one value, those of its elements included.
        public var elementsMax = 100_000
        public init() {}
    }

    private enum Kind { case array, map, push, attribute }

    /// A value whose elements are still coming.
    private struct Frame {
        let kind: Kind
        /// Elements that are yet to come.
        var left: Int
        var elements: [RESPValue] = []
    }

    static let format = "RESP"
    private let limits: Limits
    private var bytes: [UInt8] = []
    /// Where the next token begins.
    private var start = 0
    /// Up to where no line end was found.
    private var searched = 0
    private var frames: [Frame] = []
    /// The length of the bulk string whose bytes are awaited, and whether its first four say what kind it is.
    private var awaited: (length: Int, isVerbatim: Bool, isError: Bool)?
    private var valueBytes = 0
    private var elements = 0
    private var fault: WireError?

    public init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Bytes that are held and belong to no complete value yet.
    public var bytesHeld: Int { bytes.count - start }

    public mutating func append(_ more: some Collection<UInt8>) {
        guard fault == nil else { return }
        if start > 0, start == bytes.count || start > 64 << 10 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next complete value; nil when more bytes are needed. Throws `WireError`, and from then on the same again.
    public mutating func next() throws(WireError) -> RESPValue? {
        if let fault { throw fault }
        do throws(WireError) {
            return try advance()
        } catch {
            fault = error
            bytes = []
            (start, searched) = (0, 0)
            frames = []
            throw error
        }
    }

    private mutating func advance() throws(WireError) -> RESPValue? {
        while true {
            let value: RESPValue?
            if let awaited {
                guard let bulk = try takeBulk(awaited) else { return nil }
                value = bulk
            } else {
                guard let line = try takeLine() else { return nil }
                value = try token(line)
            }
            // A head of something that has elements, or of a bulk string: on to what follows it.
            guard let value else { continue }
            if let whole = try place(value) {
                valueBytes = 0
                elements = 0
                return whole
            }
        }
    }

    /// A line without its end; nil when it is not complete.
    private mutating func takeLine() throws(WireError) -> ArraySlice<UInt8>? {
        var at = max(searched, start)
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        searched = at
        guard at - start <= limits.lineBytesMax else {
            throw malformed("a line is longer than \(limits.lineBytesMax) bytes")
        }
        guard at < bytes.count else { return nil }
        guard at > start, bytes[at - 1] == 0x0D else { throw malformed("a line does not end with CR LF") }
        let line = bytes[start..<(at - 1)]
        try count(at + 1 - start)
        start = at + 1
        searched = start
        return line
    }

    private mutating func takeBulk(
        _ wanted: (length: Int, isVerbatim: Bool, isError: Bool)
    ) throws(WireError) -> RESPValue? {
        let end = start + wanted.length
        guard bytes.count >= end + 2 else { return nil }
        guard bytes[end] == 0x0D, bytes[end + 1] == 0x0A else {
            throw malformed("\(wanted.length) bytes of text do not end with CR LF")
        }
        var body = bytes[start..<end]
        if wanted.isVerbatim {
            // `txt:` or `mkd:` before the text.
            guard body.count >= 4, body[body.startIndex + 3] == 0x3A else {
                throw malformed("a verbatim text does not say its kind")
            }
            body = body.dropFirst(4)
        }
        start = end + 2
        searched = start
        awaited = nil
        return wanted.isError ? .error(String(decoding: body, as: UTF8.self)) : .bulk(Array(body))
    }

    /// The value of one line; nil for a head.
    private mutating func token(_ line: ArraySlice<UInt8>) throws(WireError) -> RESPValue? {
        guard let kind = line.first else { throw malformed("an empty line", line) }
        let rest = line.dropFirst()
        switch kind {
        case UInt8(ascii: "+"): return .simple(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "-"): return .error(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: ":"): return .integer(try number(rest, line))
        case UInt8(ascii: "("): return .bulk(Array(rest))
        case UInt8(ascii: "_"): return .null
        case UInt8(ascii: "#"):
            guard rest.count == 1, let letter = rest.first, letter == 0x74 || letter == 0x66 else {
                throw malformed("a truth value is neither t nor f", line)
            }
            return .boolean(letter == 0x74)
        case UInt8(ascii: ","): return .double(try double(rest, line))
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            let length = try number(rest, line)
            if length == -1 { return .null }
            try count(try size(length, line))
            awaited = (Int(length), kind == UInt8(ascii: "="), kind == UInt8(ascii: "!"))
            return nil
        case UInt8(ascii: "*"), UInt8(ascii: "~"): return try open(.array, rest, line)
        case UInt8(ascii: "%"): return try open(.map, rest, line)
        case UInt8(ascii: ">"): return try open(.push, rest, line)
        case UInt8(ascii: "|"): return try open(.attribute, rest, line)
        default: throw malformed("a line begins with no known sign", line)
        }
    }

    private mutating func open(
        _ kind: Kind, _ rest: ArraySlice<UInt8>, _ line: ArraySlice<UInt8>
    ) throws(WireError) -> RESPValue? {
        let told = try number(rest, line)
        if told == -1, kind == .array { return .null }
        let isPaired = kind == .map || kind == .attribute
        let length = try size(told, line)
        let (all, isOver) = length.multipliedReportingOverflow(by: isPaired ? 2 : 1)
        elements += isOver ? limits.elementsMax + 1 : min(all, limits.elementsMax + 1)
        guard elements <= limits.elementsMax else {
            throw malformed("a value has more than \(limits.elementsMax) elements", line)
        }
        guard frames.count < limits.depthMax else {
            throw malformed("values lie in one another more than \(limits.depthMax) deep", line)
        }
        // What the peer says it will send is not made room for: it may send nothing.
        let frame = Frame(kind: kind, left: all)
        if all == 0 { return close(frame) }
        frames.append(frame)
        return nil
    }

    /// A finished value, or nil for an attribute, which is only about the value after it.
    private func close(_ frame: Frame) -> RESPValue? {
        switch frame.kind {
        case .array: .array(frame.elements)
        case .map: .map(frame.elements)
        case .push: .push(frame.elements)
        case .attribute: nil
        }
    }

    /// Puts a value where it belongs; gives it back when it belongs to nothing.
    private mutating func place(_ value: RESPValue) throws(WireError) -> RESPValue? {
        var value = value
        while var frame = frames.popLast() {
            frame.elements.append(value)
            frame.left -= 1
            guard frame.left == 0 else {
                frames.append(frame)
                return nil
            }
            guard let whole = close(frame) else { return nil }
            value = whole
        }
        return value
    }

    private mutating func count(_ more: Int) throws(WireError) {
        valueBytes += more
        guard valueBytes <= limits.valueBytesMax else {
            throw malformed("a value is longer than \(limits.valueBytesMax) bytes")
        }
    }

    private func size(_ told: Int64, _ line: ArraySlice<UInt8>) throws(WireError) -> Int {
        guard told >= 0, told <= Int64(limits.valueBytesMax) else {
            throw malformed("\(told) is no length, or more than \(limits.valueBytesMax)", line)
        }
        return Int(told)
    }

    private func number(_ digits: ArraySlice<UInt8>, _ line: ArraySlice<UInt8>) throws(WireError) -> Int64 {
        guard digits.count <= 20, let value = Int64(String(decoding: digits, as: UTF8.self)) else {
            throw malformed("a number is expected", line)
        }
        return value
    }

    private func double(_ digits: ArraySlice<UInt8>, _ line: ArraySlice<UInt8>) throws(WireError) -> Double {
        let text = String(decoding: digits.prefix(64), as: UTF8.self)
        guard digits.count <= 64, let value = Double(text) else { throw malformed("a number is expected", line) }
        return value
    }

    private func malformed(_ reason: String, _ line: ArraySlice<UInt8>? = nil) -> WireError {
        let shown = line ?? bytes[min(start, bytes.count)...].prefix(200)
        return WireError.malformed(format: Self.format, reason: reason, bytes: Escaped.text(Array(shown.prefix(200))))
    }
}
