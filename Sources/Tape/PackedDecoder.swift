/// Unpacks what `PackedEncoder` packed.
struct PackedDecoder: Decoder, UnkeyedDecodingContainer {
    final class Reader {
        let bytes: [UInt8]
        var at = 0
        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func take<N: FixedWidthInteger>(_ type: N.Type) throws -> N {
            let size = MemoryLayout<N>.size
            guard at + size <= bytes.count else { throw TapeError.torn }
            defer { at += size }
            return bytes.withUnsafeBytes { N(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: N.self)) }
        }
        func text() throws -> String {
            let count = Int(try take(UInt32.self))
            guard at + count <= bytes.count else { throw TapeError.torn }
            defer { at += count }
            return String(decoding: bytes[at..<at + count], as: UTF8.self)
        }
        func isThere() throws -> Bool { try take(UInt8.self) != 0 }

        func any<T: Decodable>(_ type: T.Type) throws -> T {
            if type == [String: Double].self {
                var figures: [String: Double] = [:]
                for _ in 0..<(try take(UInt32.self)) {
                    figures[try text()] = Double(bitPattern: try take(UInt64.self))
                }
                if let figures = figures as? T { return figures }
            }
            if type == [String: String].self {
                var notes: [String: String] = [:]
                for _ in 0..<(try take(UInt32.self)) { notes[try text()] = try text() }
                if let notes = notes as? T { return notes }
            }
            return try T(from: PackedDecoder(self))
        }
    }

    let reader: Reader
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    let count: Int?
    private(set) var currentIndex = 0
    var isAtEnd: Bool { currentIndex >= (count ?? 0) }

    static func unpack<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws -> T {
        try T(from: PackedDecoder(Reader(bytes)))
    }

    private init(_ reader: Reader, count: Int? = nil) {
        self.reader = reader
        self.count = count
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(UnpackedFields(decoder: self))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        PackedDecoder(reader, count: Int(try reader.take(UInt32.self)))
    }
    func singleValueContainer() -> any SingleValueDecodingContainer { UnpackedValue(reader: reader) }

    func decodeNil() -> Bool { false }
    mutating func nestedContainer<K: CodingKey>(keyedBy type: K.Type) throws -> KeyedDecodingContainer<K> {
        currentIndex += 1
        return container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        currentIndex += 1
        return try unkeyedContainer()
    }
    mutating func superDecoder() -> any Decoder {
        currentIndex += 1
        return PackedDecoder(reader)
    }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        currentIndex += 1
        return try reader.any(type)
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool {
        currentIndex += 1
        return try reader.take(UInt8.self) != 0
    }
    mutating func decode(_ type: String.Type) throws -> String {
        currentIndex += 1
        return try reader.text()
    }
    mutating func decode(_ type: Double.Type) throws -> Double {
        currentIndex += 1
        return Double(bitPattern: try reader.take(UInt64.self))
    }
    mutating func decode(_ type: Float.Type) throws -> Float {
        currentIndex += 1
        return Float(bitPattern: try reader.take(UInt32.self))
    }
    mutating func decode(_ type: Int.Type) throws -> Int {
        currentIndex += 1
        return Int(truncatingIfNeeded: try reader.take(Int64.self))
    }
    mutating func decode(_ type: Int8.Type) throws -> Int8 {
        currentIndex += 1
        return try reader.take(Int8.self)
    }
    mutating func decode(_ type: Int16.Type) throws -> Int16 {
        currentIndex += 1
        return try reader.take(Int16.self)
    }
    mutating func decode(_ type: Int32.Type) throws -> Int32 {
        currentIndex += 1
        return try reader.take(Int32.self)
    }
    mutating func decode(_ type: Int64.Type) throws -> Int64 {
        currentIndex += 1
        return try reader.take(Int64.self)
    }
    mutating func decode(_ type: UInt.Type) throws -> UInt {
        currentIndex += 1
        return UInt(truncatingIfNeeded: try reader.take(UInt64.self))
    }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 {
        currentIndex += 1
        return try reader.take(UInt8.self)
    }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 {
        currentIndex += 1
        return try reader.take(UInt16.self)
    }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 {
        currentIndex += 1
        return try reader.take(UInt32.self)
    }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 {
        currentIndex += 1
        return try reader.take(UInt64.self)
    }
}
