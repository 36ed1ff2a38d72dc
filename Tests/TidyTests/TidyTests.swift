import Foundation
import Testing

/// Style is a test: what ARCHITECTURE asks of every file.
@Suite struct TidyTests {
    let repository = Repository.here

    @Test func roomsImportOnlyWhatTheTableAllows() throws {
        let table = try repository.importTable()
        #expect(table["Insight"] == ["Estate"], "the table of Package.swift was not understood")
        let rooms = Set(table.keys)
        for file in try repository.swiftFiles(under: "Sources") {
            let allowed = try #require(table[file.room], "\(file.path): room not in Package.swift")
            for line in file.lines {
                guard
                    let match = line.firstMatch(
                        of: /^\s*(?:public |internal |package )?import (?:struct |class |enum |protocol |func )?(\w+)/)
                else { continue }
                let module = String(match.output.1)
                if rooms.contains(module) {
                    #expect(allowed.contains(module), "\(file.path) imports \(module), which \(file.room) may not")
                }
            }
        }
    }

    /// ARCHITECTURE's directions, apart from the manifest: a manifest edited to allow one of these fails here.
    @Test(
        arguments: [
            ("Estate", []), ("Series", []), ("Grid", []), ("Lab", []), ("Wire", ["Estate"]),
            ("Tape", ["Estate", "CZlib"]),
            ("Simulator", ["Estate", "Plans"]),
            ("Terminal", ["CNcurses", "Grid"]),
            ("Insight", ["Estate", "Series"]), ("Plans", ["Estate", "Insight"]),
            ("Journal", ["Estate", "Series"]), ("Panels", ["Estate", "Grid", "Insight", "Plans", "Series"]),
            ("Cockpit", ["Estate", "Grid", "Insight", "Panels", "Plans", "Series"]),
        ] as [(String, [String])])
    func directionsAreNotReversed(room: String, most: [String]) throws {
        let allowed = try #require(try repository.importTable()[room])
        #expect(
            allowed.isSubset(of: Set(most)), "\(room) may import \(allowed.subtracting(most)), against ARCHITECTURE")
    }

    @Test func filesAreShort() throws {
        for folder in ["Sources", "Tests"] {
            for file in try repository.swiftFiles(under: folder) {
                #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count - 1) lines; 400 at most")
            }
        }
    }

    @Test func functionsAreShort() throws {
        for file in try repository.swiftFiles(under: "Sources") {
            for (name, start, count) in Functions.lengths(of: file.lines) {
                #expect(count < 70, "\(file.path):\(start) \(name) has \(count) lines; under 70")
            }
        }
    }

    /// A call, where it may stand, and what to use instead.
    @Test(
        arguments: [
            (#"\bDate\(\)"#, ["pitboss", "Lab"], "a Timekeeper's now()"),
            (#"\bTask\.sleep\b"#, ["Lab"], "a Timekeeper's sleep"),
            (#"(^|[^.\w])print\("#, ["pitboss", "Bench"], "a returned value or a log"),
            // The process sleeps on the main thread (Sources/pitboss/Start.swift).
            (#"\bMainActor\b|DispatchQueue\.main"#, [], "the screen's actor, or a task"),
            (#"\btry!"#, [], "a typed error"),
            (#"\bas!"#, [], "a checked cast"),
            (#"\bfatalError\("#, [], "a typed error"),
            (#"\b(TODO|FIXME|XXX)\b"#, [], "the work itself, or a sentence in the docs"),
        ] as [(String, [String], String)])
    func bannedCallsAreAbsent(pattern: String, exempt: [String], instead: String) throws {
        let banned = try Regex(pattern)
        for file in try repository.swiftFiles(under: "Sources") where !exempt.contains(file.room) {
            for (i, line) in file.lines.enumerated() {
                let code = line.trimmingCharacters(in: .whitespaces)
                if code.hasPrefix("//") || !line.contains(banned) { continue }
                // The one real clock is where the others come from.
                if file.path == "Sources/Feeds/SystemTimekeeper.swift" { continue }
                Issue.record("\(file.path):\(i + 1) uses \(pattern); use \(instead)")
            }
        }
    }

    @Test func pureRoomsReadNoClock() throws {
        let pure: Set = [
            "Estate", "Series", "Tape", "Insight", "Wire", "Plans", "Grid", "Panels", "Cockpit", "Simulator",
        ]
        for file in try repository.swiftFiles(under: "Sources") where pure.contains(file.room) {
            // Declares what waiting is; everybody else is handed it.
            if ["Sources/Estate/Time.swift", "Sources/Simulator/ScaledTimekeeper.swift"].contains(file.path) {
                continue
            }
            #expect(!file.text.contains("ContinuousClock"), "\(file.path) reads a clock")
            #expect(!file.text.contains(" await "), "\(file.path) awaits")
        }
    }

    /// Whatever declares itself an entry of a catalogue stands in it: the marker, and the catalogue's file.
    @Test(arguments: [
        ("Sources/Panels", "static let panel = ", "Sources/Panels/PanelCatalogue.swift"),
        ("Sources/Plans", "static let recipe = ", "Sources/Plans/PlanCatalogue.swift"),
        ("Sources/Feeds", ": Feed {", "Sources/Watch/FeedCatalogue.swift"),
    ])
    func whatDeclaresItselfIsInItsCatalogue(folder: String, marker: String, catalogue: String) throws {
        let list = try repository.text(catalogue)
        var entries = 0
        for file in try repository.swiftFiles(under: folder) {
            var type = ""
            for line in file.lines {
                if let found = line.firstMatch(of: /^(?:public )?(?:final )?(?:enum|struct|class|actor) (\w+)/) {
                    type = String(found.output.1)
                }
                guard line.contains(marker), !type.isEmpty else { continue }
                entries += 1
                #expect(list.contains(type), "\(catalogue) does not list \(type)")
            }
        }
        #expect(entries >= 5, "the marker '\(marker)' was not found in \(folder)")
    }
}

/// Finds functions and their lengths by their braces' indentation, which the formatter guarantees.
enum Functions {
    static func lengths(of lines: [Substring]) -> [(name: String, line: Int, count: Int)] {
        var found: [(String, Int, Int)] = []
        for (i, line) in lines.enumerated() {
            guard
                let match = line.firstMatch(
                    of:
                        /^( *)(?:@\w+ |public |private |internal |static |mutating |nonisolated |override |fileprivate )*(?:func ([^\s(<]+)|(init)[(<?])/
                )
            else { continue }
            let indent = match.output.1
            if line.hasSuffix("}"), line.contains("{") {
                found.append((String(match.output.2 ?? "init"), i + 1, 1))
                continue
            }
            guard let end = lines[i...].firstIndex(where: { $0 == indent + "}" }) else { continue }
            // A declaration without a body (a protocol's) ends where another begins.
            if lines[(i + 1)..<end].contains(where: {
                $0.hasPrefix(indent) && $0.contains("func ") && !$0.hasPrefix(indent + " ")
            }) {
                continue
            }
            found.append((String(match.output.2 ?? "init"), i + 1, end - i + 1))
        }
        return found
    }
}
