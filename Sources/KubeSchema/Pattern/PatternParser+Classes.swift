// Escapes and bracket expressions.
extension PatternParser {
    mutating func escape() throws(PatternSyntaxError) -> PatternNode {
        let start = position
        position += 1
        guard let next = peek else { throw error("trailing backslash at end of expression", "") }
        switch next {
        case "b": return assertion(.wordBoundary)
        case "B": return assertion(.noWordBoundary)
        case "A": return assertion(.startOfText)
        case "z": return assertion(.endOfText)
        case "Q": return quotation()
        case "C": throw error("invalid escape sequence", "\\C")
        default: break
        }
        if let set = try classEscape(start) { return .set(set) }
        return literal(try scalarEscape(start))
    }

    private mutating func assertion(_ kind: PatternAssertion) -> PatternNode {
        position += 1
        return .assertion(kind)
    }

    /// `\Q...\E`: everything between is itself.
    private mutating func quotation() -> PatternNode {
        position += 1
        var items: [PatternNode] = []
        while let next = peek {
            if next == "\\", position + 1 < source.count, source[position + 1] == "E" {
                position += 2
                break
            }
            items.append(literal(next))
            position += 1
        }
        return .sequence(items)
    }

    /// `\d`, `\pL` and the like, behind the backslash at `start`; nil for other escapes.
    private mutating func classEscape(_ start: Int) throws(PatternSyntaxError) -> CharacterClass? {
        guard let next = peek else { return nil }
        let known: CharacterClass
        switch next {
        case "d": known = .digits
        case "D": known = CharacterClass.digits.complemented
        case "s": known = .spaces
        case "S": known = CharacterClass.spaces.complemented
        case "w": known = .word
        case "W": known = CharacterClass.word.complemented
        case "p", "P": return try categoryEscape(start, isNegated: next == "P")
        default: return nil
        }
        position += 1
        return known
    }

    private mutating func categoryEscape(_ start: Int, isNegated: Bool) throws(PatternSyntaxError) -> CharacterClass {
        position += 1
        var isNegated = isNegated
        var name = ""
        if take("{") {
            if take("^") { isNegated.toggle() }
            while let next = peek, next != "}" {
                name.unicodeScalars.append(next)
                position += 1
            }
            guard take("}") else { throw error("invalid character class range", text(start..<source.count)) }
        } else if let next = peek {
            name = String(next)
            position += 1
        }
        if name == "Any" { return isNegated ? CharacterClass() : .everything }
        guard let members = CharacterClass.unicodeCategory(name) else {
            throw error("invalid character class range", text(start..<position))
        }
        return CharacterClass(categories: [.init(members: members, isNegated: isNegated)])
    }

    /// An escape that stands for one scalar, behind the backslash at `start`.
    private mutating func scalarEscape(_ start: Int) throws(PatternSyntaxError) -> Unicode.Scalar {
        guard let next = peek else { throw error("trailing backslash at end of expression", "") }
        position += 1
        switch next {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x":
            if let scalar = hexadecimal() { return scalar }
        case "0"..."7":
            // `\1` to `\7` alone would be back references, which RE2 does not have.
            guard next == "0" || (peek.map { ("0"..."7").contains($0) } ?? false) else { break }
            var value = next.value - 0x30
            for _ in 0..<2 {
                guard let digit = peek, ("0"..."7").contains(digit) else { break }
                value = value * 8 + digit.value - 0x30
                position += 1
            }
            if let scalar = Unicode.Scalar(value) { return scalar }
        default:
            if next.isASCII, !CharacterClass.word.contains(next.value) { return next }
        }
        throw error("invalid escape sequence", text(start..<position))
    }

    private mutating func hexadecimal() -> Unicode.Scalar? {
        func value(_ range: Range<Int>) -> Unicode.Scalar? {
            UInt32(text(range), radix: 16).flatMap(Unicode.Scalar.init)
        }
        if take("{") {
            let start = position
            while let next = peek, next != "}" {
                guard next.properties.isASCIIHexDigit, position - start < 8 else { return nil }
                position += 1
            }
            defer { position += 1 }
            return value(start..<position)
        }
        guard position + 2 <= source.count else { return nil }
        position += 2
        return value(position - 2..<position)
    }

    mutating func bracketClass() throws(PatternSyntaxError) -> CharacterClass {
        let start = position
        position += 1
        var result = CharacterClass()
        let isNegated = take("^")
        var isFirst = true
        while isFirst || peek != "]" {
            guard let next = peek else { throw error("missing closing ]", text(start..<source.count)) }
            isFirst = false
            if let named = try posixClass() {
                result.formUnion(named)
                continue
            }
            let itemStart = position
            if next == "\\" {
                position += 1
                if let set = try classEscape(itemStart) {
                    result.formUnion(set)
                    continue
                }
                position = itemStart
            }
            let low = try bracketScalar(start)
            var high = low
            if peek == "-", position + 1 < source.count, source[position + 1] != "]" {
                position += 1
                high = try bracketScalar(start)
            }
            guard low <= high else { throw error("invalid character class range", text(itemStart..<position)) }
            result.ranges.append(low.value...high.value)
        }
        position += 1
        if flags.ignoresCase { result.foldCase() }
        result.isNegated = isNegated
        return result
    }

    private mutating func bracketScalar(_ start: Int) throws(PatternSyntaxError) -> Unicode.Scalar {
        guard let next = peek else { throw error("missing closing ]", text(start..<source.count)) }
        let itemStart = position
        position += 1
        return next == "\\" ? try scalarEscape(itemStart) : next
    }

    /// `[:alpha:]` or `[:^alpha:]`; nil if this is something else.
    private mutating func posixClass() throws(PatternSyntaxError) -> CharacterClass? {
        guard peek == "[", position + 1 < source.count, source[position + 1] == ":",
            let end = (position + 2..<source.count).first(where: {
                source[$0] == ":" && $0 + 1 < source.count && source[$0 + 1] == "]"
            })
        else { return nil }
        let whole = text(position..<end + 2)
        var name = text(position + 2..<end)
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard let named = CharacterClass.posix(name) else { throw error("invalid character class range", whole) }
        position = end + 2
        return isNegated ? named.complemented : named
    }
}
