/// Why no answer came.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure: an open set.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// The server could not be reached: name not found, connection refused, no route.
        public static let unreachable = Code("unreachable")
        /// The server's name means only addresses that the caller does not allow; nothing was sent.
        public static let addressDenied = Code("addressDenied")
        /// TLS failed: unknown authority, wrong name, refused client certificate.
        public static let tls = Code("tls")
        /// The time limit passed.
        public static let timedOut = Code("timedOut")
        /// The connection broke in the middle.
        public static let connectionLost = Code("connectionLost")
        /// The response was larger than the reader takes.
        public static let responseTooLarge = Code("responseTooLarge")
        /// What came is not what the protocol says: no JSON, no object, no watch frame.
        public static let malformedResponse = Code("malformedResponse")
        /// Credentials could not be had (exec plugin failed, token file missing).
        public static let credentials = Code("credentials")
        /// Anything else.
        public static let other = Code("other")
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, for a person to read: lower case, names the server where it can.
    public var message: String

    /// A failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
