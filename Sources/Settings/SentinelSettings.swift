/// A group of Redis servers that Sentinels keep up.
public struct SentinelSettings: Sendable, Equatable {
    /// What the Sentinels call the group: `sentinel monitor NAME …`.
    public var master: String
    /// The Sentinels, each with the credentials to use there. Those that they name besides are asked as well.
    public var endpoints: [Endpoint]
    /// How the Redis servers are entered; their addresses come from the Sentinels.
    public var redis: RedisSettings

    public init(master: String, endpoints: [Endpoint], redis: RedisSettings = RedisSettings()) {
        self.master = master
        self.endpoints = endpoints
        self.redis = redis
    }

    /// A Sentinel that others named, with the credentials of the configured ones.
    public func sentinel(at address: String) -> Endpoint {
        var made = endpoints.first ?? Endpoint(url: "")
        made.url = (made.url.hasPrefix("tls://") ? "tls://" : "tcp://") + address
        return made
    }
}

/// How Redis servers are entered.
public struct RedisSettings: Sendable, Equatable {
    /// nil with a password: the user `default`, as before ACLs.
    public var username: String?
    public var password: SecretSource?
    /// nil: in the clear.
    public var tls: TLSOptions?
    public var via: Bastion?

    public init(username: String? = nil, password: SecretSource? = nil, tls: TLSOptions? = nil) {
        self.username = username
        self.password = password
        self.tls = tls
    }

    /// The server at `host:port`, with the credentials to use there.
    public func endpoint(_ address: String) -> Endpoint {
        Endpoint(
            url: (tls == nil ? "tcp://" : "tls://") + address, tls: tls, username: username, password: password,
            via: via)
    }
}
