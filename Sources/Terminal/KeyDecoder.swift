public import Grid

/// Bytes from a terminal to keys: a pure machine, fed as they come in.
///
/// An escape at the end of what came in may be the Esc key or the beginning of a sequence: `isWaiting` is true, and
/// `flush` decides for the key when nothing has followed for `patienceMilliseconds`.
public struct KeyDecoder: Sendable {
    public enum Event: Equatable, Sendable {
        case key(Key)
        case paste(String)
        case mouse(Mouse)
        case focus(Bool)
        /// The terminal says that it has drawn all that was sent before it was asked.
        case ready
    }

    /// How long an escape waits for what may follow.
    public static let escapeDelayMilliseconds = 25
    /// How long a paste waits for its end. Long: the rest of a paste must not be taken for keys.
    public static let pasteDelayMilliseconds = 2_000
    /// The most of a paste that is kept.
    public static let pasteBytesMax = 64 * 1_024
    /// The longest sequence understood; what is longer is dropped.
    static let sequenceBytesMax = 64

    /// Sequences of this very terminal, from terminfo.
    private let special: [[UInt8]: Key]
    private var held: [UInt8] = []
    private var pasting = false
    private var paste: [UInt8] = []

    public init(special: [[UInt8]: Key] = [:]) {
        self.special = special
    }

    /// True while it depends on what follows what the last bytes mean.
    public var isWaiting: Bool { pasting || !held.isEmpty }

    /// How long to wait for more before `flush`.
    public var patienceMilliseconds: Int {
        pasting ? KeyDecoder.pasteDelayMilliseconds : KeyDecoder.escapeDelayMilliseconds
    }

    /// What `bytes`, after all that came before, mean.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
        held.append(contentsOf: bytes)
        return drain(final: false)
    }

    /// What the held bytes mean if nothing follows.
    public mutating func flush() -> [Event] {
        let wasPasting = pasting
        let events = drain(final: true)
        guard wasPasting, pasting else { return events }
        pasting = false
        defer { paste = [] }
        return events + [.paste(String(decoding: paste, as: UTF8.self))]
    }

    private mutating func drain(final: Bool) -> [Event] {
        var events: [Event] = []
        var rest = held[...]
        while !rest.isEmpty {
            if pasting {
                guard let end = takePaste(&rest, final: final) else { break }
                events.append(end)
                continue
            }
            switch KeyDecoder.next(rest, special: special, final: final) {
            case .more:
                held = Array(rest)
                return events
            case .nothing(let count): rest = rest.dropFirst(count)
            case .event(let event, let count):
                events.append(event)
                rest = rest.dropFirst(count)
            case .pasteBegins(let count):
                rest = rest.dropFirst(count)
                pasting = true
                paste = []
            }
        }
        held = Array(rest)
        return events
    }

    private static let pasteEnd: [UInt8] = Array("\u{1b}[201~".utf8)

    /// Moves what was pasted; the event when the paste has ended. Keeps back what may be the start of its end.
    private mutating func takePaste(_ rest: inout ArraySlice<UInt8>, final: Bool) -> Event? {
        let end = KeyDecoder.pasteEnd
        var at = rest.startIndex
        while at < rest.endIndex {
            if rest[at] == 0x1b {
                let tail = rest[at...].prefix(end.count)
                if tail.elementsEqual(end) {
                    rest = rest[(at + end.count)...]
                    pasting = false
                    defer { paste = [] }
                    return .paste(String(decoding: paste, as: UTF8.self))
                }
                if !final, tail.count < end.count, end.starts(with: tail) { break }
            }
            if paste.count < KeyDecoder.pasteBytesMax { paste.append(rest[at]) }
            at += 1
        }
        rest = rest[at...]
        return nil
    }
}
