/// Numbers as exporters write them. Most are short decimals, which are exact in a few instructions; the rest goes
/// the library's way.
enum PrometheusNumber {
    /// A longer token is no number: the longest exact decimal form of a double has fewer digits.
    static let tokenBytesMax = 800

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    @inline(__always)
    static func double(_ start: UnsafeRawPointer, _ length: Int) -> Double? {
        var at = 0
        var negative = false
        guard length > 0 else { return nil }
        let first = start.load(as: UInt8.self)
        if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            negative = first == UInt8(ascii: "-")
            at = 1
        }
        var mantissa: UInt64 = 0
        var digits = 0
        var scale = 0
        var seenPoint = false
        while at < length {
            let byte = start.load(fromByteOffset: at, as: UInt8.self)
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                digits += 1
                if seenPoint { scale -= 1 }
            } else if byte == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else {
                break
            }
            at += 1
        }
        if digits == 0 || digits > 18 { return slow(start, length) }
        if at < length {
            guard let exponent = exponent(start + at, length - at) else { return slow(start, length) }
            scale += exponent
        }
        // Both the digits and the power of ten are exact doubles, so one rounding gives the nearest one.
        guard mantissa <= 1 << 53, scale >= -22, scale <= 22 else { return slow(start, length) }
        var value = Double(mantissa)
        if scale < 0 {
            value /= powersOfTen[-scale]
        } else if scale > 0 {
            value *= powersOfTen[scale]
        }
        return negative ? -value : value
    }

    private static func exponent(_ start: UnsafeRawPointer, _ length: Int) -> Int? {
        guard length >= 2, length <= 5, start.load(as: UInt8.self) | 0x20 == UInt8(ascii: "e") else { return nil }
        var at = 1
        var negative = false
        let sign = start.load(fromByteOffset: 1, as: UInt8.self)
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            at = 2
        }
        guard at < length else { return nil }
        var value = 0
        while at < length {
            let digit = start.load(fromByteOffset: at, as: UInt8.self) &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            at += 1
        }
        return negative ? -value : value
    }

    /// NaN, infinities, many digits, far exponents. Hexadecimal and digit separators, which the library would take,
    /// are refused: they are not in the format.
    @inline(never)
    private static func slow(_ start: UnsafeRawPointer, _ length: Int) -> Double? {
        guard length <= tokenBytesMax else { return nil }
        let token = PrometheusBytes.text(start, length)
        switch token.lowercased() {
        case "nan", "+nan", "-nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: break
        }
        let plain = token.utf8.allSatisfy { byte in
            byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
        }
        return plain ? Double(token) : nil
    }
}
