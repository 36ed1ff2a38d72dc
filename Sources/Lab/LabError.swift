/// What can go wrong with a lab. Every case says what happened, to what, and what to do.
public enum LabError: Error, Equatable, Sendable, CustomStringConvertible {
    case badParameter(name: String, value: String, expected: String)
    case notRunning(directory: String)
    case notYours(directory: String, owner: UInt32)
    case busy(directory: String)
    case missingProgram(path: String, package: String)
    case noServiceUser(name: String)
    case directoryUnsuitable(path: String, reason: String, remedy: String)
    case portTaken(address: String, port: Int, member: String, holder: String?)
    case unknownMember(name: String, known: [String])
    case wrongKind(member: String, verb: String, kinds: [String])
    case memberDied(member: String, log: String, lastLines: String)
    case notReady(what: String, waitedSeconds: Int, look: String)
    case needsRoot(verb: String)
    case cannotPartition(reason: String, remedy: String)
    case notPossible(verb: String, member: String, reason: String, remedy: String)
    case stateUnreadable(path: String, reason: String)
    case noLeader(scope: String)
    case stillRunning(processes: [Int32])
    case system(call: String, subject: String, code: Int32)
    case interrupted(verb: String)

    public var description: String {
        switch self {
        case .badParameter, .unknownMember, .wrongKind, .noLeader, .notPossible, .interrupted:
            wrongRequest
        case .notRunning, .notYours, .busy, .stateUnreadable, .stillRunning:
            wrongState
        default:
            wrongMachine
        }
    }

    private var wrongRequest: String {
        switch self {
        case .badParameter(let name, let value, let expected):
            "\(name) \(value): expected \(expected)."
        case .unknownMember(let name, let known):
            "The lab has no member \(name). It has: \(known.joined(separator: ", "))."
        case .wrongKind(let member, let verb, let kinds):
            "\(verb) does not fit \(member): it works on \(kinds.joined(separator: ", "))."
        case .noLeader(let scope):
            "There is no leader of \(scope) now. Wait for an election, or look at `pitboss lab status`."
        case .notPossible(let verb, let member, let reason, let remedy):
            "\(verb) \(member) failed: \(reason). \(remedy)."
        case .interrupted(let verb):
            "Interrupted: \(verb). `pitboss lab down` cleans up what it had begun."
        default: ""
        }
    }

    private var wrongState: String {
        switch self {
        case .notRunning(let directory):
            "No lab runs in \(directory). Start one: `pitboss lab up`."
        case .busy(let directory):
            "Another `pitboss lab` is at work on \(directory). Wait until it has ended."
        case .notYours(let directory, let owner):
            "The lab in \(directory) was started by the user of number \(owner). Do this as that user."
        case .stateUnreadable(let path, let reason):
            "\(path) cannot be read: \(reason). `pitboss lab down` clears it away with all it started."
        case .stillRunning(let processes):
            "These processes of the lab outlived SIGKILL: \(processes.map(String.init).joined(separator: " ")). "
                + "See `ps -o pid,stat,wchan,args -p PID`, then `pitboss lab down` again."
        default: ""
        }
    }

    private var wrongMachine: String {
        switch self {
        case .missingProgram(let path, let package):
            "\(path) is missing. Install it: `apt-get install \(package)`."
        case .noServiceUser(let name):
            "There is no user \(name) to run PostgreSQL as. Debian's package postgresql-15 makes it; "
                + "or start the lab as a user other than root."
        case .directoryUnsuitable(let path, let reason, let remedy):
            "\(path) cannot hold a lab: \(reason). \(remedy)."
        case .portTaken(let address, let port, let member, let holder):
            "\(address):\(port), meant for \(member), is taken\(holder.map { " by " + $0 } ?? ""). "
                + "Stop that, or give the lab another address block or port offset."
        case .memberDied(let member, let log, let lastLines):
            "\(member) ended as soon as it was started. Its log \(log) ends with:\n\(lastLines)"
        case .notReady(let what, let waitedSeconds, let look):
            "Waited \(waitedSeconds) s in vain for \(what). Look into \(look)."
        case .needsRoot(let verb):
            "\(verb) needs root: it makes the kernel drop a member's packets. "
                + "Run `sudo pitboss lab up`, then this again."
        case .cannotPartition(let reason, let remedy):
            "No partition can be made here: \(reason). \(remedy)."
        case .system(let call, let subject, let code):
            "\(call) \(subject): \(systemMessage(code))."
        default: ""
        }
    }
}
