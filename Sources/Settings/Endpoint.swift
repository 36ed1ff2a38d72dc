/// Where a secret is kept. Its value is read at use and never kept in a configuration value.
public enum SecretSource: Sendable, Equatable {
    case file(String)
    case environment(String)
    /// A value inside a YAML file that another program keeps, e.g. `patronictl.yaml` and `ctl`, `authentication`,
    /// `password`.
    case entry(file: String, keys: [String])
}

/// How TLS is done; verification is on unless switched off in so many words.
public struct TLSOptions: Sendable, Equatable {
    public var caFile: String?
    public var certificateFile: String?
    public var keyFile: String?
    public var insecureSkipVerify = false
    public init() {}
}

/// One place to connect to: `http(s)://host:port/…`, `unix:///path`, `tcp://host:port`, `postgres://host:port`.
public struct Endpoint: Sendable, Equatable {
    public var url: String
    public var tls: TLSOptions?
    public var username: String?
    public var password: SecretSource?
    /// Sent as `Authorization: Bearer …`, in place of user and password.
    public var token: SecretSource?
    /// The host through which it is reached; nil: from here.
    public var via: Bastion?
    public init(
        url: String, tls: TLSOptions? = nil, username: String? = nil, password: SecretSource? = nil,
        token: SecretSource? = nil, via: Bastion? = nil
    ) {
        self.url = url
        self.tls = tls
        self.username = username
        self.password = password
        self.token = token
        self.via = via
    }
}
