import Estate
import Feeds

/// A peer that is a program: a shell that passes on what a scripted server says, so that a test can see whether it was
/// asked, hold its answer back, and see it end.
public final class ProgramPeer: FakePeer {
    private let moods: Observed<PeerMood>
    public let server: FakeServer

    /// - Parameters:
    ///   - answer: what is said to each line asked, in each mood.
    ///   - endsAfterAnswer: true of a program that answers and ends, false of one that goes on listening.
    public init(endsAfterAnswer: Bool, answer: @escaping @Sendable (PeerMood, _ line: String) -> String) {
        let moods = Observed(PeerMood.good)
        self.moods = moods
        server = FakeServer { input, connection in
            while let end = input.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: input[..<end], as: UTF8.self)
                input.removeFirst(end + 1)
                let mood = moods.value
                if mood == .silent { continue }
                connection.send(answer(mood, line))
                if endsAfterAnswer { connection.close() }
            }
        }
    }

    public func become(_ mood: PeerMood) { moods.update { $0 = mood } }

    /// Starts, asks with its arguments, prints the answer, ends.
    public var answeringCommand: [String] {
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(server.port) && echo \"$*\" >&3 && cat <&3"
        return ["/bin/bash", "-c", script, "bash"]
    }

    /// Passes every line on, both ways, and ends when the server has gone. What runs in a shell's background has no
    /// standard input unless it is handed over.
    public var listeningCommand: [String] {
        let script =
            "exec 3<>/dev/tcp/127.0.0.1/\(server.port) 4<&0 || exit 1; cat <&4 >&3 & cat <&3; kill $!"
        return ["/bin/bash", "-c", script, "bash"]
    }
}
