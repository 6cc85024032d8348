/// A semantic version as charts have it (semver.org 2.0.0), for putting versions in order.
package struct SemanticVersion: Sendable, Hashable, Comparable {
    private let numbers: [UInt64]
    private let preRelease: [Substring]
    private let isValid: Bool

    /// Whether a text is a semantic version: three numbers, perhaps a pre-release and build metadata.
    package static func isValid(_ text: String) -> Bool { SemanticVersion(text).isValid }

    /// Reads a version; what is none comes before all others.
    package init(_ text: String) {
        let core = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let parts = core.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let read = numbers.compactMap { Self.number($0) }
        preRelease = parts.count > 1 ? parts[1].split(separator: ".", omittingEmptySubsequences: false) : []
        isValid = numbers.count == 3 && read.count == 3 && preRelease.allSatisfy(Self.isIdentifier)
        self.numbers = isValid ? read : []
    }

    /// Precedence as section 11 of the specification has it.
    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
        if left.preRelease.isEmpty || right.preRelease.isEmpty {
            return !left.preRelease.isEmpty && right.preRelease.isEmpty
        }
        return left.preRelease.lexicographicallyPrecedes(right.preRelease, by: precedes)
    }

    private static func precedes(_ left: Substring, _ right: Substring) -> Bool {
        switch (number(left), number(right)) {
        case (let left?, let right?): left < right
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): left < right
        }
    }

    private static func number(_ text: Substring) -> UInt64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && (text == "0" || !text.hasPrefix("0")) ? UInt64(text) : nil
    }

    private static func isIdentifier(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
}
