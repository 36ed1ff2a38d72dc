#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One wanted sample, seen in place on the page. It cannot be kept: what is needed of it is copied out inside the
/// closure it is handed to.
public struct PrometheusLine: ~Copyable {
    /// Position of the metric name in ``PrometheusFamilies/names``; -1 when everything was asked for.
    public let family: Int
    /// The sample's value; NaN and infinities are as the page gave them.
    public let value: Double
    /// When the exporter says that the value was taken, in milliseconds since 1970. Nearly always absent.
    public let timestampMilliseconds: Int64?
    /// Line number on the page, from 1.
    public let line: Int
    let nameStart: UnsafeRawPointer
    let nameLength: Int
    /// Bytes between the braces, neither included; empty without labels.
    let labelStart: UnsafeRawPointer
    let labelLength: Int

    /// The metric's name. Allocates; use ``family`` where speed matters.
    public var name: String { PrometheusBytes.text(nameStart, nameLength) }

    /// The value of one label, its escapes undone, or nil when the sample has no such label.
    public func label(_ wanted: StaticString) -> String? {
        var found: String?
        forEachLabel { nameStart, nameLength, valueStart, valueLength, escaped in
            guard nameLength == wanted.utf8CodeUnitCount,
                memcmp(nameStart, UnsafeRawPointer(wanted.utf8Start), nameLength) == 0
            else { return true }
            found = PrometheusBytes.unescaped(valueStart, valueLength, escaped: escaped)
            return false
        }
        return found
    }

    /// Whether a label has exactly this value, without allocating. A value with an escape in it is compared undone.
    public func label(_ wanted: StaticString, is value: StaticString) -> Bool {
        var same = false
        forEachLabel { nameStart, nameLength, valueStart, valueLength, escaped in
            guard nameLength == wanted.utf8CodeUnitCount,
                memcmp(nameStart, UnsafeRawPointer(wanted.utf8Start), nameLength) == 0
            else { return true }
            if escaped {
                same = PrometheusBytes.unescaped(valueStart, valueLength, escaped: true) == value.description
            } else {
                same =
                    valueLength == value.utf8CodeUnitCount
                    && memcmp(valueStart, UnsafeRawPointer(value.utf8Start), valueLength) == 0
            }
            return false
        }
        return same
    }

    /// All labels in the page's order. Allocates.
    public var labels: [(name: String, value: String)] {
        var all: [(name: String, value: String)] = []
        forEachLabel { nameStart, nameLength, valueStart, valueLength, escaped in
            // In the form `{"metric.name", a="b"}` the first entry is the metric's own name.
            if nameLength > 0 {
                all.append(
                    (
                        PrometheusBytes.text(nameStart, nameLength),
                        PrometheusBytes.unescaped(valueStart, valueLength, escaped: escaped)
                    ))
            }
            return true
        }
        return all
    }

    /// The scanner has already found the labels well formed, so this only steps over them.
    @inline(__always)
    private func forEachLabel(
        _ body: (UnsafeRawPointer, Int, UnsafeRawPointer, Int, Bool) -> Bool
    ) {
        var cursor = PrometheusCursor(at: labelStart, end: labelStart + labelLength)
        while let label = cursor.nextLabel() {
            guard body(label.nameStart, label.nameLength, label.valueStart, label.valueLength, label.escaped) else {
                return
            }
        }
    }
}

enum PrometheusBytes {
    static func text(_ start: UnsafeRawPointer, _ length: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }

    /// `\\`, `\"` and `\n` undone; a backslash before anything else stands for itself.
    static func unescaped(_ start: UnsafeRawPointer, _ length: Int, escaped: Bool) -> String {
        guard escaped else { return text(start, length) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        var offset = 0
        while offset < length {
            let byte = start.load(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            guard byte == UInt8(ascii: "\\"), offset < length else {
                bytes.append(byte)
                continue
            }
            let next = start.load(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            switch next {
            case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes.append(next)
            default:
                bytes.append(byte)
                bytes.append(next)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
