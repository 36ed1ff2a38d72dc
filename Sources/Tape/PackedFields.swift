/// The fields of a value in the order in which they are declared, a byte before each that may be missing.
struct PackedFields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: PackedEncoder
    var codingPath: [any CodingKey] { [] }

    private func isThere<T>(_ value: T?) -> T? {
        encoder.put(UInt8(value == nil ? 0 : 1))
        return value
    }

    func encodeNil(forKey key: Key) { encoder.put(UInt8(0)) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder.put(any: value) }
    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
        if let value = isThere(value) { try encoder.put(any: value) }
    }
    func nestedContainer<K: CodingKey>(keyedBy type: K.Type, forKey key: Key) -> KeyedEncodingContainer<K> {
        encoder.container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder }
    func superEncoder(forKey key: Key) -> any Encoder { encoder }
    func encode(_ value: Bool, forKey key: Key) { encoder.put(UInt8(value ? 1 : 0)) }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) {
        if let value = isThere(value) { encoder.put(UInt8(value ? 1 : 0)) }
    }
    func encode(_ value: String, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: String?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
    func encode(_ value: Double, forKey key: Key) { encoder.put(value.bitPattern) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) {
        if let value = isThere(value) { encoder.put(value.bitPattern) }
    }
    func encode(_ value: Float, forKey key: Key) { encoder.put(value.bitPattern) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) {
        if let value = isThere(value) { encoder.put(value.bitPattern) }
    }
    func encode(_ value: Int, forKey key: Key) { encoder.put(Int64(value)) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { if let value = isThere(value) { encoder.put(Int64(value)) } }
    func encode(_ value: Int8, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
    func encode(_ value: Int16, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
    func encode(_ value: Int32, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
    func encode(_ value: Int64, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
    func encode(_ value: UInt, forKey key: Key) { encoder.put(UInt64(value)) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) {
        if let value = isThere(value) { encoder.put(UInt64(value)) }
    }
    func encode(_ value: UInt8, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
    func encode(_ value: UInt16, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
    func encode(_ value: UInt32, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
    func encode(_ value: UInt64, forKey key: Key) { encoder.put(value) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) { if let value = isThere(value) { encoder.put(value) } }
}
