import NIOSSL

/// What the lab's own requests prove its servers with, and themselves to them.
struct LabTrust: Sendable {
    let context: NIOSSLContext

    /// - Returns: nil for a lab in the clear.
    static func read(_ plan: LabPlan, _ paths: LabPaths) throws(LabError) -> LabTrust? {
        guard plan.isSecured else { return nil }
        let files = LabCertificates(plan: plan, paths: paths)
        let own = files.certificate(LabCertificates.client)
        var made = TLSConfiguration.makeClientConfiguration()
        made.minimumTLSVersion = .tlsv12
        do {
            made.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(files.authority))
            made.certificateChain = try NIOSSLCertificate.fromPEMFile(own).map { .certificate($0) }
            made.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: files.key(LabCertificates.client), format: .pem))
            return LabTrust(context: try NIOSSLContext(configuration: made))
        } catch {
            throw .stateUnreadable(path: paths.tls, reason: "\(error)")
        }
    }
}
