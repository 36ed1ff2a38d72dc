/// A letter of five rows, drawn from a table: each row is a number whose bits are its points, the highest at the left.
struct BigLetter: Sendable {
    let width: Int
    let rows: [UInt8]

    init(_ width: Int, _ rows: UInt8...) {
        self.width = width
        self.rows = rows
    }

    func isSet(column: Int, row: Int) -> Bool { rows[row] >> UInt8(width - 1 - column) & 1 == 1 }
}

/// Capitals, figures and the signs that go with them.
enum BigFont {
    static let height = 5
    /// Points between two letters.
    static let gap = 1

    /// What a character is drawn as: capitals for small letters, plain letters for accented ones.
    static func letter(_ scalar: Unicode.Scalar) -> BigLetter {
        let plain = Glyphs.asciiFallback(scalar)
        let upper = (0x61...0x7a).contains(plain.value) ? Unicode.Scalar(UInt8(plain.value - 0x20)) : plain
        return table[upper] ?? unknown
    }

    private static let unknown = BigLetter(5, 0b11110, 0b00001, 0b00110, 0b00000, 0b00100)

    private static let table: [Unicode.Scalar: BigLetter] = [
        "A": BigLetter(5, 0b01110, 0b10001, 0b11111, 0b10001, 0b10001),
        "B": BigLetter(5, 0b11110, 0b10001, 0b11110, 0b10001, 0b11110),
        "C": BigLetter(5, 0b01111, 0b10000, 0b10000, 0b10000, 0b01111),
        "D": BigLetter(5, 0b11110, 0b10001, 0b10001, 0b10001, 0b11110),
        "E": BigLetter(5, 0b11111, 0b10000, 0b11110, 0b10000, 0b11111),
        "F": BigLetter(5, 0b11111, 0b10000, 0b11110, 0b10000, 0b10000),
        "G": BigLetter(5, 0b01111, 0b10000, 0b10011, 0b10001, 0b01111),
        "H": BigLetter(5, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001),
        "I": BigLetter(3, 0b111, 0b010, 0b010, 0b010, 0b111),
        "J": BigLetter(5, 0b00111, 0b00010, 0b00010, 0b10010, 0b01100),
        "K": BigLetter(5, 0b10001, 0b10010, 0b11100, 0b10010, 0b10001),
        "L": BigLetter(5, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111),
        "M": BigLetter(5, 0b10001, 0b11011, 0b10101, 0b10001, 0b10001),
        "N": BigLetter(5, 0b10001, 0b11001, 0b10101, 0b10011, 0b10001),
        "O": BigLetter(5, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110),
        "P": BigLetter(5, 0b11110, 0b10001, 0b11110, 0b10000, 0b10000),
        "Q": BigLetter(5, 0b01110, 0b10001, 0b10101, 0b10010, 0b01101),
        "R": BigLetter(5, 0b11110, 0b10001, 0b11110, 0b10010, 0b10001),
        "S": BigLetter(5, 0b01111, 0b10000, 0b01110, 0b00001, 0b11110),
        "T": BigLetter(5, 0b11111, 0b00100, 0b00100, 0b00100, 0b00100),
        "U": BigLetter(5, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110),
        "V": BigLetter(5, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100),
        "W": BigLetter(5, 0b10001, 0b10001, 0b10101, 0b11011, 0b10001),
        "X": BigLetter(5, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001),
        "Y": BigLetter(5, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100),
        "Z": BigLetter(5, 0b11111, 0b00010, 0b00100, 0b01000, 0b11111),
        "0": BigLetter(5, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110),
        "1": BigLetter(5, 0b00100, 0b01100, 0b00100, 0b00100, 0b01110),
        "2": BigLetter(5, 0b11110, 0b00001, 0b01110, 0b10000, 0b11111),
        "3": BigLetter(5, 0b11110, 0b00001, 0b01110, 0b00001, 0b11110),
        "4": BigLetter(5, 0b10010, 0b10010, 0b11111, 0b00010, 0b00010),
        "5": BigLetter(5, 0b11111, 0b10000, 0b11110, 0b00001, 0b11110),
        "6": BigLetter(5, 0b01110, 0b10000, 0b11110, 0b10001, 0b01110),
        "7": BigLetter(5, 0b11111, 0b00001, 0b00010, 0b00100, 0b00100),
        "8": BigLetter(5, 0b01110, 0b10001, 0b01110, 0b10001, 0b01110),
        "9": BigLetter(5, 0b01110, 0b10001, 0b01111, 0b00001, 0b01110),
        ":": BigLetter(1, 0b0, 0b1, 0b0, 0b1, 0b0),
        ".": BigLetter(1, 0b0, 0b0, 0b0, 0b0, 0b1),
        ",": BigLetter(2, 0b00, 0b00, 0b00, 0b01, 0b10),
        "-": BigLetter(3, 0b000, 0b000, 0b111, 0b000, 0b000),
        "/": BigLetter(5, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000),
        "%": BigLetter(5, 0b11001, 0b11010, 0b00100, 0b01011, 0b10011),
        "!": BigLetter(1, 0b1, 0b1, 0b1, 0b0, 0b1),
        "?": BigLetter(5, 0b11110, 0b00001, 0b00110, 0b00000, 0b00100),
        "+": BigLetter(3, 0b000, 0b010, 0b111, 0b010, 0b000),
        "_": BigLetter(3, 0b000, 0b000, 0b000, 0b000, 0b111),
        " ": BigLetter(2, 0b00, 0b00, 0b00, 0b00, 0b00),
        "(": BigLetter(2, 0b01, 0b10, 0b10, 0b10, 0b01),
        ")": BigLetter(2, 0b10, 0b01, 0b01, 0b01, 0b10),
        "*": BigLetter(5, 0b00000, 0b10101, 0b01110, 0b10101, 0b00000),
        "=": BigLetter(3, 0b000, 0b111, 0b000, 0b111, 0b000),
        "'": BigLetter(1, 0b1, 0b1, 0b0, 0b0, 0b0),
        "<": BigLetter(3, 0b001, 0b010, 0b100, 0b010, 0b001),
        ">": BigLetter(3, 0b100, 0b010, 0b001, 0b010, 0b100),
        "#": BigLetter(5, 0b01010, 0b11111, 0b01010, 0b11111, 0b01010),
    ]
}
