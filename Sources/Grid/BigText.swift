/// Words in large letters, to be read from across a room.
public struct BigText: Sendable {
    /// How large a point of a letter is.
    public enum Size: Int, Sendable, CaseIterable {
        /// One column by half a row: letters three rows high.
        case small = 1
        /// Two columns by one row: five rows.
        case medium = 2
        /// Four by two: ten rows.
        case large = 4
        /// Six by three: fifteen rows.
        case huge = 6

        /// Rows that a line of text takes.
        public func rows(_ glyphs: Glyphs) -> Int {
            switch self {
            case .small: glyphs.isASCII ? 5 : 3
            case .medium: 5
            case .large: 10
            case .huge: 15
            }
        }
    }

    public let text: String
    private let letters: [BigLetter]

    /// The most characters of a line that are drawn.
    public static let charactersMax = 200

    public init(_ text: String) {
        self.text = text
        // Marks that combine have no letter of their own.
        letters = text.unicodeScalars.prefix(Self.charactersMax)
            .filter { $0.properties.canonicalCombiningClass == .notReordered }.map(BigFont.letter)
    }

    /// Columns that the text takes.
    public func columns(_ size: Size) -> Int {
        guard !letters.isEmpty else { return 0 }
        let points = letters.reduce(0) { $0 + $1.width } + (letters.count - 1) * BigFont.gap
        return points * max(size.rawValue, 1)
    }

    /// The largest size that fits; nil where not even the smallest does.
    public func fitting(width: Int, height: Int, glyphs: Glyphs, largest: Size = .huge) -> Size? {
        Size.allCases.reversed().first {
            $0.rawValue <= largest.rawValue && columns($0) <= width && $0.rows(glyphs) <= height
        }
    }

    /// Calls `body` with every point that is set: its column and row in points.
    fileprivate func points(_ body: (Int, Int) -> Void) {
        var left = 0
        for letter in letters {
            for row in 0..<BigFont.height {
                for column in 0..<letter.width where letter.isSet(column: column, row: row) { body(left + column, row) }
            }
            left += letter.width + BigFont.gap
        }
    }
}

extension Canvas {
    /// Draws large text with its upper left corner at a place; what does not fit is cut at the window's edge.
    /// Returns the rows taken.
    @discardableResult
    public func big(
        _ text: String, size: BigText.Size, x: Int = 0, y: Int = 0, ink: Ink, align: Align = .left
    ) -> Int {
        let big = BigText(text)
        let wide = big.columns(size)
        let left =
            switch align {
            case .left: x
            case .center: max((width - wide) / 2, 0)
            case .right: max(width - wide, 0)
            }
        let full: Character = glyphs.isASCII ? "#" : "█"
        if size == .small, !glyphs.isASCII {
            half(big, x: left, y: y, ink: ink)
        } else {
            let (across, down) = (size.rawValue, max(size.rawValue / 2, 1))
            big.points { column, row in
                fill(Box(x: left + column * across, y: y + row * down, width: across, height: down), full, ink: ink)
            }
        }
        return size.rows(glyphs)
    }

    /// Two points a cell, one above the other.
    private func half(_ big: BigText, x: Int, y: Int, ink: Ink) {
        var cells: [Int: [Int: UInt8]] = [:]
        big.points { column, row in cells[column, default: [:]][row / 2, default: 0] |= row % 2 == 0 ? 1 : 2 }
        let signs: [Character] = [" ", "▀", "▄", "█"]
        for (column, rows) in cells {
            for (row, bits) in rows {
                fill(Box(x: x + column, y: y + row, width: 1, height: 1), signs[Int(bits)], ink: ink)
            }
        }
    }

    /// A line in the largest letters that fit in `height` rows, or in plain ones where none do. Returns the rows taken.
    @discardableResult
    public func headline(
        _ text: String, y: Int, height: Int, ink: Ink, largest: BigText.Size = .huge, align: Align = .left
    ) -> Int {
        guard let size = BigText(text).fitting(width: width, height: height, glyphs: glyphs, largest: largest) else {
            put(text, x: 0, y: y, ink: ink, width: width, align: align)
            return 1
        }
        return big(text, size: size, y: y, ink: ink, align: align)
    }
}
