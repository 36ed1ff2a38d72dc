public import Estate

/// What the members of a cache group are called. Its own register knows them by address only: a member on a node of
/// the configuration has the node's name, with its port where that is not Redis's usual one, so that several on one
/// node are told apart; any other has its address.
public struct CacheNames: Sendable {
    static let usualPort = ":6379"
    private let platform: Platform

    public init(_ platform: Platform) { self.platform = platform }

    public func name(of address: String) -> String {
        guard let node = platform.node(at: address) else { return address }
        if address.hasSuffix(Self.usualPort) { return node.id.name }
        guard let colon = address.lastIndex(of: ":") else { return node.id.name }
        return node.id.name + address[colon...]
    }
}
