/// Why an expression has no value.
struct CELRuntimeError: Error, Sendable, Hashable {
    /// In the words of cel-go, such as `no such key: x`.
    var message: String
    /// Whether the expression became too expensive; nothing makes up for that, not even `true || ...`.
    var isCostExceeded = false

    static let noSuchOverload = CELRuntimeError(message: "no such overload")
    static let integerOverflow = CELRuntimeError(message: "integer overflow")
    static let unsignedOverflow = CELRuntimeError(message: "unsigned integer overflow")
    static let durationOverflow = CELRuntimeError(message: "duration overflow")
    static let timestampOverflow = CELRuntimeError(message: "timestamp overflow")
    static let costExceeded = CELRuntimeError(
        message: "operation cancelled: actual cost limit exceeded", isCostExceeded: true)

    static func noSuchKey(_ key: String) -> CELRuntimeError { CELRuntimeError(message: "no such key: \(key)") }
    static func outOfBounds(_ index: Int64) -> CELRuntimeError {
        CELRuntimeError(message: "index out of bounds: \(index)")
    }
}
