/// `$(NAME)` in commands, arguments and values, as the kubelet expands it: a name that is not known stays as it is
/// written, `$$` is one `$` (Kubernetes, third_party/forked/golang/expansion).
enum VariableExpansion {
    /// The text with every known name replaced.
    static func expand(_ text: String, _ lookup: (String) -> String?) -> String {
        let dollar = UInt8(ascii: "$")
        guard text.utf8.contains(dollar) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            guard bytes[position] == dollar, position + 1 < bytes.count else {
                result.append(bytes[position])
                position += 1
                continue
            }
            switch bytes[position + 1] {
            case dollar:
                result.append(dollar)
                position += 2
            case UInt8(ascii: "("):
                position = expandReference(in: bytes, at: position, lookup, into: &result)
            default:
                result.append(contentsOf: bytes[position...position + 1])
                position += 2
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Expands the `$(` at a position; returns where the text goes on.
    private static func expandReference(
        in bytes: [UInt8], at position: Int, _ lookup: (String) -> String?, into result: inout [UInt8]
    ) -> Int {
        let start = position + 2
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: ")")) else {
            result.append(contentsOf: "$(".utf8)
            return start
        }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        if let value = lookup(name) {
            result.append(contentsOf: value.utf8)
        } else {
            result.append(contentsOf: bytes[position...end])
        }
        return end + 1
    }
}
