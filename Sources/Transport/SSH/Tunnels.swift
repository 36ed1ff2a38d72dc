public import Estate
import FoundationEssentials
public import Settings
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Ways through bastions, one connection to each however many endpoints are behind it, shared by all of the process:
/// made when first asked for, and ended with the process or by `close`.
public final class Tunnels: Sendable {
    public static let shared = Tunnels()

    /// Longest path of a folder that sockets fit into: OpenSSH makes its own under a longer name first.
    static let folderBytesMax = LineSocketAddress.pathBytesMax - 30

    private struct State {
        var links: [Bastion: BastionLink] = [:]
        var folder: String?
        var next = 0
    }
    private let state = Mutex(State())
    private let stateFolder: String?

    /// - Parameter stateFolder: where sockets are kept; nil: beside the journal.
    init(stateFolder: String? = nil) { self.stateFolder = stateFolder }

    /// Our end of a way to an endpoint through its bastion. Throws `TransportError`, or `CancellationError`.
    func way(to endpoint: Endpoint, _ kind: NearPlace.Kind, clock: any Timekeeper) async throws -> NearPlace {
        try await link(endpoint.via, endpoint).way(to: FarPlace(endpoint), kind, clock: clock)
    }

    /// An error of a connection through a bastion, with the bastion's own word of why.
    func explained(_ error: any Error, _ endpoint: Endpoint, clock: any Timekeeper) async -> any Error {
        guard endpoint.via != nil, let far = try? FarPlace(endpoint), let link = try? link(endpoint.via, endpoint)
        else { return error }
        return await link.explained(error, far, label: endpoint.label, clock: clock)
    }

    /// Connects to a bastion, where there is no connection yet. Throws `TransportError`, or `CancellationError`.
    public func knock(_ bastion: Bastion, within deadline: Span, clock: any Timekeeper) async throws {
        let late = TransportError.late(endpoint: bastion.url, afterSeconds: deadline.seconds)
        try await withDeadline(deadline, clock: clock, orThrow: late) {
            try await self.link(bastion, Endpoint(url: bastion.url)).stand(clock: clock)
        }
    }

    /// Connects to all of these side by side. Whatever fails is told by those who need it.
    public func knock(_ bastions: [Bastion], clock: any Timekeeper) async {
        await withTaskGroup(of: Void.self) { group in
            for bastion in bastions {
                group.addTask { try? await self.knock(bastion, within: Self.knockDeadline, clock: clock) }
            }
        }
    }

    /// OpenSSH's own limit on connecting, and some.
    public static let knockDeadline = Span.seconds(Double(BastionLink.connectSecondsMax) + 2)

    /// Ends every connection; what is asked for afterwards is made anew.
    public func close() async {
        let (links, folder) = state.withLock { state in
            defer {
                state.links = [:]
                state.folder = nil
            }
            return (Array(state.links.values), state.folder)
        }
        await withTaskGroup(of: Void.self) { group in
            for link in links { group.addTask { await link.close() } }
        }
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }

    private func link(_ bastion: Bastion?, _ endpoint: Endpoint) throws(TransportError) -> BastionLink {
        guard let bastion else { throw .badAddress(endpoint: endpoint.label, reason: "it has no bastion") }
        let known = state.withLock { state -> Result<BastionLink, TransportError> in
            if let link = state.links[bastion] { return .success(link) }
            do throws(TransportError) {
                let folder: String
                if let known = state.folder { folder = known } else { folder = try Self.makeFolder(stateFolder) }
                state.folder = folder
                state.next += 1
                let link = BastionLink(bastion, folder: folder, number: state.next)
                state.links[bastion] = link
                return .success(link)
            } catch {
                return .failure(error)
            }
        }
        return try known.get()
    }

    // MARK: the folder

    /// A folder of this process alone, that nobody else may look into; those that dead processes left are removed.
    private static func makeFolder(_ given: String?) throws(TransportError) -> String {
        let base = given ?? standardFolder()
        let made = base + "/\(getpid())"
        let fits = made.utf8.count <= folderBytesMax
        let folder = fits ? made : "/tmp/pitboss-ssh-\(getuid())/\(getpid())"
        let parent = fits ? base : "/tmp/pitboss-ssh-\(getuid())"
        let files = FileManager.default
        do {
            try files.createDirectory(
                atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for name in (try? files.contentsOfDirectory(atPath: parent)) ?? [] {
                guard let pid = pid_t(name), pid > 0, pid == getpid() || (kill(pid, 0) != 0 && errno == ESRCH) else {
                    continue
                }
                try? files.removeItem(atPath: "\(parent)/\(name)")
            }
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .notStarted(program: "ssh", reason: "\(parent) cannot be written")
        }
        var entry = stat()
        guard stat(parent, &entry) == 0, entry.st_uid == getuid(), entry.st_mode & 0o022 == 0 else {
            throw .notStarted(program: "ssh", reason: "\(parent) belongs to somebody else, or others may write to it")
        }
        return folder
    }

    private static func standardFolder() -> String {
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/pitboss/ssh" }
        return (environment["HOME"] ?? "/tmp") + "/.local/state/pitboss/ssh"
    }
}
