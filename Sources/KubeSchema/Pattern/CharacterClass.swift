/// A set of Unicode scalars: ranges and general categories, possibly turned around.
struct CharacterClass: Sendable, Hashable {
    /// A general category or a group of them, as in `\p{Lu}` or `\P{L}`.
    struct Category: Sendable, Hashable {
        var members: Set<Unicode.GeneralCategory>
        var isNegated: Bool
    }

    var ranges: [ClosedRange<UInt32>] = []
    var categories: [Category] = []
    var isNegated = false

    /// Whether the set holds a scalar.
    func contains(_ scalar: UInt32) -> Bool {
        if ranges.contains(where: { $0.contains(scalar) }) { return !isNegated }
        if !categories.isEmpty, let category = Unicode.Scalar(scalar)?.properties.generalCategory,
            categories.contains(where: { $0.members.contains(category) != $0.isNegated })
        {
            return !isNegated
        }
        return isNegated
    }

    /// Adds all that another set holds. The other set's negation is resolved into ranges.
    mutating func formUnion(_ other: CharacterClass) {
        ranges += other.isNegated ? Self.complement(of: other.ranges) : other.ranges
        categories += other.categories
    }

    /// Adds the other case of every letter (simple folding).
    mutating func foldCase() {
        var folded: [ClosedRange<UInt32>] = []
        for range in ranges {
            // Beyond the scripts with case, folding a large range scalar by scalar finds nothing and takes long.
            for value in range.clamped(to: 0...0x1E943) {
                guard let scalar = Unicode.Scalar(value) else { continue }
                for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                    let mapped = text.unicodeScalars
                    if mapped.count == 1, let other = mapped.first, other != scalar {
                        folded.append(other.value...other.value)
                    }
                }
            }
        }
        ranges += folded
    }

    static let digits = CharacterClass(ranges: [0x30...0x39])
    static let spaces = CharacterClass(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let word = CharacterClass(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let everything = CharacterClass(ranges: [0...0x10FFFF])
    static let allButNewline = CharacterClass(ranges: [0...0x09, 0x0B...0x10FFFF])

    /// The same class turned around, as ranges.
    var complemented: CharacterClass {
        CharacterClass(ranges: Self.complement(of: ranges))
    }

    private static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}

extension CharacterClass {
    /// The classes of `[[:name:]]`, ASCII only as in RE2.
    static func posix(_ name: String) -> CharacterClass? {
        switch name {
        case "alnum": CharacterClass(ranges: [0x30...0x39, 0x41...0x5A, 0x61...0x7A])
        case "alpha": CharacterClass(ranges: [0x41...0x5A, 0x61...0x7A])
        case "ascii": CharacterClass(ranges: [0...0x7F])
        case "blank": CharacterClass(ranges: [0x09...0x09, 0x20...0x20])
        case "cntrl": CharacterClass(ranges: [0...0x1F, 0x7F...0x7F])
        case "digit": .digits
        case "graph": CharacterClass(ranges: [0x21...0x7E])
        case "lower": CharacterClass(ranges: [0x61...0x7A])
        case "print": CharacterClass(ranges: [0x20...0x7E])
        case "punct": CharacterClass(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
        case "space": CharacterClass(ranges: [0x09...0x0D, 0x20...0x20])
        case "upper": CharacterClass(ranges: [0x41...0x5A])
        case "word": .word
        case "xdigit": CharacterClass(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66])
        default: nil
        }
    }

    /// The general categories of `\p{name}`; nil for what is none. Scripts are not known here.
    static func unicodeCategory(_ name: String) -> Set<Unicode.GeneralCategory>? {
        if let group = categoryGroups[name] { return group }
        return categoryGroups.values.lazy.flatMap { $0 }.first { categoryNames[$0] == name }.map { [$0] }
    }

    private static let categoryGroups: [String: Set<Unicode.GeneralCategory>] = [
        "L": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter],
        "M": [.nonspacingMark, .spacingMark, .enclosingMark],
        "N": [.decimalNumber, .letterNumber, .otherNumber],
        "P": [
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation,
        ],
        "S": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol],
        "Z": [.spaceSeparator, .lineSeparator, .paragraphSeparator],
        "C": [.control, .format, .surrogate, .privateUse],
    ]

    private static let categoryNames: [Unicode.GeneralCategory: String] = [
        .uppercaseLetter: "Lu", .lowercaseLetter: "Ll", .titlecaseLetter: "Lt", .modifierLetter: "Lm",
        .otherLetter: "Lo", .nonspacingMark: "Mn", .spacingMark: "Mc", .enclosingMark: "Me", .decimalNumber: "Nd",
        .letterNumber: "Nl", .otherNumber: "No", .connectorPunctuation: "Pc", .dashPunctuation: "Pd",
        .openPunctuation: "Ps", .closePunctuation: "Pe", .initialPunctuation: "Pi", .finalPunctuation: "Pf",
        .otherPunctuation: "Po", .mathSymbol: "Sm", .currencySymbol: "Sc", .modifierSymbol: "Sk", .otherSymbol: "So",
        .spaceSeparator: "Zs", .lineSeparator: "Zl", .paragraphSeparator: "Zp", .control: "Cc", .format: "Cf",
        .surrogate: "Cs", .privateUse: "Co",
    ]
}
