// swift-tools-version: 6.2
import PackageDescription

// One target each room of docs/ARCHITECTURE.md. `imports` names what a room may import of the house;
// the tidy test reads this table and holds every `import` line to it.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

enum Library {
    static let argumentParser = Target.Dependency.product(
        name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = Target.Dependency.product(
        name: "AsyncHTTPClient", package: "async-http-client")
    static let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
    static let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
    static let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
    static let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
    static let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
    static let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
    static let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
    static let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
    static let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
    static let yams = Target.Dependency.product(name: "Yams", package: "Yams")
}

func room(
    _ name: String, imports: [Target.Dependency] = [], _ libraries: [Target.Dependency] = [],
    exclude: [String] = [], linked: [LinkerSetting] = []
) -> Target {
    .target(
        name: name, dependencies: imports + libraries, exclude: exclude, swiftSettings: strict,
        linkerSettings: linked)
}

func tests(
    _ name: String, _ imports: [Target.Dependency], _ libraries: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: imports + libraries, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "pitboss",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "pitboss", targets: ["pitboss"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // The domain, and reasoning over it: no I/O, no clock.
        room("Estate"),
        room("Series"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        room("Tape", imports: ["Estate", "CZlib"]),
        room("Insight", imports: ["Estate"]),
        room("Plans", imports: ["Estate", "Insight"]),

        // What comes in from, and goes out to, the platform.
        room("Settings", imports: ["Estate"], [Library.yams]),
        room("Wire", imports: ["Estate"]),
        room(
            "Transport", imports: ["Estate", "Settings"],
            [
                Library.asyncHTTPClient, Library.nioCore, Library.nioPosix, Library.nioHTTP1, Library.nioSSL,
                Library.nioTLS,
            ]),
        .target(name: "CPostgres"),
        room(
            "Feeds", imports: ["Estate", "Settings", "Transport", "Wire", "CPostgres"],
            [Library.collections, Library.nioCore]),
        room("Watch", imports: ["Estate", "Feeds", "Insight", "Settings", "Tape"]),
        room("Journal", imports: ["Estate"], [Library.crypto, Library.grdb]),
        room(
            "Control",
            imports: ["Estate", "Journal", "Plans", "Settings", "Transport", "Wire"]),

        // What the command line says, as values and text; and what checks a configuration.
        room("Report", imports: ["Control", "Estate", "Insight", "Journal", "Plans"]),
        room("Doctor", imports: ["Estate", "Feeds", "Settings", "Transport", "Wire"]),

        // The glass.
        room("Grid", [Library.yams]),
        room("Panels", imports: ["Estate", "Grid", "Insight", "Plans", "Series"]),
        room("Cockpit", imports: ["Estate", "Grid", "Insight", "Panels", "Plans"]),
        .target(
            name: "CNcurses",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        room("Terminal", imports: ["CNcurses", "Grid"]),

        // Platforms to practise on: one in memory, and one of real servers on loopback.
        room("Simulator", imports: ["Estate", "Plans"], [Library.yams]),
        room("Lab", [Library.nioCore, Library.nioEmbedded, Library.nioSSL]),
        // Drills: faults on either, measured.
        room("Drills", imports: ["Estate", "Insight", "Settings", "Simulator"]),

        .target(name: "CStart"),
        .executableTarget(
            name: "pitboss",
            dependencies: [
                "CStart", "Cockpit", "Control", "Doctor", "Drills", "Estate", "Feeds", "Grid", "Insight", "Journal",
                "Lab", "Panels", "Plans", "Report", "Series", "Settings", "Simulator", "Tape", "Terminal", "Transport",
                "Watch", "Wire", Library.argumentParser, Library.logging,
            ], swiftSettings: strict),

        // What `make bench` measures of the pure rooms; not shipped.
        .executableTarget(
            name: "Bench",
            dependencies: [
                "Cockpit", "Estate", "Feeds", "Grid", "Insight", "Panels", "PitbossTestKit", "Tape", "Terminal", "Wire",
            ], swiftSettings: strict),
        .target(
            name: "PitbossTestKit", dependencies: ["Estate", "Feeds", "Grid", "Settings"], path: "Tests/PitbossTestKit",
            swiftSettings: strict),
        tests("EstateTests", ["Estate", "PitbossTestKit"]),
        tests("SeriesTests", ["Series"]),
        tests("TapeTests", ["Estate", "Tape"]),
        tests("InsightTests", ["Estate", "Insight", "PitbossTestKit"]),
        tests("PlansTests", ["Estate", "Insight", "PitbossTestKit", "Plans"], exclude: ["Scenarios"]),
        tests("SettingsTests", ["Estate", "Settings"]),
        tests("WireTests", ["Estate", "Wire"]),
        tests(
            "FeedsTests", ["Estate", "Feeds", "PitbossTestKit", "Settings", "Transport", "Wire"],
            [Library.nioCore, Library.nioPosix]),
        tests("WatchTests", ["Estate", "Feeds", "Insight", "PitbossTestKit", "Settings", "Watch"]),
        tests("JournalTests", ["Estate", "Journal"], [Library.grdb]),
        tests(
            "ControlTests",
            ["Control", "Estate", "Journal", "PitbossTestKit", "Plans", "Settings", "Transport", "Wire"]),
        tests("ReportTests", ["Control", "Estate", "Insight", "Journal", "Plans", "Report"]),
        tests("DoctorTests", ["Doctor", "Estate", "Feeds", "PitbossTestKit", "Settings", "Transport", "Wire"]),
        tests("GridTests", ["Grid"]),
        tests("PanelsTests", ["Estate", "Grid", "Insight", "Panels", "PitbossTestKit", "Plans"], exclude: ["Golden"]),
        tests("CockpitTests", ["Cockpit", "Estate", "Grid", "Insight", "Panels", "PitbossTestKit", "Plans"]),
        tests("TerminalTests", ["Grid", "Terminal"]),
        tests(
            "SimulatorTests",
            [
                "Control", "Estate", "Grid", "Insight", "Journal", "Panels", "PitbossTestKit", "Plans", "Settings",
                "Simulator",
            ],
            exclude: ["Screens"]),
        // Needs nothing internal, so that it can be run as it is shipped: `swift test -c release`.
        tests(
            "InterruptionTests",
            ["Control", "Estate", "Insight", "Journal", "PitbossTestKit", "Plans", "Simulator"]),
        tests("LabTests", ["Lab", "PitbossTestKit"]),
        tests("DrillsTests", ["Drills", "Estate", "Insight", "Settings", "Simulator"]),
        tests("TidyTests", []),
        tests(
            "LiveTests",
            [
                "Control", "Doctor", "Estate", "Feeds", "Insight", "Journal", "Lab", "PitbossTestKit", "Plans",
                "Settings", "Transport", "Watch", "Wire", "pitboss",
            ]),
    ]
)
