/// Follows a path through a text's events to the place where its last step stands.
struct YAMLLocator: ~Copyable {
    private var events: YAMLEventReader
    private let path: [JSONPathElement]

    init(_ bytes: [UInt8], path: [JSONPathElement]) {
        events = YAMLEventReader(bytes)
        self.path = path
    }

    /// The deepest place on the path in a document of the text; nil if there is no such document.
    mutating func locate(document: Int) -> YAMLDocument.Location? {
        do {
            var begun = -1
            while begun < document {
                switch try events.next().kind {
                case .documentStart: begun += 1
                case .streamEnd: return nil
                default: break
                }
            }
            return try descend()
        } catch { return nil }
    }

    private mutating func descend() throws(YAMLError) -> YAMLDocument.Location {
        var node = try events.next()
        var mark = node.mark
        var depth = 0
        steps: while depth < path.count {
            switch (path[depth], node.kind) {
            case (.key(let name), .mappingStart):
                guard let (key, value) = try member(name) else { break steps }
                (mark, node) = (key, value)
            case (.index(let index), .sequenceStart):
                guard let element = try element(index) else { break steps }
                (mark, node) = (element.mark, element)
            default: break steps
            }
            depth += 1
        }
        var location = YAMLDocument.Location(line: mark.line, column: mark.column)
        if depth == path.count, case .scalar(let scalar) = node.kind, scalar.isPlain {
            location.plainText = scalar.text
        }
        return location
    }

    /// The place of a name and the beginning of its value.
    private mutating func member(_ name: String) throws(YAMLError) -> (key: YAMLMark, value: YAMLEvent)? {
        while true {
            let key = try events.next()
            switch key.kind {
            case .mappingEnd: return nil
            case .scalar(let scalar):
                let value = try events.next()
                if try scalar.meaning(at: key.mark).memberName(at: key.mark) == name { return (key.mark, value) }
                try skip(value)
            default:
                try skip(key)
                try skip(try events.next())
            }
        }
    }

    private mutating func element(_ index: Int) throws(YAMLError) -> YAMLEvent? {
        var position = 0
        while true {
            let element = try events.next()
            if case .sequenceEnd = element.kind { return nil }
            if position == index { return element }
            try skip(element)
            position += 1
        }
    }

    /// Leaves a node behind.
    private mutating func skip(_ node: YAMLEvent) throws(YAMLError) {
        var depth = 0
        var event = node
        while true {
            switch event.kind {
            case .sequenceStart, .mappingStart: depth += 1
            case .sequenceEnd, .mappingEnd: depth -= 1
            default: break
            }
            if depth <= 0 { return }
            event = try events.next()
        }
    }
}
