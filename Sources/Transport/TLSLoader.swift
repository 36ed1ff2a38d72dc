import FoundationEssentials
import NIOSSL
import Settings
import Synchronization

/// Makes TLS configurations from files when a connection first needs one (the default roots alone cost
/// milliseconds), and again when a file has changed, so that a renewed certificate is taken up without a restart.
final class TLSLoader: Sendable {
    private struct Entry {
        let options: TLSOptions
        let stamps: [Date?]
        let configuration: TLSConfiguration
    }

    private let entries = Mutex<[Entry]>([])

    /// The configuration for these options; `nil` options verify against the system's roots.
    func configuration(_ options: TLSOptions?) throws(TransportError) -> TLSConfiguration {
        let options = options ?? TLSOptions()
        let stamps = [options.caFile, options.certificateFile, options.keyFile].map { file in
            file.flatMap { try? FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date }
        }
        let known = entries.withLock { $0.first { $0.options == options && $0.stamps == stamps } }
        if let known { return known.configuration }
        let made = try TLSLoader.load(options)
        entries.withLock { list in
            list.removeAll { $0.options == options }
            list.append(Entry(options: options, stamps: stamps, configuration: made))
        }
        return made
    }

    private static func load(_ options: TLSOptions) throws(TransportError) -> TLSConfiguration {
        var made = TLSConfiguration.makeClientConfiguration()
        made.minimumTLSVersion = .tlsv12
        if options.insecureSkipVerify { made.certificateVerification = .none }
        if let file = options.caFile {
            let roots = try reading(file) { try NIOSSLCertificate.fromPEMFile(file) }
            guard !roots.isEmpty else { throw .unusableTLS(file: file, reason: "it holds no certificate") }
            made.trustRoots = .certificates(roots)
        }
        switch (options.certificateFile, options.keyFile) {
        case (nil, nil): break
        case (let certificate?, let key):
            // As many tools do, the key may stand in the certificate's file.
            let keyFile = key ?? certificate
            made.certificateChain = try reading(certificate) {
                try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            }
            made.privateKey = try reading(keyFile) {
                .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
            }
        case (nil, let key?):
            throw .unusableTLS(file: key, reason: "there is a key and no certificate")
        }
        return made
    }

    private static func reading<Value>(_ file: String, _ body: () throws -> Value) throws(TransportError) -> Value {
        do {
            return try body()
        } catch {
            let reason = FileManager.default.isReadableFile(atPath: file) ? "\(error)" : "it cannot be read"
            throw .unusableTLS(file: file, reason: reason)
        }
    }
}
