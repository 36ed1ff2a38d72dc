/// Why the screen cannot be opened, and what to do about it.
public enum TerminalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Input or output is a file or a pipe.
    case notATerminal
    /// `TERM` is not set.
    case noTerminalType
    /// terminfo has no entry of this name.
    case unknownTerminal(name: String)
    /// terminfo itself is missing.
    case noTerminalDatabase(name: String)
    /// Such as `dumb`: it can print lines and nothing else.
    case cannotPlaceCursor(name: String)
    /// A screen is open already: there is one at a time.
    case alreadyOpen
    /// ncurses would not, for reasons of its own (memory, descriptors).
    case refused(name: String)

    public var description: String {
        switch self {
        case .notATerminal:
            "input and output must both be a terminal: run it without a pipe, over SSH with `ssh -t`,"
                + " or use `pitboss status` for plain text"
        case .noTerminalType:
            "TERM is not set: set it to what your terminal is, for example TERM=xterm-256color"
        case .unknownTerminal(let name):
            "this machine knows no terminal called \(name): try TERM=xterm-256color,"
                + " or copy its description over with `infocmp -x \(name) | ssh HOST tic -x -`"
        case .noTerminalDatabase(let name):
            "no terminal descriptions are installed (looking for \(name)): install ncurses-base"
                + " or set TERMINFO to where they are"
        case .cannotPlaceCursor(let name):
            "a terminal of type \(name) cannot place its cursor: set TERM to what your terminal really is,"
                + " or use `pitboss status` for plain text"
        case .alreadyOpen: "a screen is open already: close it first"
        case .refused(let name):
            "ncurses could not open a terminal of type \(name): check memory and open files (ulimit -n)"
        }
    }
}
