import CLibyaml

/// libyaml's emitter, writing one document into a byte array.
///
/// Safe although it holds a pointer: a writer exists only inside ``write(into:_:)``, is lent to the closure there, and
/// cannot be copied out of it. Emitting fails only when memory is exhausted; the text then ends early.
@safe struct YAMLEventWriter: ~Copyable {
    /// How a scalar is written, unless its content rules that out; the emitter then quotes it.
    enum ScalarStyle {
        case plain
        case quoted
        case literal
    }

    private let emitter: UnsafeMutablePointer<yaml_emitter_t>

    /// Appends the document that the closure describes: one node, in events.
    static func write(into bytes: inout [UInt8], _ document: (borrowing YAMLEventWriter) -> Void) {
        unsafe withUnsafeMutablePointer(to: &bytes) { output in
            var state = unsafe yaml_emitter_t()
            guard unsafe yaml_emitter_initialize(&state) == 1 else { return }
            defer { unsafe yaml_emitter_delete(&state) }
            unsafe withUnsafeMutablePointer(to: &state) { emitter in
                unsafe yaml_emitter_set_output(emitter, appendOutput, output)
                unsafe yaml_emitter_set_unicode(emitter, 1)
                let writer = unsafe YAMLEventWriter(emitter: emitter)
                unsafe writer.emit { event in unsafe yaml_stream_start_event_initialize(event, YAML_UTF8_ENCODING) }
                unsafe writer.emit { event in unsafe yaml_document_start_event_initialize(event, nil, nil, nil, 1) }
                document(writer)
                unsafe writer.emit { event in unsafe yaml_document_end_event_initialize(event, 1) }
                unsafe writer.emit { event in unsafe yaml_stream_end_event_initialize(event) }
            }
        }
    }

    func scalar(_ text: String, style: ScalarStyle) {
        let yamlStyle =
            switch style {
            case .plain: YAML_PLAIN_SCALAR_STYLE
            case .quoted: YAML_DOUBLE_QUOTED_SCALAR_STYLE
            case .literal: YAML_LITERAL_SCALAR_STYLE
            }
        var text = text
        text.withUTF8 { bytes in
            unsafe emit { event in
                unsafe yaml_scalar_event_initialize(
                    event, nil, nil, bytes.baseAddress, Int32(clamping: bytes.count), 1, 1, yamlStyle)
            }
        }
    }

    /// Empty collections are written in one line: `[]`.
    func startSequence(isEmpty: Bool) {
        let style = isEmpty ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE
        unsafe emit { event in unsafe yaml_sequence_start_event_initialize(event, nil, nil, 1, style) }
    }

    func endSequence() { unsafe emit { event in unsafe yaml_sequence_end_event_initialize(event) } }

    /// Empty collections are written in one line: `{}`.
    func startMapping(isEmpty: Bool) {
        let style = isEmpty ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE
        unsafe emit { event in unsafe yaml_mapping_start_event_initialize(event, nil, nil, 1, style) }
    }

    func endMapping() { unsafe emit { event in unsafe yaml_mapping_end_event_initialize(event) } }

    private func emit(_ initialize: (UnsafeMutablePointer<yaml_event_t>) -> Int32) {
        var event = unsafe yaml_event_t()
        guard unsafe initialize(&event) == 1 else { return }
        _ = unsafe yaml_emitter_emit(emitter, &event)
    }
}

/// libyaml's write handler: the context is the byte array.
private func appendOutput(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int)
    -> Int32
{
    guard let context = unsafe context, let bytes = unsafe bytes else { return 0 }
    unsafe context.assumingMemoryBound(to: [UInt8].self).pointee.append(
        contentsOf: UnsafeBufferPointer(start: bytes, count: count))
    return 1
}
