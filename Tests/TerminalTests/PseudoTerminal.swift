import Glibc
import Testing

/// Both ends of a terminal that is nobody's. Used by one test at a time.
final class PseudoTerminal: @unchecked Sendable {
    struct Failure: Error {}

    // Linux's TIOCSPTLCK and TIOCGPTN, which do not come through as they are macros with arguments.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    private var controller: Int32
    let terminal: Int32

    init(rows: UInt16 = 24, columns: UInt16 = 80) throws {
        controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        guard controller >= 0, ioctl(controller, Self.setLock, &unlocked) == 0,
            ioctl(controller, Self.getNumber, &number) == 0
        else { throw Failure() }
        terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        guard terminal >= 0 else { throw Failure() }
        resize(rows: rows, columns: columns)
    }

    deinit {
        close(terminal)
        hangUp()
    }

    func resize(rows: UInt16, columns: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    }

    /// The other end goes away, as when an SSH session breaks off.
    func hangUp() {
        if controller >= 0 { close(controller) }
        controller = -1
    }

    /// What a person types.
    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(controller, bytes, bytes.count)
    }

    /// Everything sent to the screen so far: what lies before a mark that is sent after it.
    func takeOutput() throws -> String {
        let mark = "\u{1}END\u{1}"
        _ = write(terminal, mark, mark.utf8.count)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !bytes.suffix(mark.utf8.count).elementsEqual(mark.utf8) {
            var poll = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, 10_000) > 0 else { throw Failure() }
            let count = Glibc.read(controller, &buffer, buffer.count)
            guard count > 0 else { throw Failure() }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes.dropLast(mark.utf8.count), as: UTF8.self)
    }

    /// What the other end has sent by now, at most `count` bytes of it.
    func read(_ count: Int) -> [UInt8] {
        var poll = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, 0) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: count)
        let got = Glibc.read(controller, &buffer, count)
        return got > 0 ? Array(buffer.prefix(got)) : []
    }

    /// Flags and special characters, to compare.
    var settings: [UInt32] {
        var now = termios()
        tcgetattr(terminal, &now)
        return [now.c_iflag, now.c_oflag, now.c_cflag, now.c_lflag]
    }
}
