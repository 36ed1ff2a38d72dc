import Foundation

/// What goes to people beside the answer.
enum Output {
    /// A line on stderr.
    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// A question on stderr and the line that answers it; nil at the end of input.
    static func ask(_ question: String) -> String? {
        FileHandle.standardError.write(Data(question.utf8))
        return readLine()
    }

    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }
}

/// `12.3 s`.
enum RoundedSeconds {
    static func text(_ seconds: Double) -> String {
        String(format: "%5.1f s", seconds)
    }
}
