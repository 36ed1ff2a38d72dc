import Grid

extension KeyDecoder {
    enum Step {
        /// It depends on what follows.
        case more
        /// So many bytes mean nothing.
        case nothing(Int)
        case event(Event, Int)
        case pasteBegins(Int)
    }

    /// The first key in `bytes`, which are not empty.
    static func next(_ bytes: ArraySlice<UInt8>, special: [[UInt8]: Key], final: Bool) -> Step {
        guard let first = bytes.first else { return .nothing(0) }
        if first == 0x1b { return escape(bytes, special: special, final: final) }
        switch first {
        case 0x0d, 0x0a: return .event(.key(.enter), 1)
        case 0x09: return .event(.key(.tab), 1)
        case 0x08, 0x7f: return .event(.key(.backspace), 1)
        case 0x00: return .event(.key(.ctrl(" ")), 1)
        case 0x01..<0x1b: return .event(.key(.ctrl(Character(Unicode.Scalar(first + 0x60)))), 1)
        case 0x1c..<0x20: return .event(.key(.ctrl(Character(Unicode.Scalar(first + 0x40)))), 1)
        default: return character(bytes, final: final)
        }
    }

    /// One scalar in UTF-8; what is not UTF-8 means nothing.
    private static func character(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
        let first = bytes[bytes.startIndex]
        let length =
            switch first {
            case ..<0x80: 1
            case 0xc2..<0xe0: 2
            case 0xe0..<0xf0: 3
            case 0xf0..<0xf5: 4
            default: 0
            }
        guard length > 0 else { return .nothing(1) }
        let piece = bytes.prefix(length)
        if let bad = piece.dropFirst().firstIndex(where: { $0 & 0xc0 != 0x80 }) {
            return .nothing(bad - bytes.startIndex)
        }
        guard piece.count == length else { return final ? .nothing(piece.count) : .more }
        guard let text = String(validating: piece, as: UTF8.self), let character = text.first else {
            return .nothing(length)
        }
        return .event(.key(.character(character)), length)
    }

    private static func escape(_ bytes: ArraySlice<UInt8>, special: [[UInt8]: Key], final: Bool) -> Step {
        for length in stride(from: min(bytes.count, 8), to: 1, by: -1) {
            if let key = special[Array(bytes.prefix(length))] { return .event(.key(key), length) }
        }
        guard bytes.count > 1 else { return final ? .event(.key(.escape), 1) : .more }
        switch bytes[bytes.startIndex + 1] {
        case UInt8(ascii: "["): return csi(bytes, final: final)
        case UInt8(ascii: "O"): return ss3(bytes, final: final)
        case 0x1b: return .event(.key(.escape), 1)
        default:
            switch next(bytes.dropFirst(), special: [:], final: final) {
            case .event(.key(.character(let character)), let count): return .event(.key(.alt(character)), count + 1)
            case .event(let event, let count): return .event(event, count + 1)
            case .nothing(let count): return .nothing(count + 1)
            case .more, .pasteBegins: return .more
            }
        }
    }

    private static func ss3(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
        guard bytes.count > 2 else { return final ? .event(.key(.alt("O")), 2) : .more }
        let letter = bytes[bytes.startIndex + 2]
        switch letter {
        case UInt8(ascii: "M"): return .event(.key(.enter), 3)
        case UInt8(ascii: "P")...UInt8(ascii: "S"): return .event(.key(.function(Int(letter) - 0x4f)), 3)
        default: return cursor(letter).map { .event(.key($0), 3) } ?? .nothing(3)
        }
    }

    /// `ESC [`, parameters, a final letter.
    private static func csi(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
        let start = bytes.startIndex + 2
        guard start < bytes.endIndex else { return final ? .event(.key(.alt("[")), 2) : .more }
        if bytes[start] == UInt8(ascii: "[") { return linuxFunction(bytes, final: final) }
        if bytes[start] == UInt8(ascii: "M") { return oldMouse(bytes, final: final) }
        guard let end = bytes[start...].prefix(sequenceBytesMax).firstIndex(where: { $0 >= 0x40 || $0 < 0x20 }) else {
            return final || bytes.count > sequenceBytesMax ? .nothing(bytes.count) : .more
        }
        let count = end - bytes.startIndex + 1
        // A control character inside: the sequence was broken off; go on with what broke it.
        guard bytes[end] >= 0x40 else { return .nothing(count - 1) }
        let parameters = bytes[start..<end]
        if parameters.first == UInt8(ascii: "<") {
            return sgrMouse(parameters.dropFirst(), release: bytes[end] == UInt8(ascii: "m"), count: count)
        }
        let numbers = self.numbers(parameters)
        switch bytes[end] {
        case UInt8(ascii: "Z"): return .event(.key(.backTab), count)
        case UInt8(ascii: "I"): return .event(.focus(true), count)
        case UInt8(ascii: "O"): return .event(.focus(false), count)
        case UInt8(ascii: "P")...UInt8(ascii: "S"): return .event(.key(.function(Int(bytes[end]) - 0x4f)), count)
        case UInt8(ascii: "n") where numbers == [0]: return .event(.ready, count)
        case UInt8(ascii: "~") where numbers.first == 200: return .pasteBegins(count)
        case UInt8(ascii: "~"): return tilde(numbers.first ?? 0).map { .event(.key($0), count) } ?? .nothing(count)
        case let letter: return cursor(letter).map { .event(.key($0), count) } ?? .nothing(count)
        }
    }

    /// The console's F1 to F5: `ESC [ [ A`.
    private static func linuxFunction(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
        guard bytes.count > 3 else { return final ? .nothing(bytes.count) : .more }
        let letter = bytes[bytes.startIndex + 3]
        guard (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(letter) else { return .nothing(4) }
        return .event(.key(.function(Int(letter) - 0x40)), 4)
    }

    private static func cursor(_ letter: UInt8) -> Key? {
        switch letter {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        default: nil
        }
    }

    private static func tilde(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23, 24: .function(number - 12)
        default: nil
        }
    }

    private static func numbers(_ parameters: ArraySlice<UInt8>) -> [Int] {
        parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
            Int(String(decoding: part, as: UTF8.self)) ?? 0
        }
    }

    private static func sgrMouse(_ parameters: ArraySlice<UInt8>, release: Bool, count: Int) -> Step {
        let numbers = numbers(parameters)
        guard numbers.count == 3 else { return .nothing(count) }
        return mouse(code: numbers[0], x: numbers[1] - 1, y: numbers[2] - 1, release: release, count: count)
    }

    private static func oldMouse(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
        guard bytes.count >= 6 else { return final ? .nothing(bytes.count) : .more }
        let at = bytes.startIndex + 3
        let code = Int(bytes[at]) - 32
        let (x, y) = (Int(bytes[at + 1]) - 33, Int(bytes[at + 2]) - 33)
        return mouse(code: code, x: x, y: y, release: code & 3 == 3 && code < 64, count: 6)
    }

    private static func mouse(code: Int, x: Int, y: Int, release: Bool, count: Int) -> Step {
        guard x >= 0, y >= 0, code >= 0 else { return .nothing(count) }
        if code & 64 != 0 {
            return .event(.mouse(Mouse(code & 1 == 0 ? .wheelUp : .wheelDown, x: x, y: y)), count)
        }
        return .event(.mouse(Mouse(release ? .release : .press, button: code & 3, x: x, y: y)), count)
    }
}
