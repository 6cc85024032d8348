extension String {
    /// Whether both are the same bytes in UTF-8, as Go and JSON compare texts. Swift takes texts for equal whose letters are
    /// put together from other parts, such as a composed and a decomposed `é`, which would hide such a change.
    package func hasSameBytes(as other: String) -> Bool {
        // What is not equal for Swift has other bytes, and what is equal and ASCII has the same: bytes are looked at for few.
        utf8.count == other.utf8.count && self == other
            && (utf8Span.isKnownASCII || utf8Span.bytesEqual(to: other.utf8))
    }
}
