import CLibyaml

/// libyaml's event parser over a text in memory.
///
/// Safe although it holds pointers: the parser and the copy of the text that it reads are made together, freed
/// together, and reachable only through this value, which cannot be copied. Every event is turned into Swift values
/// and deleted before `next` returns.
@safe struct YAMLEventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let isInitialized: Bool

    init(_ bytes: [UInt8]) {
        unsafe parser = .allocate(capacity: 1)
        unsafe text = .allocate(capacity: bytes.count)
        _ = unsafe text.initialize(from: bytes)
        isInitialized = unsafe yaml_parser_initialize(parser) == 1
        if isInitialized { unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count) }
    }

    deinit {
        if isInitialized { unsafe yaml_parser_delete(parser) }
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    /// The next event. After the end of the stream there is none; a caller stops there.
    mutating func next() throws(YAMLError) -> YAMLEvent {
        guard isInitialized else { throw YAMLError("out of memory", line: 1, column: 1) }
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw fault }
        defer { unsafe yaml_event_delete(&event) }
        return unsafe Self.translate(event)
    }

    private var fault: YAMLError {
        let message = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "cannot be read"
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            // The reader knows only the offset: the scanner has not come that far.
            let before = unsafe text.prefix(Int(parser.pointee.problem_offset))
            let line = unsafe before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
            let column = unsafe before.count - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
            return YAMLError(message, line: line, column: column)
        }
        return unsafe YAMLError(message, at: YAMLMark(parser.pointee.problem_mark))
    }

    private static func translate(_ event: yaml_event_t) -> YAMLEvent {
        let mark = unsafe YAMLMark(event.start_mark)
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, mark: mark)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, mark: mark)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, mark: mark)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, mark: mark)
        case YAML_SEQUENCE_START_EVENT:
            return YAMLEvent(kind: .sequenceStart, anchor: unsafe string(event.data.sequence_start.anchor), mark: mark)
        case YAML_MAPPING_START_EVENT:
            return YAMLEvent(kind: .mappingStart, anchor: unsafe string(event.data.mapping_start.anchor), mark: mark)
        case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias(unsafe string(event.data.alias.anchor) ?? ""), mark: mark)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let text = unsafe String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let value = unsafe YAMLScalar(text: text, tag: string(scalar.tag), isPlain: scalar.plain_implicit == 1)
            return YAMLEvent(kind: .scalar(value), anchor: unsafe string(scalar.anchor), mark: mark)
        default: return YAMLEvent(kind: .streamEnd, mark: mark)
        }
    }

    private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }
}

extension YAMLMark {
    /// libyaml counts from 0.
    fileprivate init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}
