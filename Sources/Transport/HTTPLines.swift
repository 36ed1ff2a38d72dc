import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The lines of an answer that goes on for ever, without their newlines, as they come.
/// Throws `TransportError` when a line outgrows its limit or the connection breaks; ends when the peer ends.
public struct HTTPLines: AsyncSequence, Sendable {
    public typealias Element = [UInt8]

    /// Status of the answer's head.
    public let status: Int
    private let response: HTTPClientResponse
    private let endpoint: String
    private let lineBytesMax: Int

    init(_ response: HTTPClientResponse, endpoint: String, lineBytesMax: Int) {
        status = Int(response.status.code)
        self.response = response
        self.endpoint = endpoint
        self.lineBytesMax = lineBytesMax
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(
            chunks: response.body.makeAsyncIterator(), splitter: LineSplitter(lineBytesMax: lineBytesMax),
            endpoint: endpoint)
    }

    public struct Iterator: AsyncIteratorProtocol {
        private var chunks: HTTPClientResponse.Body.AsyncIterator
        private var splitter: LineSplitter
        private var ready: [[UInt8]] = []
        private var isOver = false
        private let endpoint: String

        init(chunks: HTTPClientResponse.Body.AsyncIterator, splitter: LineSplitter, endpoint: String) {
            self.chunks = chunks
            self.splitter = splitter
            self.endpoint = endpoint
        }

        public mutating func next() async throws -> [UInt8]? {
            while true {
                if let line = ready.popLast() { return line }
                if isOver { return nil }
                do {
                    guard let chunk = try await chunks.next() else {
                        isOver = true
                        return splitter.finish()
                    }
                    // Reversed, so that taking one from the end is cheap.
                    ready = try splitter.feed(chunk.readableBytesView).reversed()
                } catch let tooLong as LineSplitter.TooLong {
                    throw TransportError.tooLong(endpoint: endpoint, limitBytes: tooLong.limitBytes)
                } catch {
                    throw NetworkFault.translate(error, endpoint: endpoint)
                }
            }
        }
    }
}
