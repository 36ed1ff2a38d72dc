/// A theme as the program has it in itself: read from YAML once, when the program is made, not at every start.
struct PackedTheme {
    let name: String
    let summary: String
    let text: Int
    let back: Int
    let usesColor: Bool
    /// One number each token, see `Theme.Look.packed`.
    let looks: [UInt64]
}

extension Theme {
    init(packed: PackedTheme) {
        self.init(
            name: packed.name, summary: packed.summary, terminalText: RGB(packed.text),
            terminalBack: RGB(packed.back), usesColor: packed.usesColor,
            looks: Token.allCases.indices.map { $0 < packed.looks.count ? Look(packed: packed.looks[$0]) : .plain })
    }
}

extension Theme.Look {
    /// From the low bits up: rgb 24, index of 256 8, index of 16 4, attributes 4, mono 4, and one bit for each of
    /// the three colours that says that it is there.
    var packed: UInt64 {
        var bits = UInt64(shade.rgb?.value ?? 0)
        bits |= UInt64(shade.index256 ?? 0) << 24
        bits |= UInt64((shade.index16 ?? 0) & 0xf) << 32
        bits |= UInt64(attributes.rawValue & 0xf) << 36
        bits |= UInt64(mono.rawValue & 0xf) << 40
        if shade.rgb != nil { bits |= 1 << 44 }
        if shade.index256 != nil { bits |= 1 << 45 }
        if shade.index16 != nil { bits |= 1 << 46 }
        return bits
    }

    init(packed bits: UInt64) {
        shade = Theme.Shade(
            rgb: bits & 1 << 44 == 0 ? nil : RGB(Int(bits & 0xffffff)),
            index256: bits & 1 << 45 == 0 ? nil : UInt8(bits >> 24 & 0xff),
            index16: bits & 1 << 46 == 0 ? nil : UInt8(bits >> 32 & 0xf))
        attributes = Ink.Attributes(rawValue: UInt8(bits >> 36 & 0xf))
        mono = Ink.Attributes(rawValue: UInt8(bits >> 40 & 0xf))
    }
}
