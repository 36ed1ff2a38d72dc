import CPostgres
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One connection through libpq. All calls run on ``PollExecutor`` and none of them blocks: the connection is made
/// step by step, and a question is sent and its answer gathered as the socket allows.
///
/// Deadlines are the caller's: a cancelled call returns at once and leaves the connection fit only for `close()`.
actor PostgresConnection {
    nonisolated var unownedExecutor: UnownedSerialExecutor { PollExecutor.shared.asUnownedSerialExecutor() }

    private var handle: OpaquePointer?

    isolated deinit { close() }

    /// The server's version as libpq numbers it: 150014 is 15.14. Zero while not connected.
    var serverVersion: Int { handle.map { Int(PQserverVersion($0)) } ?? 0 }

    /// Connects and authenticates.
    ///
    /// - Parameter parameters: libpq's keywords and values; `hostaddr` must be there, or libpq would resolve names
    ///   and block.
    /// - Throws: ``PostgresFault``; ``FeedError/unusable(reason:)`` without libpq; or `CancellationError`.
    func open(_ parameters: [(keyword: String, value: String)]) async throws {
        close()
        if let fault = PostgresLibrary.fault {
            throw FeedError.unusable(reason: "libpq cannot be loaded, \(PostgresLibrary.remedy): \(fault)")
        }
        guard let made = PostgresConnection.start(parameters) else {
            throw PostgresFault(sqlState: nil, message: "out of memory")
        }
        handle = made
        if PQstatus(made) == CONNECTION_BAD { throw fault(made) }
        // Severity, state and place: the state is what tells errors apart.
        PQsetErrorVerbosity(made, PQERRORS_VERBOSE)
        // By default libpq writes notices to stderr, which is the operator's screen.
        PQsetNoticeReceiver(made, { _, _ in }, nil)
        var next = PGRES_POLLING_WRITING
        while next != PGRES_POLLING_OK {
            switch next {
            case PGRES_POLLING_READING: try await wait(.readable, made)
            case PGRES_POLLING_WRITING: try await wait(.writable, made)
            default: throw fault(made)
            }
            next = PQconnectPoll(made)
        }
        guard PQsetnonblocking(made, 1) == 0 else { throw fault(made) }
    }

    /// Asks one question that is answered by one row of one column, and returns that value's bytes.
    ///
    /// - Throws: ``PostgresFault``, or `CancellationError`.
    func value(_ sql: String) async throws -> [UInt8] {
        guard let handle else { throw PostgresFault(sqlState: nil, message: "the connection is closed") }
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 0) == 1 else { throw fault(handle) }
        var flushed = PQflush(handle)
        while flushed == 1 {
            try await wait(.writable, handle)
            flushed = PQflush(handle)
        }
        guard flushed == 0 else { throw fault(handle) }
        var answer: Result<[UInt8], PostgresFault>?
        while true {
            while PQisBusy(handle) == 1 {
                try await wait(.readable, handle)
                guard PQconsumeInput(handle) == 1 else { throw fault(handle) }
            }
            guard let result = PQgetResult(handle) else { break }
            // Of several results the first counts; the rest has to be read all the same.
            if answer == nil { answer = PostgresConnection.read(result) }
            PQclear(result)
        }
        guard let answer else { throw PostgresFault(sqlState: nil, message: "the server sent no result") }
        return try answer.get()
    }

    /// Closes the connection. Nothing is waited for.
    func close() {
        if let handle { PQfinish(handle) }
        handle = nil
    }

    private func wait(_ direction: PollExecutor.Direction, _ connection: OpaquePointer) async throws {
        let descriptor = PQsocket(connection)
        guard descriptor >= 0 else { throw fault(connection) }
        guard await PollExecutor.shared.wait(for: direction, of: descriptor) else { throw CancellationError() }
    }

    private func fault(_ connection: OpaquePointer) -> PostgresFault {
        PostgresFault(String(cString: PQerrorMessage(connection)))
    }

    private static func start(_ parameters: [(keyword: String, value: String)]) -> OpaquePointer? {
        let keywords = parameters.map { strdup($0.keyword) }
        let values = parameters.map { strdup($0.value) }
        defer {
            for copy in keywords { free(copy) }
            for copy in values {
                // A password was among them.
                if let copy { memset(copy, 0, strlen(copy)) }
                free(copy)
            }
        }
        return PQconnectStartParams(
            keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 0)
    }

    private static func read(_ result: OpaquePointer) -> Result<[UInt8], PostgresFault> {
        guard PQresultStatus(result) == PGRES_TUPLES_OK else {
            let state = PQresultErrorField(result, CInt(UInt8(ascii: "C"))).map { String(cString: $0) }
            let primary = PQresultErrorField(result, CInt(UInt8(ascii: "M"))).map { String(cString: $0) }
            return .failure(PostgresFault(sqlState: state, message: primary ?? "the server's answer is no row"))
        }
        guard PQntuples(result) == 1, PQnfields(result) == 1, PQgetisnull(result, 0, 0) == 0,
            let start = PQgetvalue(result, 0, 0)
        else {
            return .failure(PostgresFault(sqlState: nil, message: "the server's answer is not one value"))
        }
        let length = Int(PQgetlength(result, 0, 0))
        return .success([UInt8](UnsafeRawBufferPointer(start: start, count: length)))
    }
}
