/// A place in a text; both counts begin at 1.
struct YAMLMark: Hashable {
    var line: Int
    var column: Int
}

/// One step through a YAML text, as libyaml's parser takes it.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(YAMLScalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    var kind: Kind
    /// The anchor that a node defines.
    var anchor: String?
    var mark: YAMLMark
}
