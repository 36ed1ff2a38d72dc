#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

import AsyncHTTPClient
import Estate
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOSSL
import Settings

/// HTTP through a bastion: in the clear over a socket of ours, under TLS over a port of ours, where the far host's
/// name is asked for and proved as if there were no bastion in between.
enum HTTPWay {
    enum Client: Hashable, Sendable {
        case fromHere
        /// TLS to this host, behind a port on 127.0.0.1; `isHeld`: its certificate is held against its name.
        case far(host: String, isHeld: Bool)
    }

    /// Points a request at our end of the way, and tells which client is to send it.
    static func lead(
        _ request: inout HTTPClientRequest, to endpoint: Endpoint, clock: any Timekeeper
    ) async throws -> Client {
        let base = try endpoint.httpBase()
        let path = request.url.dropFirst(base.utf8.count)
        guard case .host(let host, let port) = try FarPlace(endpoint) else {
            throw TransportError.badAddress(endpoint: endpoint.label, reason: "it has no host")
        }
        if !request.headers.contains(name: "host") {
            let name = host.contains(":") ? "[\(host)]" : host
            request.headers.add(name: "host", value: "\(name):\(port)")
        }
        switch try await Tunnels.shared.way(to: endpoint, endpoint.isTLS ? .port : .socket, clock: clock) {
        case .socket(let file):
            var encoded = ""
            for byte in file.utf8 {
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
            request.url = "http+unix://\(encoded)\(path)"
            return .fromHere
        case .port(let port):
            guard NameResolver.isAddress(host) else {
                request.url = "https://\(host):\(port)\(path)"
                let isHeld = request.tlsConfiguration?.certificateVerification == .fullVerification
                return .far(host: host, isHeld: isHeld)
            }
            // The library would hold the certificate against 127.0.0.1: the chain is its part, the address ours.
            request.url = "https://127.0.0.1:\(port)\(path)"
            if request.tlsConfiguration?.certificateVerification == .fullVerification {
                request.tlsConfiguration?.certificateVerification = .noHostnameVerification
                return .far(host: host, isHeld: true)
            }
            return .fromHere
        }
    }

    static func configure(_ configuration: inout HTTPClient.Configuration, for kind: Client) {
        guard case .far(let host, let isHeld) = kind else { return }
        let isAddress = NameResolver.isAddress(host)
        if !isAddress { configuration.dnsOverride = [host: "127.0.0.1"] }
        guard isHeld else { return }
        // The library also takes a certificate for the address that it is connected to, which is 127.0.0.1.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.submit {
                let handler = try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
                let certificate = handler.peerCertificate
                let isHosts =
                    isAddress ? FarName.has(certificate, address: host) : FarName.has(certificate, name: host)
                guard isHosts else {
                    throw NIOSSLExtraError.failedToValidateHostname
                }
            }.flatMapErrorThrowing { error in
                channel.close(promise: nil)
                throw error
            }
        }
    }
}

/// Whether a certificate is an address's.
enum FarName {
    static func has(_ certificate: NIOSSLCertificate?, address: String) -> Bool {
        guard let certificate, let wanted = bytes(of: address) else { return false }
        return certificate._subjectAlternativeNames().contains { name in
            name.nameType == .ipAddress && Array(name.contents) == wanted
        }
    }

    /// By its alternative names alone; a star stands for the whole first label.
    static func has(_ certificate: NIOSSLCertificate?, name: String) -> Bool {
        guard let certificate else { return false }
        let wanted = lower(name)
        return certificate._subjectAlternativeNames().contains { one in
            guard one.nameType == .dnsName else { return false }
            let offered = lower(String(decoding: Array(one.contents), as: UTF8.self))
            if offered == wanted { return true }
            guard offered.hasPrefix("*."), let dot = wanted.firstIndex(of: "."), dot != wanted.startIndex else {
                return false
            }
            return offered.dropFirst() == wanted[dot...] && offered.dropFirst(2).contains(".")
        }
    }

    private static func lower(_ name: String) -> String {
        let small = name.lowercased()
        return small.hasSuffix(".") ? String(small.dropLast()) : small
    }

    /// The address as a certificate has it; nil for what is none.
    static func bytes(of address: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, address, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
