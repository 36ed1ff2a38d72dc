/// A table with a header line, as `show stat` writes it. Columns are found by name, because every version adds some
/// and a field's position is no promise.
struct HAProxyCSV {
    /// More columns than any version has; those beyond are not looked at.
    static let columnsMax = 1024

    /// For every column of the table: the wanted column it is, or -1.
    private let wantedAt: [Int]
    private let wantedCount: Int

    /// - Parameters:
    ///   - header: the first line, without its `# `.
    ///   - wanted: the names of the columns to keep.
    init(header: ArraySlice<UInt8>, wanted: [String]) {
        let names = header.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .prefix(Self.columnsMax).map { String(decoding: $0, as: UTF8.self) }
        let positions = Dictionary(wanted.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        wantedAt = names.map { positions[$0] ?? -1 }
        wantedCount = wanted.count
    }

    func has(_ wanted: Int) -> Bool { wantedAt.contains(wanted) }

    /// Reads one row, quoted fields included, and moves behind it. Nil at a row that its newline does not end: the
    /// answer was cut off there.
    func row(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> [ArraySlice<UInt8>?]? {
        var fields = [ArraySlice<UInt8>?](repeating: nil, count: wantedCount)
        var column = 0
        while at < bytes.endIndex {
            let field = takeField(bytes, &at)
            if column < wantedAt.count, wantedAt[column] >= 0 { fields[wantedAt[column]] = field }
            column += 1
            guard at < bytes.endIndex else { return nil }
            let separator = bytes[at]
            at += 1
            if separator == 0x0A { return fields }
        }
        return nil
    }

    /// The bytes of one field; moves to the comma or the newline behind it.
    private func takeField(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> ArraySlice<UInt8> {
        if at < bytes.endIndex, bytes[at] == UInt8(ascii: "\"") { return takeQuoted(bytes, &at) }
        let start = at
        while at < bytes.endIndex, bytes[at] != UInt8(ascii: ","), bytes[at] != 0x0A { at += 1 }
        var end = at
        if end > start, at < bytes.endIndex, bytes[at] == 0x0A, bytes[end - 1] == 0x0D { end -= 1 }
        return bytes[start..<end]
    }

    /// In quotation marks a doubled mark is one, and commas and newlines are text.
    private func takeQuoted(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> ArraySlice<UInt8> {
        at += 1
        var text: [UInt8] = []
        while at < bytes.endIndex {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                guard at + 1 < bytes.endIndex, bytes[at + 1] == byte else { break }
                at += 1
            }
            text.append(byte)
            at += 1
        }
        while at < bytes.endIndex, bytes[at] != UInt8(ascii: ","), bytes[at] != 0x0A { at += 1 }
        return text[...]
    }
}

/// Fields of a row, read as what they are. An empty field is nil: the balancer has no such figure for that line.
struct HAProxyFields {
    let fields: [ArraySlice<UInt8>?]

    func text(_ index: Int) -> String? {
        guard let bytes = fields[index], !bytes.isEmpty else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    func int(_ index: Int) -> Int? {
        guard let bytes = fields[index], !bytes.isEmpty, bytes.count <= 20 else { return nil }
        var value = 0
        var negative = false
        for (offset, byte) in bytes.enumerated() {
            if offset == 0, byte == UInt8(ascii: "-"), bytes.count > 1 {
                negative = true
                continue
            }
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) = shifted.addingReportingOverflow(Int(digit))
            guard !overflowed, !overflowedToo else { return nil }
            value = sum
        }
        return negative ? -value : value
    }
}
