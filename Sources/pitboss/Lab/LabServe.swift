import ArgumentParser
import Lab

/// Hidden: one of the lab's HTTP servers. The lab starts this executable anew for each.
struct LabServe: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lab-serve", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough) var rest: [String] = []

    func run() throws {
        try LabHTTPServer(arguments: rest).run()
    }
}
