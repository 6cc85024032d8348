public import KubeObjects

/// Changes objects and bytes as no sane writer would, from a seed.
public struct Mutator: Sendable {
    private var random: SeededGenerator

    /// The changes of a seed.
    public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// True once in so many times.
    public mutating func chance(of count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    /// An object with some of its values replaced, removed or put elsewhere; its name and kind may go, too.
    public mutating func mutated(_ object: KubeObject) -> KubeObject {
        KubeObject(mutated(object.value)) ?? object
    }

    /// A value, most of it as it was.
    public mutating func mutated(_ value: JSONValue) -> JSONValue {
        if chance(of: 25) { return Self.oddities[Int.random(in: 0..<Self.oddities.count, using: &random)] }
        switch value {
        case .object(let members):
            var result = JSONObject()
            for (name, member) in members {
                if chance(of: 30) { continue }
                result[chance(of: 60) ? "x" : name] = mutated(member)
            }
            return .object(result)
        case .array(let elements):
            var result: [JSONValue] = []
            for element in elements { result.append(mutated(element)) }
            if chance(of: 10), let last = result.last { result.append(last) }
            return .array(result)
        default: return value
        }
    }

    /// Bytes with some of them changed, removed or doubled.
    public mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: position)
            case 2: bytes.insert(contentsOf: bytes[position...].prefix(16), at: position)
            default: bytes.removeSubrange(position..<min(position + 8, bytes.count))
            }
        }
        return bytes
    }

    /// A number below a bound.
    public mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private static let oddities: [JSONValue] = [
        .null, true, "", "\u{0}\u{FFFF}", "-1", .integer(-1), .integer(.max), .integer(.min), 1.5e308, [], [:], [[]],
        ["x"], ["x": .null], "0000-00-00T00:00:00Z", "9999999999-12-31T23:59:60Z", "🎏",
        .string(String(repeating: "a", count: 5_000)),
    ]
}
