/// Why a balancer's runtime API refused a command. The words are HAProxy's own texts, sorted by what the operator
/// has to do about them.
public enum HAProxyRefusal: Error, Hashable, Sendable {
    /// The backend has no server of this name. Names are case-sensitive.
    case noSuchServer
    /// There is no backend of this name. Names are case-sensitive.
    case noSuchBackend
    /// The command's target was not written as `backend/server`.
    case targetMalformed
    /// The socket's level is too low: `set server` needs `level admin`.
    case permissionDenied
    /// This version does not know the command.
    case unknownCommand
    /// Anything else, escaped.
    case other(String)
}

extension HAProxyRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchServer: return "the backend has no such server (names are case-sensitive)"
        case .noSuchBackend: return "there is no such backend (names are case-sensitive)"
        case .targetMalformed: return "the target must be written as backend/server"
        case .permissionDenied:
            return "permission denied: the stats socket needs “level admin” for changes"
        case .unknownCommand: return "this version of the balancer does not know the command"
        case .other(let text): return "refused: \(text)"
        }
    }
}

/// The runtime API's answers, told apart.
public enum HAProxyReply {
    /// A command that changes something: success is silence.
    ///
    /// - Parameter bytes: everything the balancer sent until it closed the connection.
    /// - Returns: nil when the command was taken.
    public static func refusal(_ bytes: [UInt8]) -> HAProxyRefusal? {
        let text = trimmed(bytes)
        if text.isEmpty { return nil }
        return refusal(of: text)
    }

    /// A command that asks for something: its answer begins with a mark that no refusal begins with.
    static func refusal(_ bytes: ArraySlice<UInt8>, unlessStartsWith mark: String) -> HAProxyRefusal? {
        bytes.starts(with: mark.utf8) ? nil : refusal(of: trimmed(bytes))
    }

    /// The answers to several commands sent on one line with `;` between them. Each ends with an empty line; none of
    /// the commands that pitboss joins has one inside.
    ///
    /// - Parameter count: how many commands were sent.
    /// - Returns: as many answers as arrived whole, in order, each without its closing empty line; the last of them
    ///   takes everything that is left.
    public static func split(_ bytes: [UInt8], count: Int) -> [ArraySlice<UInt8>] {
        var answers: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        var lineStart = bytes.startIndex
        var at = bytes.startIndex
        while at < bytes.endIndex, answers.count < count {
            guard bytes[at] == 0x0A else {
                at += 1
                continue
            }
            if at == lineStart {
                answers.append(bytes[start..<at])
                start = at + 1
            }
            at += 1
            lineStart = at
        }
        return answers
    }

    private static func refusal(of text: String) -> HAProxyRefusal {
        if text.hasPrefix("No such server") { return .noSuchServer }
        if text.hasPrefix("No such backend") { return .noSuchBackend }
        if text.hasPrefix("Require 'backend/server'") { return .targetMalformed }
        if text.hasPrefix("Permission denied") { return .permissionDenied }
        if text.hasPrefix("Unknown command") { return .unknownCommand }
        return .other(Escaped.text(text))
    }

    private static func trimmed(_ bytes: some Collection<UInt8>) -> String {
        let blank: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }
        return String(decoding: bytes.drop(while: blank).reversed().drop(while: blank).reversed(), as: UTF8.self)
    }
}
