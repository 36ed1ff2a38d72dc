/// Packs a value into bytes by position: no names, every number at its full width, so that two packings of the same
/// subject are alike wherever the subject did not change. Unpacked by `PackedDecoder` of the same build only.
struct PackedEncoder: Encoder, UnkeyedEncodingContainer, SingleValueEncodingContainer {
    /// Shared by all containers of one packing.
    final class Bytes {
        var all: [UInt8] = []
    }

    let bytes: Bytes
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    private(set) var count = 0
    private let countAt: Int

    static func pack(_ value: some Encodable) throws -> [UInt8] {
        let encoder = PackedEncoder(Bytes())
        try value.encode(to: encoder)
        return encoder.bytes.all
    }

    private init(_ bytes: Bytes, countAt: Int = -1) {
        self.bytes = bytes
        self.countAt = countAt
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(PackedFields(encoder: self))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        let at = bytes.all.count
        put(UInt32(0))
        return PackedEncoder(bytes, countAt: at)
    }
    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func put<N: FixedWidthInteger>(_ number: N) {
        withUnsafeBytes(of: number.littleEndian) { bytes.all.append(contentsOf: $0) }
    }
    func put(_ text: String) {
        let utf8 = text.utf8
        put(UInt32(clamping: utf8.count))
        bytes.all.append(contentsOf: utf8)
    }

    /// Dictionaries by their sorted keys: their own order changes from one to the next.
    func put<T: Encodable>(any value: T) throws {
        if let figures = value as? [String: Double] {
            put(UInt32(clamping: figures.count))
            for (key, figure) in figures.sorted(by: { $0.key < $1.key }) {
                put(key)
                put(figure.bitPattern)
            }
        } else if let notes = value as? [String: String] {
            put(UInt32(clamping: notes.count))
            for (key, note) in notes.sorted(by: { $0.key < $1.key }) {
                put(key)
                put(note)
            }
        } else {
            try value.encode(to: PackedEncoder(bytes))
        }
    }

    /// One more element of a list: its count stands before it.
    private mutating func counted() {
        guard countAt >= 0 else { return }
        count += 1
        withUnsafeBytes(of: UInt32(clamping: count).littleEndian) {
            bytes.all.replaceSubrange(countAt..<countAt + 4, with: $0)
        }
    }

    mutating func encodeNil() throws {
        counted()
        put(UInt8(0))
    }
    mutating func nestedContainer<K: CodingKey>(keyedBy: K.Type) -> KeyedEncodingContainer<K> {
        counted()
        return container(keyedBy: K.self)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        counted()
        return unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder {
        counted()
        return PackedEncoder(bytes)
    }
    mutating func encode<T: Encodable>(_ value: T) throws {
        counted()
        try put(any: value)
    }
    mutating func encode(_ value: Bool) throws {
        counted()
        put(UInt8(value ? 1 : 0))
    }
    mutating func encode(_ value: String) throws {
        counted()
        put(value)
    }
    mutating func encode(_ value: Double) throws {
        counted()
        put(value.bitPattern)
    }
    mutating func encode(_ value: Float) throws {
        counted()
        put(value.bitPattern)
    }
    mutating func encode(_ value: Int) throws {
        counted()
        put(Int64(value))
    }
    mutating func encode(_ value: Int8) throws {
        counted()
        put(value)
    }
    mutating func encode(_ value: Int16) throws {
        counted()
        put(value)
    }
    mutating func encode(_ value: Int32) throws {
        counted()
        put(value)
    }
    mutating func encode(_ value: Int64) throws {
        counted()
        put(value)
    }
    mutating func encode(_ value: UInt) throws {
        counted()
        put(UInt64(value))
    }
    mutating func encode(_ value: UInt8) throws {
        counted()
        put(value)
    }
    mutating func encode(_ value: UInt16) throws {
        counted()
        put(value)
    }
    mutating func encode(_ value: UInt32) throws {
        counted()
        put(value)
    }
    mutating func encode(_ value: UInt64) throws {
        counted()
        put(value)
    }
}
