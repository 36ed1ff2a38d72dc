import Testing

@testable import Wire

@Suite struct PrometheusScannerTests {
    private func page(_ text: String, _ format: PrometheusScanner.Format = .text) -> PrometheusPage {
        PrometheusPage(Array(text.utf8), format: format)
    }

    private func one(_ text: String, _ format: PrometheusScanner.Format = .text) throws -> PrometheusSample {
        let page = page(text + "\n", format)
        #expect(page.report.faults == 0, "\(String(describing: page.report.firstFault))")
        return try #require(page.samples.first)
    }

    @Test(
        arguments: [
            ("a 1", 1), ("a 0", 0), ("a -0.5", -0.5), ("a +3", 3), ("a .5", 0.5), ("a 5.", 5),
            ("a 1e3", 1000), ("a 1E-3", 0.001), ("a 1.5e+2", 150),
            ("a 1.7976931348623157e+308", 1.7976931348623157e308),
            ("a 5e-324", .leastNonzeroMagnitude), ("a 123456789012345678901234567890", 1.2345678901234568e29),
            ("a 9007199254740993", 9007199254740992), ("a 1.795239035123456e+09", 1.795239035123456e9),
            ("a 0.1", 0.1), ("a 2.2250738585072014e-308", 2.2250738585072014e-308), ("a 1e22", 1e22), ("a 1e23", 1e23),
            ("a +Inf", .infinity), ("a Inf", .infinity), ("a -Inf", -.infinity), ("a -inf", -.infinity),
        ] as [(String, Double)])
    func numbers(text: String, value: Double) throws {
        #expect(try one(text).value == value)
    }

    @Test func everyShortDecimalIsTheNearestDouble() throws {
        var seed: UInt64 = 42
        for _ in 0..<20_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let digits = seed >> 11 & 0x1F_FFFF_FFFF_FFFF
            let text = "\(digits).\(seed & 0xFFF)e\(Int(seed >> 60) - 8)"
            #expect(try one("a \(text)").value == Double(text))
        }
    }

    @Test func notANumber() throws {
        #expect(try one("a NaN").value.isNaN)
        #expect(try one("a nan").value.isNaN)
    }

    @Test(arguments: [
        "a", "a ", "a{} ", "a{b=\"c\"}", "a{b=\"c} 1", "a{b=c} 1", "a{b} 1", "a{=\"c\"} 1", "a{b=\"c\"", "a 1 x",
        "a 1 2 3", "a 0x10", "a 1_000", "a --1", "a 1e", "a e5", "a .", "a 1.2.3", "{} 1", "{a=\"b\"} 1", "= 1",
        "a{b=\"c\\", "a{b=\"c\" d=\"e\"} 1", "a{,} 1", "a 1\u{0}",
    ])
    func unreadableLinesAreCountedAndTheRestIsRead(line: String) throws {
        let page = page("first 1\n\(line)\nlast 2\n")
        #expect(page.samples.map(\.name) == ["first", "last"])
        #expect(page.report.faults == 1)
        #expect(page.report.lines == 3)
        guard case .malformed(_, let reason, let bytes)? = page.report.firstFault else {
            Issue.record("no fault was kept")
            return
        }
        #expect(reason.hasPrefix("line 2: "))
        #expect(!bytes.utf8.contains { $0 < 0x20 })
    }

    @Test(arguments: [
        "  a{b=\"c\"} 1", "\ta{b=\"c\"}\t1", "a {b=\"c\"} 1", "a{ b = \"c\" , } 1", "a{\tb=\"c\"\t}\t\t1  ",
        "a{b=\"c\"}1", "a{b=\"c\"} 1\r", "a{b=\"c\",} 1 1395066363000", "a{b=\"c\"} 1 # {trace=\"x\"} 0.67",
        "a{b=\"c\"} 1 1395066363000 # {t=\"}\"} 1 1", "{\"a\",b=\"c\"} 1", "{ \"a\" , b=\"c\" } 1",
        "a{\"b\"=\"c\"} 1",
    ])
    func blanksTabsExemplarsAndQuotedNames(line: String) throws {
        let sample = try one(line)
        #expect(sample.name == "a")
        #expect(sample.labels == ["b": "c"])
        #expect(sample.value == 1)
    }

    @Test func commentsEmptyLinesAndBlankLines() {
        let page = page("# HELP a Text with {braces} and \"marks\"\n# TYPE a gauge\n\n   \n  # indented\n\r\na 1\n#\n")
        #expect(page.samples.map(\.name) == ["a"])
        #expect(page.report.faults == 0)
        #expect(!page.report.isTruncated)
    }

    @Test func labelEscapes() throws {
        #expect(
            try one(#"a{b="C:\\DIR\\",c="say \"x\"",d="two\nlines",e="\q"} 1"#).labels == [
                "b": #"C:\DIR\"#, "c": "say \"x\"", "d": "two\nlines", "e": #"\q"#,
            ])
        #expect(try one(#"a{b="{},= #"} 1"#).labels == ["b": "{},= #"])
        #expect(try one(#"a{b=""} 1"#).labels == ["b": ""])
        #expect(try one(#"a{b="\\"} 1"#).labels == ["b": "\\"])
        #expect(try one("a{b=\"ü\",ü=\"x\"} 1").labels == ["b": "ü", "ü": "x"])
    }

    @Test func timestamps() throws {
        #expect(try one("a 1 1395066363000").timestampMilliseconds == 1_395_066_363_000)
        #expect(try one("a 1 -5").timestampMilliseconds == -5)
        #expect(try one("a 1").timestampMilliseconds == nil)
        #expect(try one("a 1 1395066363.25\n# EOF", .openMetrics).timestampMilliseconds == 1_395_066_363_250)
        #expect(page("a 1 NaN\n").report.faults == 1)
        #expect(page("a 1 1e300\n").report.faults == 1)
    }

    @Test func aPageCutAnywhereGivesNoWrongValue() throws {
        let whole = Array("a{x=\"1\"} 12345 99\nb 678\n".utf8)
        for length in 1..<whole.count {
            let page = PrometheusPage(Array(whole[..<length]))
            for sample in page.samples {
                #expect(sample.value == (sample.name == "a" ? 12345 : 678))
            }
            #expect(page.report.isTruncated == (whole[length - 1] != 0x0A), "cut at \(length)")
            #expect(page.report.faults == 0)
        }
        #expect(!PrometheusPage(whole).report.isTruncated)
    }

    @Test func openMetricsEnds() {
        #expect(page("a 1\n# EOF\n", .openMetrics).report.isTruncated == false)
        #expect(page("a 1\n# EOF", .openMetrics).report.isTruncated == false)
        #expect(page("a 1\r\n# EOF\r\n", .openMetrics).report.isTruncated == false)
        #expect(page("a 1\n", .openMetrics).report.isTruncated)
        #expect(page("", .openMetrics).report.isTruncated)
        #expect(page("").report.isTruncated == false)
        #expect(page("a 1\n# EOF\nb 2\n", .openMetrics).samples.count == 1)
        #expect(PrometheusScanner.Format(contentType: "application/openmetrics-text; version=1.0.0") == .openMetrics)
        #expect(PrometheusScanner.Format(contentType: "text/plain; version=0.0.4") == .text)
    }

    @Test func onlyWantedFamiliesAndTheirUnreadableLines() {
        let families = PrometheusFamilies(["b", "bb", "node_cpu_seconds_total"])
        let text = """
            a{x="1"} broken
            b 1
            bbb 2
            bb{x="2"} 3
            bb 4
            node_cpu_seconds_totals 5
            node_cpu_seconds_total{cpu="0",mode="idle"} 6
            a 7
            a{x="2"} 8
            ab 9
            b broken

            """
        var seen: [String] = []
        let report = PrometheusScanner.scan(Array(text.utf8).span.bytes, families) { line in
            seen.append("\(line.line):\(families.names[line.family])=\(line.value)")
            if line.family == 2 {
                seen.append("\(line.label("mode", is: "idle")) \(line.label("mode", is: "idl"))")
                seen.append("\(line.label("cpu") ?? "none") \(line.label("cp") ?? "none")")
            }
        }
        #expect(seen == ["2:b=1.0", "4:bb=3.0", "5:bb=4.0", "7:node_cpu_seconds_total=6.0", "true false", "0 none"])
        #expect(report.faults == 1)
        #expect(report.samples == 4)
    }

    @Test func moreSamplesThanTheLimit() {
        let text = String(repeating: "a 1\n", count: 5)
        var count = 0
        let report = PrometheusScanner.scan(Array(text.utf8).span.bytes, .everything, samplesMax: 3) { _ in count += 1 }
        #expect(count == 3)
        #expect(report.isOverLimit)
    }

    @Test func everyTableOfNamesFindsItsOwn() {
        let names = (0..<300).map { "metric_\($0)_total" } + ["a", "", "ab", "abcdefgh", "abcdefghi"]
        let families = PrometheusFamilies(names)
        for (index, name) in names.enumerated() where !name.isEmpty {
            let bytes = Array(name.utf8)
            let found = bytes.withUnsafeBytes { families.find($0.baseAddress!, $0.count) }
            #expect(found == Int32(index))
        }
    }

    @Test func randomBytesNeverTrap() {
        var seed: UInt64 = 7
        let alphabet = Array("a{}=\",\\ \t\n\r#1.e+-N\u{0}\u{ff}_EOF".utf8)
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int(seed >> 33 % 80) {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(seed >> 33) % alphabet.count])
            }
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            for format in [PrometheusScanner.Format.text, .openMetrics] {
                let page = PrometheusPage(bytes, format: format)
                #expect(page.report.samples == page.samples.count)
                #expect(page.report.lines <= bytes.count)
            }
        }
    }

    @Test func aRealPage() throws {
        let bytes = try Fixture.bytes("nodeexporter/debian-1.5.0-host-1.prom")
        let page = PrometheusPage(bytes)
        let plainLines = bytes.split(separator: 0x0A).filter { $0.first != UInt8(ascii: "#") }
        #expect(page.report.faults == 0)
        #expect(page.samples.count == plainLines.count)
        #expect(!page.report.isTruncated)
        for (sample, line) in zip(page.samples, plainLines) {
            let last = String(decoding: line.split(separator: 0x20).last!, as: UTF8.self)
            #expect(line.starts(with: sample.name.utf8))
            #expect(sample.value == Double(last) || (sample.value.isNaN && last == "NaN"))
        }
        let wanted = PrometheusPage(bytes, PrometheusFamilies(["node_load1", "node_cpu_seconds_total"]))
        #expect(wanted.samples.filter { $0.name == "node_cpu_seconds_total" }.count == 16)
        #expect(wanted.samples.count == 17)
    }
}
