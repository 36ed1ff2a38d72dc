/// A colour as red, green and blue, 0 to 255 each.
public struct RGB: Hashable, Sendable {
    public let red: UInt8
    public let green: UInt8
    public let blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// `0xRRGGBB`.
    public init(_ value: Int) {
        self.init(UInt8(value >> 16 & 0xff), UInt8(value >> 8 & 0xff), UInt8(value & 0xff))
    }

    /// `#rrggbb`; nil for anything else.
    public init?(hex: String) {
        guard hex.utf8.count == 7, hex.first == "#", hex.dropFirst().allSatisfy(\.isHexDigit),
            let value = Int(hex.dropFirst(), radix: 16)
        else { return nil }
        self.init(value)
    }

    /// `0xRRGGBB`.
    public var value: Int { Int(red) << 16 | Int(green) << 8 | Int(blue) }

    /// The WCAG relative luminance, 0 to 1.
    public var luminance: Double {
        func linear(_ part: UInt8) -> Double {
            let part = Double(part) / 255
            return part <= 0.04045 ? part / 12.92 : Powers.raised((part + 0.055) / 1.055)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// The WCAG contrast ratio, 1 to 21.
    public func contrast(with other: RGB) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    func distance(to other: RGB) -> Int {
        let dr = Int(red) - Int(other.red)
        let dg = Int(green) - Int(other.green)
        let db = Int(blue) - Int(other.blue)
        return 2 * dr * dr + 4 * dg * dg + 3 * db * db
    }
}

/// The colours that terminals number.
public enum Palette {
    /// The 16 names, in the terminal's order; `default` is none of them.
    public static let names = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
        "brightBlack", "brightRed", "brightGreen", "brightYellow", "brightBlue", "brightMagenta", "brightCyan",
        "brightWhite",
    ]

    private static let first16 = [
        0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
        0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
    ]

    /// What number `index` of the 256 looks like (the first 16 differ between terminals: xterm's are given).
    public static func rgb(_ index: UInt8) -> RGB {
        switch index {
        case 0..<16: return RGB(first16[Int(index)])
        case 232...255:
            let grey = 8 + 10 * (index - 232)
            return RGB(grey, grey, grey)
        default:
            let cube = index - 16
            return RGB(level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
    }

    /// A side of the colour cube: 0, 95, 135, 175, 215, 255.
    private static func level(_ step: UInt8) -> UInt8 { step == 0 ? 0 : 55 + 40 * step }

    /// The one of the fixed 240 (16 to 255) nearest to `color`.
    public static func nearest256(_ color: RGB) -> UInt8 {
        var best: (index: UInt8, distance: Int) = (16, Int.max)
        for index in UInt8(16)...255 {
            let distance = rgb(index).distance(to: color)
            if distance < best.distance { best = (index, distance) }
        }
        return best.index
    }

    /// The one of the first 16 nearest to `color`.
    public static func nearest16(_ color: RGB) -> UInt8 {
        (0..<16).min { rgb($0).distance(to: color) < rgb($1).distance(to: color) } ?? 7
    }
}

/// x to the power of 2.4, which is all that luminance needs of a mathematics library.
enum Powers {
    static func raised(_ x: Double) -> Double {
        // x^2.4 = x^2 * (x^2)^(1/5); the fifth root by Newton's method, which converges for 0 <= x <= 1.
        guard x > 0 else { return 0 }
        let square = x * x
        var root = square < 0.001 ? 0.25 : 0.9
        for _ in 0..<40 {
            let fourth = root * root * root * root
            root -= (root * fourth - square) / (5 * fourth)
        }
        return square * root
    }
}
