import Transport

/// Where feeds run best: on the thread that reads what they wait for.
public enum FeedExecutor {
    public static var shared: any TaskExecutor { NetworkThread.executor }
}
