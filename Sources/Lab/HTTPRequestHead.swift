import Foundation

/// The head of an HTTP request, as far as the servers care.
struct HTTPRequestHead: Equatable {
    let method: String
    let path: String
    let keepsAlive: Bool

    /// - Returns: the request and how many bytes it took with its body; nil while it is not whole.
    static func parse(_ bytes: [UInt8]) -> (HTTPRequestHead, Int)? {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard let end = bytes.firstRange(of: blank) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ")
        var bodyBytes = 0
        var keepsAlive = words.last == "HTTP/1.1"
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].trimmingCharacters(in: .whitespaces).lowercased()
            switch parts[0].lowercased() {
            case "content-length": bodyBytes = max(0, Int(value) ?? 0)
            case "connection": keepsAlive = value == "keep-alive" || (keepsAlive && value != "close")
            default: break
            }
        }
        guard bodyBytes <= LabHTTPServer.requestBytesMax, bytes.count >= end.upperBound + bodyBytes else { return nil }
        let path = words.count > 1 ? String(words[1].filter { $0.isASCII && $0 != "\"" && $0 != "\\" }) : "/"
        let request = HTTPRequestHead(
            method: words.first.map(String.init) ?? "GET", path: path, keepsAlive: keepsAlive)
        return (request, end.upperBound + bodyBytes)
    }
}
