/// Runs a program over a text: all ways at once, so that the time is bounded by text times program whatever the
/// pattern is (Pike's machine). Of several matches the leftmost wins, then the preferred one.
struct PatternMachine {
    private struct Thread {
        var instruction: Int
        var start: Int
    }

    private let program: PatternProgram
    private let text: [UInt32]
    /// The step in which an instruction was last added, so that each is added once a step.
    private var visited: [Int]
    private var pending: [Int] = []

    init(_ program: PatternProgram, over text: [UInt32]) {
        self.program = program
        self.text = text
        visited = Array(repeating: -1, count: program.instructions.count)
    }

    /// The first match at or after a position; with `anyMatch` the end may be the earliest instead of the preferred one.
    mutating func firstMatch(from origin: Int, anyMatch: Bool = false) -> Range<Int>? {
        var found: Range<Int>?
        var current: [Thread] = []
        var next: [Thread] = []
        for step in visited.indices { visited[step] = -1 }
        var position = origin
        while true {
            if found == nil { add(0, start: position, at: position, generation: position, to: &current) }
            if current.isEmpty, found != nil { break }
            next.removeAll(keepingCapacity: true)
            loop: for thread in current {
                switch program.instructions[thread.instruction] {
                case .match:
                    found = thread.start..<position
                    if anyMatch { return found }
                    break loop
                case .set(let index):
                    if position < text.count, program.sets[index].contains(text[position]) {
                        add(
                            thread.instruction + 1, start: thread.start, at: position + 1, generation: position + 1,
                            to: &next)
                    }
                case .assertion, .split, .jump: break
                }
            }
            swap(&current, &next)
            position += 1
            if position > text.count { break }
        }
        return found
    }

    /// Follows everything that takes no character, preferred ways first.
    private mutating func add(_ first: Int, start: Int, at position: Int, generation: Int, to list: inout [Thread]) {
        pending.append(first)
        while let instruction = pending.popLast() {
            if visited[instruction] == generation { continue }
            visited[instruction] = generation
            switch program.instructions[instruction] {
            case .jump(let target): pending.append(target)
            case .split(let preferred, let other):
                pending.append(other)
                pending.append(preferred)
            case .assertion(let kind): if holds(kind, at: position) { pending.append(instruction + 1) }
            case .set, .match: list.append(Thread(instruction: instruction, start: start))
            }
        }
    }

    private func holds(_ assertion: PatternAssertion, at position: Int) -> Bool {
        switch assertion {
        case .startOfText: position == 0
        case .endOfText: position == text.count
        case .startOfLine: position == 0 || text[position - 1] == 0x0A
        case .endOfLine: position == text.count || text[position] == 0x0A
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }

    private func isWord(_ position: Int) -> Bool {
        text.indices.contains(position) && CharacterClass.word.contains(text[position])
    }
}
