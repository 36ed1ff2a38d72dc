/// The fields of a value, as `PackedFields` laid them down.
struct UnpackedFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: PackedDecoder
    private var reader: PackedDecoder.Reader { decoder.reader }
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    init(decoder: PackedDecoder) { self.decoder = decoder }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { try !reader.isThere() }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try reader.any(type) }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try reader.isThere() ? try reader.any(type) : nil
    }
    func nestedContainer<K: CodingKey>(keyedBy type: K.Type, forKey key: Key) -> KeyedDecodingContainer<K> {
        decoder.container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder.unkeyedContainer()
    }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try reader.take(UInt8.self) != 0 }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try reader.isThere() ? try reader.take(UInt8.self) != 0 : nil
    }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try reader.text() }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try reader.isThere() ? try reader.text() : nil
    }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        Double(bitPattern: try reader.take(UInt64.self))
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try reader.isThere() ? Double(bitPattern: try reader.take(UInt64.self)) : nil
    }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(bitPattern: try reader.take(UInt32.self)) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
        try reader.isThere() ? Float(bitPattern: try reader.take(UInt32.self)) : nil
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        Int(truncatingIfNeeded: try reader.take(Int64.self))
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try reader.isThere() ? Int(truncatingIfNeeded: try reader.take(Int64.self)) : nil
    }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try reader.take(Int8.self) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
        try reader.isThere() ? try reader.take(Int8.self) : nil
    }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try reader.take(Int16.self) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
        try reader.isThere() ? try reader.take(Int16.self) : nil
    }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try reader.take(Int32.self) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        try reader.isThere() ? try reader.take(Int32.self) : nil
    }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try reader.take(Int64.self) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try reader.isThere() ? try reader.take(Int64.self) : nil
    }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt {
        UInt(truncatingIfNeeded: try reader.take(UInt64.self))
    }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
        try reader.isThere() ? UInt(truncatingIfNeeded: try reader.take(UInt64.self)) : nil
    }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try reader.take(UInt8.self) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
        try reader.isThere() ? try reader.take(UInt8.self) : nil
    }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try reader.take(UInt16.self) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
        try reader.isThere() ? try reader.take(UInt16.self) : nil
    }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try reader.take(UInt32.self) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
        try reader.isThere() ? try reader.take(UInt32.self) : nil
    }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try reader.take(UInt64.self) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
        try reader.isThere() ? try reader.take(UInt64.self) : nil
    }
}

/// A value that is nothing but itself.
struct UnpackedValue: SingleValueDecodingContainer {
    let reader: PackedDecoder.Reader
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try reader.any(type) }
    func decode(_ type: Bool.Type) throws -> Bool { try reader.take(UInt8.self) != 0 }
    func decode(_ type: String.Type) throws -> String { try reader.text() }
    func decode(_ type: Double.Type) throws -> Double { Double(bitPattern: try reader.take(UInt64.self)) }
    func decode(_ type: Float.Type) throws -> Float { Float(bitPattern: try reader.take(UInt32.self)) }
    func decode(_ type: Int.Type) throws -> Int { Int(truncatingIfNeeded: try reader.take(Int64.self)) }
    func decode(_ type: Int8.Type) throws -> Int8 { try reader.take(Int8.self) }
    func decode(_ type: Int16.Type) throws -> Int16 { try reader.take(Int16.self) }
    func decode(_ type: Int32.Type) throws -> Int32 { try reader.take(Int32.self) }
    func decode(_ type: Int64.Type) throws -> Int64 { try reader.take(Int64.self) }
    func decode(_ type: UInt.Type) throws -> UInt { UInt(truncatingIfNeeded: try reader.take(UInt64.self)) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try reader.take(UInt8.self) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try reader.take(UInt16.self) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try reader.take(UInt32.self) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try reader.take(UInt64.self) }
}
