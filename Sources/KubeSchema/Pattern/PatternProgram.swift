/// A pattern as instructions for ``PatternMachine`` (Thompson's construction).
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case set(Int)
        case assertion(PatternAssertion)
        /// The first way is preferred.
        case split(Int, Int)
        case jump(Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [CharacterClass] = []

    private static let maximumSize = 50_000

    init(_ node: PatternNode, pattern: String) throws(PatternSyntaxError) {
        try emit(node, pattern)
        instructions.append(.match)
    }

    private mutating func emit(_ node: PatternNode, _ pattern: String) throws(PatternSyntaxError) {
        if instructions.count > Self.maximumSize {
            throw PatternSyntaxError(problem: "expression too large", expression: pattern)
        }
        switch node {
        case .empty: break
        case .set(let set):
            let known = sets.firstIndex(of: set) ?? sets.count
            if known == sets.count { sets.append(set) }
            instructions.append(.set(known))
        case .assertion(let kind): instructions.append(.assertion(kind))
        case .sequence(let items): for item in items { try emit(item, pattern) }
        case .alternatives(let branches): try emit(branches: branches, pattern)
        case .repetition(let inner, let minimum, let maximum, let isGreedy):
            for _ in 0..<minimum { try emit(inner, pattern) }
            guard let maximum else { return try emit(star: inner, isGreedy, pattern) }
            var exits: [Int] = []
            for _ in minimum..<maximum {
                exits.append(instructions.count)
                instructions.append(.match)
                try emit(inner, pattern)
            }
            for exit in exits { patchSplit(at: exit, into: exit + 1, past: instructions.count, isGreedy) }
        }
    }

    private mutating func emit(branches: [PatternNode], _ pattern: String) throws(PatternSyntaxError) {
        var jumps: [Int] = []
        for branch in branches.dropLast() {
            let split = instructions.count
            instructions.append(.match)
            try emit(branch, pattern)
            jumps.append(instructions.count)
            instructions.append(.match)
            instructions[split] = .split(split + 1, instructions.count)
        }
        if let last = branches.last { try emit(last, pattern) }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func emit(star inner: PatternNode, _ isGreedy: Bool, _ pattern: String) throws(PatternSyntaxError)
    {
        let split = instructions.count
        instructions.append(.match)
        try emit(inner, pattern)
        instructions.append(.jump(split))
        patchSplit(at: split, into: split + 1, past: instructions.count, isGreedy)
    }

    private mutating func patchSplit(at position: Int, into: Int, past: Int, _ isGreedy: Bool) {
        instructions[position] = isGreedy ? .split(into, past) : .split(past, into)
    }
}
