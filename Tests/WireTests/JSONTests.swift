import Testing

@testable import Wire

@Suite struct JSONTests {
    private func parse(_ text: String) throws(WireError) -> JSONValue {
        try JSONValue(parsing: Array(text.utf8), format: "test")
    }

    @Test func readsEveryKind() throws {
        let json = try parse(
            #" {"a":[1,-2,3.5,1e3,true,false,null],"b":{"c":"x\n\"\\\/\b\f\r\t"},"u":18446744073709551615} "#)
        #expect(json["a"]?.array == [.int(1), .int(-2), .double(3.5), .double(1000), .bool(true), .bool(false), .null])
        #expect(json["b"]?["c"]?.string == "x\n\"\\/\u{8}\u{C}\r\t")
        #expect(json["u"]?.unsigned == .max)
        #expect(json["u"]?.int == nil)
        #expect(json["none"] == nil)
    }

    @Test func readsEscapedCharacters() throws {
        #expect(try parse(#""\u00e9\u20AC\ud83d\ude00""#).string == "é€😀")
        #expect(try parse(#""\ud83dx""#).string == "\u{FFFD}x")
        #expect(try parse(#""\ud83d\u0041""#).string == "\u{FFFD}A")
        #expect(try parse("\"é€😀\"").string == "é€😀")
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "[1,]", "[1 2]", "tru",
        "nul",
        "01", "-", "1.", "1e", "1e999", "+1", "NaN", "'a'", "\"\u{1}\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "1 2",
        "{} x", "{1:2}", "\u{FEFF}{}",
    ])
    func refusesWhatIsNotJSON(_ text: String) {
        #expect(throws: WireError.self) { try parse(text) }
    }

    @Test func refusesDepthThatWouldEatTheStack() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: WireError.self) { try parse(deep) }
        let fine = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(throws: Never.self) { try parse(fine) }
    }

    @Test func everyCutOfADocumentIsAnErrorAndNoTrap() throws {
        let text = Array(#"{"k":["v\u00e9",{"n":-12.5e-3,"t":true,"z":null}]}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: WireError.self) { try JSONValue(parsing: Array(text[..<length]), format: "test") }
        }
    }

    @Test func anyByteAnywhereIsNoTrap() throws {
        let text = Array(#"{"k":["v\u00e9",{"n":-12.5,"t":true}]}"#.utf8)
        for index in text.indices {
            for byte in stride(from: UInt8.min, to: .max, by: 3) {
                var broken = text
                broken[index] = byte
                _ = try? JSONValue(parsing: broken, format: "test")
            }
        }
    }

    @Test func errorShowsWhereEscapedAndCapped() {
        let bytes = Array("{\"key\":\u{1B}[2J".utf8) + Array(repeating: 0xFF, count: 500)
        #expect {
            try JSONValue(parsing: bytes, format: "etcd range")
        } throws: { error in
            guard case WireError.malformed("etcd range", let reason, let excerpt)? = error as? WireError else {
                return false
            }
            return reason.contains("byte 7") && excerpt.contains("\\x1b[2J\\xff") && excerpt.count <= 121
                && !excerpt.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
    }

    @Test func numbersAndTruthsInOtherClothes() throws {
        let json = try parse(#"{"i":"42","d":"1.5","u":"18446744073709551615","on":"on","no":"No","w":3.0,"h":3.5}"#)
        #expect(json["i"]?.int == 42)
        #expect(json["d"]?.double == 1.5)
        #expect(json["u"]?.unsigned == .max)
        #expect(json["on"]?.bool == true)
        #expect(json["no"]?.bool == false)
        #expect(json["w"]?.int == 3)
        #expect(json["h"]?.int == nil)
        #expect(json["i"]?.bool == nil)
        #expect(try parse(#""nan""#).double == nil)
        #expect(try parse(#""inf""#).double == nil)
    }

    @Test func writtenAndReadAgainIsTheSame() throws {
        let text = #"{"a":[1,2.5,"x\n\"\u0001é"],"b":{},"c":null,"d":true,"e":18446744073709551615}"#
        let json = try parse(text)
        #expect(json.text == text)
        #expect(try parse(json.text) == json)
    }

    @Test func excerptsEscapeWhatATerminalWouldObey() {
        #expect(
            Escaped.text("a\u{1B}[0m\u{7F}\u{9B}\u{202E}\u{2028}b\\") == "a\\x1b[0m\\x7f\\u{9b}\\u{202e}\\u{2028}b\\\\")
        #expect(Escaped.text([0x61, 0xC3, 0x28, 0xF0, 0x9F]) == "a\\xc3(\\xf0\\x9f")
        #expect(Escaped.text("äöü€") == "äöü€")
        #expect(Escaped.text(String(repeating: "x", count: 500)).count == Escaped.excerptCharactersMax + 1)
    }
}
