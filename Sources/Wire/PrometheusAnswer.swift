public import Estate

/// One sample of an instant query: the labels that were asked for, and the value.
public struct PrometheusResult: Sendable, Equatable {
    /// In the order of the wanted names; nil where the series has no such label.
    public var labels: [String?]
    public var value: Double
    public init(labels: [String?], value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// One series of a range query.
public struct PrometheusSeries: Sendable, Equatable {
    public var labels: [String: String]
    public var points: [(at: Timestamp, value: Double)]
    public static func == (a: Self, b: Self) -> Bool {
        a.labels == b.labels && a.points.elementsEqual(b.points) { $0.at == $1.at && $0.value == $1.value }
    }
}

/// Reads an answer of Prometheus's HTTP API piece by piece: each element of the result is handed on as soon as it is
/// whole, and nothing of it is kept. What is around the elements is kept, up to a limit, for the status.
public struct PrometheusAnswer: Sendable {
    /// Longest element: a series of a day at 15 s has 150 kB.
    public static let elementBytesMax = 4 << 20
    /// Status, warnings and errors around the elements.
    public static let frameBytesMax = 64 << 10
    static let format = "Prometheus answer"

    private var frame: [UInt8] = []
    private var element: [UInt8] = []
    private var depth = 0
    private var elementDepth = 0
    private var isInString = false
    private var isEscaped = false
    public private(set) var elements = 0

    public init() {}

    /// Takes the next bytes, and hands each element that they complete to `body`: the bytes of one JSON object.
    public mutating func feed(
        _ bytes: some Sequence<UInt8>, _ body: (borrowing [UInt8]) throws -> Void
    ) throws {
        for byte in bytes {
            let isElement = elementDepth > 0
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                try keep(byte, isElement)
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                try keep(byte, isElement)
            case UInt8(ascii: "{") where depth == 3 && !isElement:
                // `{"data":{"result":[` has been opened: the elements are the objects in it.
                elementDepth = 1
                element.removeAll(keepingCapacity: element.capacity <= 1 << 16)
                element.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if isElement { elementDepth += 1 } else { depth += 1 }
                try keep(byte, isElement)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if isElement { elementDepth -= 1 } else { depth -= 1 }
                try keep(byte, isElement)
                if isElement, elementDepth == 0 {
                    elements += 1
                    try body(element)
                }
            // Between elements stand commas only, which would not make a list without them.
            case UInt8(ascii: ",") where depth == 3 && !isElement && elements > 0: break
            default: try keep(byte, isElement)
            }
        }
    }

    private mutating func keep(_ byte: UInt8, _ isElement: Bool) throws(WireError) {
        if isElement {
            guard element.count < Self.elementBytesMax else {
                throw .tooLong(format: Self.format, limitBytes: Self.elementBytesMax)
            }
            element.append(byte)
        } else {
            guard frame.count < Self.frameBytesMax else {
                throw .tooLong(format: Self.format, limitBytes: Self.frameBytesMax)
            }
            frame.append(byte)
        }
    }

    /// What stood around the elements, once all has been fed.
    public struct Frame: Sendable, Equatable {
        public let resultType: String
        public let warnings: [String]
        /// Of a query that gives one number.
        public let scalar: Double?
    }

    /// Throws `WireError.refused` with the server's own words where it refused.
    public func finish(status: Int) throws(WireError) -> Frame {
        let value: JSONValue
        do { value = try JSONValue(parsing: frame, format: Self.format) } catch {
            // A proxy's page in place of the API's answer: its status says more than its bytes.
            guard status == 200 else {
                throw .refused(format: Self.format, status: status, message: Escaped.text(frame))
            }
            throw error
        }
        guard status == 200, value["status"]?.string == "success" else {
            let said = value["error"]?.string ?? value["message"]?.string ?? "no reason given"
            throw .refused(format: Self.format, status: status, message: Escaped.text(said))
        }
        guard let type = value["data"]?["resultType"]?.string else {
            throw .missing(format: Self.format, field: "data.resultType", bytes: Escaped.text(frame))
        }
        var scalar: Double?
        if type == "scalar", let text = value["data"]?["result"]?.array?.last?.string { scalar = Double(text) }
        return Frame(
            resultType: type, warnings: (value["warnings"]?.array ?? []).compactMap(\.string), scalar: scalar)
    }
}

extension PrometheusResult {
    /// Reads `{"metric":{…},"value":[time,"1.5"]}`; of the labels only those wanted. nil for an element that has no
    /// single value (a native histogram).
    public init?(element: borrowing [UInt8], wanted: [[UInt8]]) throws(WireError) {
        var reader = SampleReader(bytes: copy element)
        var labels = [String?](repeating: nil, count: wanted.count)
        guard let value = reader.read(wanted, &labels) else {
            if reader.isSound { return nil }
            throw .malformed(
                format: PrometheusAnswer.format, reason: "a sample that is no sample", bytes: Escaped.text(copy element)
            )
        }
        self.init(labels: labels, value: value)
    }
}

extension PrometheusSeries {
    /// Reads `{"metric":{…},"values":[[time,"1.5"],…]}`.
    public init(element: borrowing [UInt8]) throws(WireError) {
        let value = try JSONValue(parsing: copy element, format: PrometheusAnswer.format)
        var labels: [String: String] = [:]
        for (name, label) in value["metric"]?.object ?? [:] { labels[name] = label.string }
        var points: [(at: Timestamp, value: Double)] = []
        for pair in value["values"]?.array ?? [] {
            guard let pair = pair.array, pair.count == 2, let at = pair[0].double, let text = pair[1].string,
                let number = Double(text), at > 0, at < 9e9
            else { continue }
            points.append((Timestamp(seconds: at), number))
        }
        self.labels = labels
        self.points = points
    }
}

/// Goes over one sample without making more of it than is wanted: there are tens of thousands a minute.
private struct SampleReader {
    let bytes: [UInt8]
    var at = 0
    var isSound = true

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(_ wanted: [[UInt8]], _ labels: inout [String?]) -> Double? {
        var value: Double?
        guard take(UInt8(ascii: "{")) else { return fail() }
        while true {
            guard let key = text() else { return fail() }
            guard take(UInt8(ascii: ":")) else { return fail() }
            if same(key, "metric") {
                guard metric(wanted, &labels) else { return fail() }
            } else if same(key, "value") {
                guard take(UInt8(ascii: "[")), skipNumber(), take(UInt8(ascii: ",")), let number = text(),
                    take(UInt8(ascii: "]"))
                else { return fail() }
                value = Double(String(decoding: bytes[number], as: UTF8.self))
                if value == nil { return fail() }
            } else {
                guard skipValue() else { return fail() }
            }
            if take(UInt8(ascii: "}")) { return value }
            guard take(UInt8(ascii: ",")) else { return fail() }
        }
    }

    private mutating func fail() -> Double? {
        isSound = false
        return nil
    }

    private mutating func metric(_ wanted: [[UInt8]], _ labels: inout [String?]) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        while true {
            guard let name = text(), take(UInt8(ascii: ":")), let value = text() else { return false }
            if let i = wanted.firstIndex(where: { bytes[name].elementsEqual($0) }) { labels[i] = string(value) }
            if take(UInt8(ascii: "}")) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private func same(_ range: Range<Int>, _ word: StaticString) -> Bool {
        range.count == word.utf8CodeUnitCount
            && bytes[range].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private mutating func blanks() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 {
            at += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        blanks()
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    /// What stands between two quotes, escapes and all.
    private mutating func text() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = at
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return start..<(at - 1)
            case UInt8(ascii: "\\"): at += 2
            default: at += 1
            }
        }
        return nil
    }

    /// Without its escapes.
    private func string(_ range: Range<Int>) -> String {
        guard bytes[range].contains(UInt8(ascii: "\\")) else { return String(decoding: bytes[range], as: UTF8.self) }
        let quoted = Array(bytes[(range.lowerBound - 1)...range.upperBound])
        return (try? JSONValue(parsing: quoted, format: PrometheusAnswer.format))?.string ?? ""
    }

    private mutating func skipNumber() -> Bool {
        blanks()
        let start = at
        while at < bytes.count, "+-.eE0123456789".utf8.contains(bytes[at]) { at += 1 }
        return at > start
    }

    private mutating func skipValue() -> Bool {
        blanks()
        var depth = 0
        repeat {
            guard at < bytes.count else { return false }
            switch bytes[at] {
            case UInt8(ascii: "\""): guard text() != nil else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                at += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): at += 1
            default:
                let start = at
                while at < bytes.count, !",:{}[]\"".utf8.contains(bytes[at]) { at += 1 }
                if at == start { return false }
            }
        } while depth > 0
        return depth == 0
    }
}
