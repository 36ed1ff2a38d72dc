/// What a codec says about bytes it cannot make sense of. Offending bytes come escaped and capped, so that a
/// message can go to a terminal or a log as it is.
public enum WireError: Error, Equatable, Sendable {
    /// The bytes are not in the format's grammar. `format` is what was being read ("etcd watch"), `reason` what was
    /// expected and where.
    case malformed(format: String, reason: String, bytes: String)
    /// The grammar is right but a field that the meaning rests on is absent or of another type.
    case missing(format: String, field: String, bytes: String)
    /// The peer answered with an error of its own, in its own words (escaped).
    case refused(format: String, status: Int, message: String)
    /// More bytes than the named limit allows.
    case tooLong(format: String, limitBytes: Int)
}

extension WireError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let format, let reason, let bytes):
            return "\(format): \(reason); got “\(bytes)”; is it the right kind of service at this address?"
        case .missing(let format, let field, let bytes):
            return "\(format): no usable field “\(field)” in “\(bytes)”; the peer's version may not be supported"
        case .refused(let format, let status, let message):
            return "\(format): refused with status \(status): \(message)"
        case .tooLong(let format, let limitBytes):
            return "\(format): answer is longer than \(limitBytes) bytes; check the address"
        }
    }
}

/// Foreign bytes made safe to show: printable ASCII and well-formed UTF-8 letters stay, everything else becomes
/// `\n`, `\t`, `\xNN` or `\u{N}`.
public enum Escaped {
    /// Longest escaped excerpt in a message, in characters.
    public static let excerptCharactersMax = 120

    /// The bytes escaped, cut with `…` at `charactersMax` characters.
    public static func text(
        _ bytes: some Sequence<UInt8>, charactersMax: Int = Escaped.excerptCharactersMax
    ) -> String {
        var out = ""
        var length = 0
        // Four bytes a character is the most UTF-8 needs: what lies beyond cannot be shown and is not decoded.
        let head = Array(bytes.prefix(charactersMax * 4 + 4))
        var decoder = Unicode.UTF8.ForwardParser()
        var input = head.makeIterator()
        var offset = 0
        while true {
            let piece: String
            switch decoder.parseScalar(from: &input) {
            case .valid(let encoded):
                piece = escape(Unicode.UTF8.decode(encoded))
                offset += encoded.count
            case .error(let count):
                piece = head[offset..<min(offset + count, head.count)].map(hex).joined()
                offset += count
            case .emptyInput:
                return out
            }
            if length + piece.count > charactersMax { return out + "…" }
            out += piece
            length += piece.count
        }
    }

    /// A string escaped the same way.
    public static func text(_ string: String, charactersMax: Int = Escaped.excerptCharactersMax) -> String {
        text(string.utf8, charactersMax: charactersMax)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\\": return "\\\\"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            return scalar.value < 0x80
                ? hex(UInt8(scalar.value)) : "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            return String(scalar)
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return "\\x" + (digits.count == 1 ? "0" + digits : digits)
    }
}
