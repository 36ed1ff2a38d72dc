import Estate
import Insight

/// Figures in words for a terminal; unknown is `–`.
enum Amount {
    static let unknown = "–"

    static func bytes(_ value: Int64?) -> String { value.map(Say.bytes) ?? unknown }

    static func seconds(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        return Say.span(.seconds(value))
    }

    static func count(_ value: Int?) -> String { value.map(String.init) ?? unknown }
}

/// Text from outside, safe for a terminal and for one line.
public enum SafeText {
    public static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var out = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar) {
                out += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }
}

/// Columns padded with blanks to the widest of their cells.
enum Columns {
    static func text(_ rows: [[String]], indent: String = "") -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = indent
            for (column, cell) in row.enumerated() {
                line += cell
                if column + 1 < row.count {
                    line += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
