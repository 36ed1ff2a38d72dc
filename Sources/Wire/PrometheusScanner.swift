#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a scan saw besides the samples it handed out.
public struct PrometheusReport: Equatable, Sendable {
    /// Samples handed out.
    public internal(set) var samples = 0
    /// Lines on the page, comments and unwanted ones included.
    public internal(set) var lines = 0
    /// Lines that could not be read, among the wanted ones.
    public internal(set) var faults = 0
    /// The first of them, with its line number and its bytes.
    public internal(set) var firstFault: WireError?
    /// The page ends in the middle of a line, or an OpenMetrics page lacks its `# EOF`: samples may be missing.
    public internal(set) var isTruncated = false
    /// The page had more samples than the limit; the rest was not read.
    public internal(set) var isOverLimit = false

    /// Of a page that nothing was seen of yet.
    public init() {}
}

/// Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0, handing out only the families asked for.
///
/// A last line without its newline is not read, because half a number is a wrong number: the report says that the
/// page is truncated.
public enum PrometheusScanner {
    /// Which of the two formats a page is in, from its content type; they differ in timestamps and in how they end.
    public enum Format: Sendable {
        case text
        case openMetrics

        /// - Parameter contentType: the value of the HTTP header, parameters included.
        public init(contentType: String?) {
            let isOpen = contentType?.lowercased().hasPrefix("application/openmetrics-text") ?? false
            self = isOpen ? .openMetrics : .text
        }
    }

    /// Characters of an unreadable line that a fault shows.
    public static let faultCharactersShownMax = 60

    /// - Parameters:
    ///   - page: the bytes of one page.
    ///   - families: what is wanted of it.
    ///   - samplesMax: at most so many samples are handed out; the report says when there were more.
    ///   - each: called for every wanted sample, in the page's order.
    public static func scan(
        _ page: RawSpan, _ families: PrometheusFamilies, format: Format = .text, samplesMax: Int = 1_000_000,
        _ each: (borrowing PrometheusLine) -> Void
    ) -> PrometheusReport {
        page.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                var report = PrometheusReport()
                report.isTruncated = format == .openMetrics
                return report
            }
            var scan = PrometheusScan(families: families, format: format, samplesMax: samplesMax)
            scan.run(base, base + bytes.count, each)
            return scan.report
        }
    }
}

private struct PrometheusScan {
    let families: PrometheusFamilies
    let format: PrometheusScanner.Format
    let samplesMax: Int
    var report = PrometheusReport()
    var sawEnd = false
    /// The name on the line before, and what was decided about it: families come in runs.
    var lastName: UnsafeRawPointer?
    var lastLength = 0
    var lastFamily: Int32 = -1

    init(families: PrometheusFamilies, format: PrometheusScanner.Format, samplesMax: Int) {
        self.families = families
        self.format = format
        self.samplesMax = samplesMax
    }

    mutating func run(
        _ base: UnsafeRawPointer, _ end: UnsafeRawPointer, _ each: (borrowing PrometheusLine) -> Void
    ) {
        var at = base
        while at < end, !sawEnd {
            report.lines += 1
            let first = at.load(as: UInt8.self)
            guard let newline = memchr(at, 0x0A, end - at) else {
                finishUnterminated(at, end)
                return
            }
            let lineEnd = UnsafeRawPointer(newline)
            if first == UInt8(ascii: "#") {
                if format == .openMetrics, isEndMark(at, lineEnd) { sawEnd = true }
            } else if first != 0x0A {
                guard report.samples < samplesMax else {
                    report.isOverLimit = true
                    return
                }
                line(at, lineEnd, each)
            }
            at = lineEnd + 1
        }
        if format == .openMetrics, !sawEnd { report.isTruncated = true }
    }

    private mutating func finishUnterminated(_ at: UnsafeRawPointer, _ end: UnsafeRawPointer) {
        if format == .openMetrics, isEndMark(at, end) { return }
        var cursor = PrometheusCursor(at: at, end: end)
        cursor.skipBlanks()
        report.isTruncated = cursor.byte != nil || format == .openMetrics
    }

    private func isEndMark(_ at: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
        var length = end - at
        if length == 6, at.load(fromByteOffset: 5, as: UInt8.self) == 0x0D { length = 5 }
        return length == 5 && memcmp(at, "# EOF", 5) == 0
    }

    @inline(__always)
    private mutating func line(
        _ start: UnsafeRawPointer, _ newline: UnsafeRawPointer, _ each: (borrowing PrometheusLine) -> Void
    ) {
        // The line before had a name that is not wanted, and this one has the same: nothing more to look at.
        if lastFamily < 0, let lastName, newline - start > lastLength, memcmp(start, lastName, lastLength) == 0,
            !PrometheusCursor.isName(start.load(fromByteOffset: lastLength, as: UInt8.self))
        {
            return
        }
        var end = newline
        if end > start, (end - 1).load(as: UInt8.self) == 0x0D { end -= 1 }
        var cursor = PrometheusCursor(at: start, end: end)
        cursor.skipBlanks()
        guard let first = cursor.byte, first != UInt8(ascii: "#") else { return }
        if first == UInt8(ascii: "{") {
            quotedName(cursor, start, end, each)
            return
        }
        let name = cursor.takeName()
        guard name.length > 0 else {
            fault("a metric name was expected", start, end)
            return
        }
        let family: Int32
        if families.wantsEverything {
            family = -1
        } else {
            family = families.find(name.start, name.length)
            lastName = family < 0 ? name.start : nil
            lastLength = name.length
            lastFamily = family
            guard family >= 0 else { return }
        }
        sample(&cursor, Int(family), name, start, end, each)
    }

    /// `{"metric.name", label="value"} 1`: how newer exporters write names that are not plain.
    @inline(never)
    private mutating func quotedName(
        _ opened: PrometheusCursor, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
        _ each: (borrowing PrometheusLine) -> Void
    ) {
        var inside = opened
        inside.advance()
        guard let label = inside.nextLabel(), label.nameLength == 0 else {
            fault("a quoted metric name was expected after the brace", start, end)
            return
        }
        var family: Int32 = -1
        if !families.wantsEverything {
            if label.escaped {
                let name = PrometheusBytes.unescaped(label.valueStart, label.valueLength, escaped: true)
                family = Int32(families.names.firstIndex(of: name) ?? -1)
            } else {
                family = families.find(label.valueStart, label.valueLength)
            }
            guard family >= 0 else { return }
        }
        var cursor = opened
        sample(&cursor, Int(family), (label.valueStart, label.valueLength), start, end, each)
    }

    @inline(__always)
    private mutating func sample(
        _ cursor: inout PrometheusCursor, _ family: Int, _ name: (start: UnsafeRawPointer, length: Int),
        _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ each: (borrowing PrometheusLine) -> Void
    ) {
        cursor.skipBlanks()
        var labelStart = end
        var labelLength = 0
        if cursor.byte == UInt8(ascii: "{") {
            cursor.advance()
            labelStart = cursor.at
            while cursor.nextLabel() != nil {}
            guard !cursor.isMalformed, cursor.byte == UInt8(ascii: "}") else {
                fault("the labels are not well formed", start, end)
                return
            }
            labelLength = cursor.at - labelStart
            cursor.advance()
            cursor.skipBlanks()
        }
        let number = cursor.takeToken()
        guard let value = PrometheusNumber.double(number.start, number.length) else {
            fault("a number was expected as the value", start, end)
            return
        }
        cursor.skipBlanks()
        var timestamp: Int64?
        if let next = cursor.byte, next != UInt8(ascii: "#") {
            guard let read = milliseconds(&cursor) else {
                fault("a timestamp was expected behind the value", start, end)
                return
            }
            timestamp = read
            cursor.skipBlanks()
        }
        // What may follow is an exemplar, which nobody here asks for.
        guard cursor.byte == nil || cursor.byte == UInt8(ascii: "#") else {
            fault("something follows the sample", start, end)
            return
        }
        report.samples += 1
        each(
            PrometheusLine(
                family: family, value: value, timestampMilliseconds: timestamp, line: report.lines,
                nameStart: name.start, nameLength: name.length, labelStart: labelStart, labelLength: labelLength))
    }

    private func milliseconds(_ cursor: inout PrometheusCursor) -> Int64? {
        let token = cursor.takeToken()
        guard let number = PrometheusNumber.double(token.start, token.length), number.isFinite else { return nil }
        return Int64(exactly: (format == .openMetrics ? number * 1000 : number).rounded())
    }

    @inline(never)
    private mutating func fault(_ problem: String, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
        report.faults += 1
        guard report.firstFault == nil else { return }
        let bytes = UnsafeRawBufferPointer(start: start, count: end - start)
        report.firstFault = .malformed(
            format: "Prometheus text", reason: "line \(report.lines): \(problem)",
            bytes: Escaped.text(bytes, charactersMax: PrometheusScanner.faultCharactersShownMax))
    }
}
