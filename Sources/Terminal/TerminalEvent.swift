public import Grid

/// What a terminal reports.
public enum TerminalEvent: Sendable, Equatable {
    case key(Key)
    /// Text that was pasted, as it came; at most `KeyDecoder.pasteBytesMax` of it.
    case paste(String)
    case mouse(Mouse)
    /// The terminal has another size: draw for it.
    case resized(width: Int, height: Int)
    /// The terminal's window got, or lost, the keyboard.
    case focus(Bool)
    /// A signal that asks the program to end.
    case signal(TerminalSignal)
    /// Back after a stop (`Ctrl-Z`, `fg`); the last picture has been drawn again.
    case resumed
    /// The terminal is gone: nothing can be drawn any more.
    case gone
}

/// Signals that ask a program with a screen to end.
public enum TerminalSignal: Sendable, Equatable {
    case terminate, interrupt, hangup
}
