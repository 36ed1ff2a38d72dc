import CZlib

/// Bytes that are seldom looked at, made small: zlib's work, as the system has it.
struct Compressed: Sendable {
    private let packed: [UInt8]
    private let count: Int

    /// Nil where there is no memory to do it in.
    init?(_ bytes: [UInt8]) {
        var size = compressBound(UInt(bytes.count))
        var room = [UInt8](repeating: 0, count: Int(size))
        // A reel is closed between two updates: the quick way is small enough.
        guard compress2(&room, &size, bytes, UInt(bytes.count), Z_BEST_SPEED) == Z_OK else { return nil }
        packed = Array(room[..<Int(size)])
        count = bytes.count
    }

    var size: Int { packed.count }

    func bytes() throws(TapeError) -> [UInt8] {
        var room = [UInt8](repeating: 0, count: count)
        var size = UInt(count)
        guard uncompress(&room, &size, packed, UInt(packed.count)) == Z_OK, Int(size) == count else { throw .torn }
        return room
    }
}
