#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Walks over one line's bytes; never past `end`.
struct PrometheusCursor {
    struct Label {
        let nameStart: UnsafeRawPointer
        let nameLength: Int
        let valueStart: UnsafeRawPointer
        let valueLength: Int
        let escaped: Bool
    }

    private(set) var at: UnsafeRawPointer
    let end: UnsafeRawPointer
    private(set) var isMalformed = false

    init(at: UnsafeRawPointer, end: UnsafeRawPointer) {
        self.at = at
        self.end = end
    }

    @inline(__always)
    var byte: UInt8? { at < end ? at.load(as: UInt8.self) : nil }

    @inline(__always)
    mutating func advance(_ count: Int = 1) { at += count }

    @inline(__always)
    mutating func skipBlanks() {
        while at < end {
            let byte = at.load(as: UInt8.self)
            guard byte == 0x20 || byte == 0x09 else { return }
            at += 1
        }
    }

    /// Letters, digits, underscore and colon: what an unquoted metric or label name is made of. Bytes above 127 are
    /// let through: some exporters write UTF-8 names without quotes, and a name is only ever compared.
    @inline(__always)
    static func isName(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return (lower &- UInt8(ascii: "a") < 26) || (byte &- UInt8(ascii: "0") < 11) || byte == UInt8(ascii: "_")
            || byte >= 0x80
    }

    /// The bytes of a name from here on; moves behind it.
    @inline(__always)
    mutating func takeName() -> (start: UnsafeRawPointer, length: Int) {
        let start = at
        while at < end, Self.isName(at.load(as: UInt8.self)) { at += 1 }
        return (start, at - start)
    }

    /// At a quotation mark: the bytes up to its partner; moves behind that. Nil when it never comes.
    @inline(__always)
    mutating func takeQuoted() -> (start: UnsafeRawPointer, length: Int, escaped: Bool)? {
        at += 1
        let start = at
        var escaped = false
        while at < end {
            let byte = at.load(as: UInt8.self)
            if byte == UInt8(ascii: "\"") {
                at += 1
                return (start, at - start - 1, escaped)
            }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                at += 1
                guard at < end else { return nil }
            }
            at += 1
        }
        return nil
    }

    /// Inside braces: the next `name="value"`, or a bare quoted metric name (given with an empty name). Nil at the
    /// closing brace, and where the labels are not well formed, which `isMalformed` then says.
    mutating func nextLabel() -> Label? {
        skipBlanks()
        guard let first = byte, first != UInt8(ascii: "}") else { return nil }
        isMalformed = true
        let label: Label
        if first == UInt8(ascii: "\"") {
            guard let quoted = takeQuoted() else { return nil }
            skipBlanks()
            if byte == UInt8(ascii: "=") {
                guard let value = takeLabelValue() else { return nil }
                label = Label(
                    nameStart: quoted.start, nameLength: quoted.length, valueStart: value.start,
                    valueLength: value.length, escaped: value.escaped)
            } else {
                label = Label(
                    nameStart: quoted.start, nameLength: 0, valueStart: quoted.start, valueLength: quoted.length,
                    escaped: quoted.escaped)
            }
        } else {
            let name = takeName()
            guard name.length > 0 else { return nil }
            skipBlanks()
            guard byte == UInt8(ascii: "="), let value = takeLabelValue() else { return nil }
            label = Label(
                nameStart: name.start, nameLength: name.length, valueStart: value.start, valueLength: value.length,
                escaped: value.escaped)
        }
        skipBlanks()
        if byte == UInt8(ascii: ",") {
            at += 1
        } else if byte != nil, byte != UInt8(ascii: "}") {
            return nil
        }
        isMalformed = false
        return label
    }

    /// At the equals sign: the quoted value behind it.
    private mutating func takeLabelValue() -> (start: UnsafeRawPointer, length: Int, escaped: Bool)? {
        at += 1
        skipBlanks()
        guard byte == UInt8(ascii: "\"") else { return nil }
        return takeQuoted()
    }

    /// The bytes up to the next blank or the end.
    @inline(__always)
    mutating func takeToken() -> (start: UnsafeRawPointer, length: Int) {
        let start = at
        while at < end {
            let byte = at.load(as: UInt8.self)
            if byte == 0x20 || byte == 0x09 { break }
            at += 1
        }
        return (start, at - start)
    }
}
