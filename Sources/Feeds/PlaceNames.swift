public import Estate

/// What members are called where their group knows them by address only: a member on a node of the configuration has
/// the node's name, with its port where that is not the usual one, so that several on one node are told apart; any
/// other has its address.
public struct PlaceNames: Sendable {
    private let platform: Platform
    private let usualPort: String

    public init(_ platform: Platform, usualPort: Int) {
        self.platform = platform
        self.usualPort = ":\(usualPort)"
    }

    /// Of Redis servers and their Sentinels.
    public static func cache(_ platform: Platform) -> PlaceNames { PlaceNames(platform, usualPort: 6379) }

    public func name(of address: String) -> String {
        guard let node = platform.node(at: address) else { return address }
        if address.hasSuffix(usualPort) { return node.id.name }
        guard let colon = address.lastIndex(of: ":") else { return node.id.name }
        return node.id.name + address[colon...]
    }
}
